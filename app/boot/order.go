package boot

import "context"

// mendOrder lets runs go on that wait for nobody any more, which there should be none of.
func (s *System) mendOrder(ctx context.Context) {
	mended, err := s.Store.MendOrder(ctx)
	switch {
	case err != nil && ctx.Err() == nil:
		s.log.Warn("runs that go one after the other could not be looked after", "error", err)
	case mended > 0:
		s.log.Warn("runs waited for their turn although nobody had it", "lines", mended)
		s.queue.Wake()
	}
}
