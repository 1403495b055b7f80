package ngrok

import (
	"context"
	"errors"
	"net"
	"time"

	"bellhop/engine"
)

// run is what one Run has in hand.
type run struct {
	*Tunnel
	status *status
	serve  func(net.Listener)
	failed int // sessions in a row that did not come up
}

// session has one session with ngrok, until it is refused, breaks off for good, or Again wants another. It
// returns how long to wait for the next.
func (r *run) session(ctx context.Context) time.Duration {
	agentOptions, addressOptions, wrong := r.params.options()
	if wrong != nil {
		return r.refused(*wrong, "")
	}
	s, err := r.begin(ctx, agentOptions, addressOptions)
	if err != nil {
		return r.broke(err)
	}
	defer s.end(r.pauses.close)
	return r.follow(ctx, s)
}

// follow does what a session's news ask for, until the session is of no use any more.
func (r *run) follow(ctx context.Context, s *session) time.Duration {
	patience := time.NewTimer(r.pauses.patience)
	defer patience.Stop()
	var url, plan string
	lost := false
	for {
		select {
		case <-ctx.Done():
			return never
		case <-r.again:
			r.log.Info("a new session with ngrok is begun")
			return 0
		case <-patience.C:
			r.log.Info("a new session with ngrok is begun, since the old one does not come back")
			return 0
		case news := <-s.news:
			switch news := news.(type) {
			case opened:
				if news.err != nil {
					return r.broke(news.err)
				}
				url, plan = news.url, news.plan
				s.listener = news.listener
				r.serve(news.listener)
			case connected:
				lost = false
			case disconnected:
				if news.err == nil {
					return r.broke(errEnded)
				}
				if code := codeIn(news.err.Error()); code != "" {
					return r.refused(refused(code), code)
				}
				r.lost(news.err)
				if !lost { // not with each try, or it would never end
					patience.Reset(r.pauses.patience)
				}
				lost = true
			case ended:
				return r.broke(news.err)
			}
			if url != "" && !lost {
				patience.Stop()
				r.failed = 0
				r.up(url, plan)
			}
		}
	}
}

var errEnded = errors.New("the session has ended")

func (r *run) up(url, plan string) {
	if r.status.link.State != engine.LinkUp {
		r.log.Info("deliveries come in through ngrok", "address", url, "plan", plan)
	}
	r.status.up(url, plan)
}

// lost tells that a session is being brought back by the SDK.
func (r *run) lost(err error) {
	problem, fix := trouble(err)
	if problem == "" {
		if r.status.link.Problem != "" { // that says more
			r.status.trying()
			return
		}
		problem, fix = silent, engine.FixNetwork
	}
	if r.status.link.Problem != problem {
		r.log.Warn("ngrok cannot be reached", "error", r.redact.text(err.Error()))
	}
	r.status.lost(engine.Link{Problem: problem, Fix: fix})
}

// broke judges what has ended a session.
func (r *run) broke(err error) time.Duration {
	if code := codeIn(err.Error()); code != "" {
		return r.refused(refused(code), code)
	}
	r.lost(err)
	return r.growing(r.pauses.longest)
}

// growing returns a pause that doubles each time that it is asked for without a session having come up.
func (r *run) growing(longest time.Duration) time.Duration {
	pause := longest
	if r.failed < 10 { // far more than it takes to get there
		pause = min(pause, r.pauses.first<<r.failed)
	}
	r.failed++
	return pause
}

// refused tells what a refusal means.
func (r *run) refused(why refusal, code string) time.Duration {
	if r.status.link.Problem != why.problem {
		r.log.Warn("ngrok refuses", "code", code, "problem", why.problem)
	}
	link := engine.Link{Problem: why.problem, Code: code, Fix: why.fix}
	switch why.then {
	case slowly:
		r.status.lost(link)
		return r.pauses.limit
	case rarely:
		r.status.lost(link)
		return r.pauses.unknown
	case anew:
		r.status.lost(link)
		// Right after a session of one's own, ngrok may take a moment to notice that it has ended.
		return r.growing(r.pauses.taken)
	default:
		r.status.refused(link)
		return never
	}
}
