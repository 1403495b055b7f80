package boot

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/limit"
)

// private holds the private addresses that requests may go to, ready for use by many at a time.
type private struct{ atomic.Pointer[action.Allowed] }

// get returns them; none before they are read.
func (p *private) get() action.Allowed {
	if a := p.Load(); a != nil {
		return *a
	}
	return action.Allowed{}
}

// readPrivate reads anew which private addresses are allowed.
func (d *Data) readPrivate(ctx context.Context) error {
	addresses, err := d.PrivateAddresses(ctx)
	if err != nil {
		return err
	}
	addresses = slices.DeleteFunc(addresses, func(address string) bool {
		_, err := action.ParseAllowed(address)
		if err != nil {
			d.log.Warn("a private address cannot be read, so it is not allowed", "error", err)
		}
		return err != nil
	})
	allowed, err := action.ParseAllowed(strings.Join(addresses, "\n"))
	if err != nil {
		return err
	}
	d.private.Store(&allowed)
	return nil
}

// newGate makes the gate that all requests of runs pass.
func (s *System) newGate() *limit.Gate {
	return limit.New(limit.Params{
		Release: s.release, Log: s.log,
		Changed: func() {
			s.Bus.Publish(engine.Change{Kind: engine.ConnectionsChanged})
			select {
			case s.network <- struct{}{}:
			default: // it is to be looked at already
			}
		},
	})
}

// release makes up to most of the runs due that wait for a connection or host.
func (s *System) release(ctx context.Context, waitsFor string, most int) (int, error) {
	ids, err := s.Store.PausedRuns(ctx, waitsFor, most)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if err := s.Store.Update(ctx, func(tx engine.Tx) error { return tx.MakeDue(ids...) }); err != nil {
		return 0, err
	}
	s.queue.Wake()
	return len(ids), nil
}

// Trouble returns what requests wait for now: the network, connections and hosts.
func (s *System) Trouble() []limit.Trouble { return s.gate.Trouble() }

// Back tells that a connection was tested and works: what waits for it goes on, also what has waited since
// before Bellhop was started.
func (s *System) Back(name string) {
	s.gate.Back(name)
	s.work.Go(func() {
		if _, err := s.release(context.Background(), name, mostReleased); err != nil {
			s.log.Error("waiting runs could not be released: they come later by themselves", "to", name, "error", err)
		}
	})
}

// mostReleased is how many runs a person releases at once; more come by themselves, piece by piece.
const mostReleased = 500

// outgoingChanged takes up what a person changed about connections and private addresses.
func (s *System) outgoingChanged(ctx context.Context) error {
	err := s.readPrivate(ctx)
	s.gate.Mended()
	return err
}
