package boot

import (
	"context"
	"sync/atomic"

	"bellhop/engine"
	"bellhop/engine/local"
	"bellhop/engine/notice"
)

// noticesHeld is how many changes the notices may fall behind before they look at everything.
const noticesHeld = 1024

// newNotices makes what tells a person things outside of the window. Where there is none, the log is told.
func (s *System) newNotices(show func(context.Context, engine.Notice) error) *notice.Notices {
	if show == nil {
		show = func(_ context.Context, n engine.Notice) error {
			s.log.Info("notice", "kind", n.Kind, "title", n.Title, "recipe", n.RecipeID, "run", n.RunID)
			return nil
		}
	}
	notices := notice.New(notice.Params{
		Store: s.reading, Catalog: s.connectors, Show: show, Reach: s.Reach, Zone: s.Zone, Log: s.log,
		CatchUp: func(ctx context.Context) error { return s.fetcher.Ask(ctx, 0) },
		Online:  func() bool { return !s.offline() },
		Needy: func() (needy []notice.Needy) {
			for _, t := range s.Trouble() {
				if t.NeedsYou && t.Connection {
					needy = append(needy, notice.Needy{Connection: t.For, Why: t.Why})
				}
			}
			return needy
		},
	})
	if s.steps != nil {
		s.steps.notices.Store(notices)
	}
	return notices
}

// notify runs the notices until ctx ends.
func (s *System) notify(ctx context.Context) {
	changes, end := s.Bus.Subscribe(noticesHeld)
	defer end()
	s.notices.Back(notice.Stopped, s.opened)
	s.notices.Run(ctx, changes)
}

// stepNotifier shows what recipes say, which in quiet hours waits for their end.
type stepNotifier struct {
	show    func(context.Context, engine.Notice) error
	notices atomic.Pointer[notice.Notices] // nil where no engine runs
}

var _ local.Notifier = (*stepNotifier)(nil)

func (n *stepNotifier) Notify(ctx context.Context, title, text string) error {
	if notices := n.notices.Load(); notices != nil {
		return notices.Step(ctx, title, text)
	}
	return n.show(ctx, engine.Notice{Kind: engine.NoticeStep, Title: title, Text: text})
}
