package ngrok

import (
	"time"

	"bellhop/engine"
)

// status is how the tunnel stands, and tells each change.
type status struct {
	now  func() time.Time
	tell func(engine.Link)
	link engine.Link
}

// newStatus tells that it is connecting.
func newStatus(now func() time.Time, tell func(engine.Link)) *status {
	s := &status{now: now, tell: tell}
	s.trying()
	return s
}

func (s *status) change(to engine.Link) {
	to.Since = s.link.Since
	if to.State != s.link.State {
		to.Since = s.now()
	}
	if to != s.link {
		s.link = to
		s.tell(to)
	}
}

func (s *status) off() { s.change(engine.Link{State: engine.LinkOff}) }

func (s *status) up(url, plan string) {
	s.change(engine.Link{State: engine.LinkUp, URL: url, Plan: plan})
}

// trying keeps what was wrong until it is known to be otherwise, except for what a person had to mend.
func (s *status) trying() {
	if s.link.State == engine.LinkRefused || s.link.State == engine.LinkUp {
		s.lost(engine.Link{})
		return
	}
	s.lost(s.link)
}

// lost tells what is wrong while it is tried on.
func (s *status) lost(why engine.Link) {
	state := engine.LinkConnecting
	if s.link.URL != "" {
		state = engine.LinkLost
	}
	s.troubled(state, why)
}

// refused tells what a person has to do.
func (s *status) refused(why engine.Link) { s.troubled(engine.LinkRefused, why) }

func (s *status) troubled(state engine.LinkState, why engine.Link) {
	s.change(engine.Link{State: state, URL: s.link.URL, Plan: s.link.Plan, Problem: why.Problem, Code: why.Code, Fix: why.Fix})
}
