package ngrok

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"golang.ngrok.com/ngrok/v2"
)

// session is an agent of the SDK from its start to its end.
type session struct {
	agent    ngrok.Agent
	dialer   *dialer
	cancel   context.CancelFunc
	news     chan any // opened, connected, disconnected, ended, in the order they happened
	over     chan struct{}
	returned chan struct{} // closed when Listen has returned
	listener *listener     // nil before it is up
}

// What a session tells its owner.
type (
	opened struct {
		listener  *listener
		url, plan string
		err       error
	}
	connected    struct{}
	disconnected struct{ err error } // nil: for good
	ended        struct{ err error }
)

// begin has an agent connect in the background.
func (r *run) begin(ctx context.Context, agentOptions []ngrok.AgentOption, addressOptions []ngrok.EndpointOption) (*session, error) {
	// The context is the session's: with a time limit it would end in the middle, and when Run's ended the
	// agent would vanish without saying so to ngrok. See end.
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s := &session{
		dialer: newDialer(r.pauses.dial), cancel: cancel,
		news: make(chan any, 64), over: make(chan struct{}), returned: make(chan struct{}),
	}
	agent, err := ngrok.NewAgent(append(agentOptions,
		ngrok.WithDialer(s.dialer),
		ngrok.WithHeartbeatInterval(r.pauses.interval),
		ngrok.WithHeartbeatTolerance(r.pauses.tolerance),
		ngrok.WithLogger(slog.New(quiet{r.log.Handler(), r.redact})),
		ngrok.WithEventHandler(s.heard),
	)...)
	if err != nil {
		cancel()
		return nil, err
	}
	s.agent = agent
	go s.listen(ctx, addressOptions)
	return s, nil
}

// heard passes an event on. It must neither wait nor ask the agent, which holds its lock meanwhile. An event
// that finds no room is one of many that say the same; the owner's patience mends it if it was not.
func (s *session) heard(event ngrok.Event) {
	var news any
	switch event := event.(type) {
	case *ngrok.EventAgentConnectSucceeded:
		news = connected{}
	case *ngrok.EventAgentDisconnected:
		news = disconnected{event.Error}
	default:
		return
	}
	select {
	case s.news <- news:
	default:
	}
}

// listen waits for the agent to be up, for ever if need be, and then takes in what comes.
func (s *session) listen(ctx context.Context, options []ngrok.EndpointOption) {
	endpoint, err := s.agent.Listen(ctx, options...)
	close(s.returned)
	if err != nil {
		s.tell(opened{err: err})
		return
	}
	up := opened{listener: newListener(endpoint), url: strings.TrimSuffix(endpoint.URL().String(), "/")}
	if session, err := s.agent.Session(); err == nil {
		if details, ok := session.(ngrok.AgentSessionDetails); ok {
			up.plan = details.PlanName()
		}
	}
	s.tell(up)
	s.tell(ended{up.listener.pump(s.over)})
}

func (s *session) tell(news any) {
	select {
	case s.news <- news:
	case <-s.over:
	}
}

// end ends the session, whatever it is doing, and waits for that no longer than it may take.
func (s *session) end(limit time.Duration) {
	close(s.over)
	if s.listener != nil {
		_ = s.listener.Close()
	} else { // Disconnect would wait for the lock until Listen returns
		s.cancel()
		s.dialer.close()
	}
	gone := make(chan struct{})
	go func() {
		<-s.returned
		_ = s.agent.Disconnect() // what it says has no consequence: the connections are closed below
		close(gone)
	}()
	select {
	case <-gone:
	case <-time.After(limit):
	}
	s.cancel()
	s.dialer.close()
}
