package editor

import (
	"context"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/ui/page/editor/draft"
)

const (
	// saveAfter is how long the editor waits for the next change before it saves.
	saveAfter = time.Second
	// saveTimeout is how long one write may take.
	saveTimeout = 30 * time.Second
)

// saver keeps the draft on disk: a second after the last change, and when the page is left. It does one
// thing after the other off the UI goroutine, so that an older draft never overtakes a newer one.
type saver struct {
	page *Page
	// saved is the draft as it was stored last, and at when; sent is the one given to the desk last.
	saved, sent engine.Definition
	at          time.Time
	err         error
	// writes counts the drafts given to the desk.
	writes int
	// stop ends the waiting; nil when nothing waits.
	stop  func()
	busy  bool
	queue []task
}

// task is work that takes time, and what is done on the UI goroutine afterwards.
type task struct {
	do   func(ctx context.Context) error
	then func(err error)
}

func newSaver(p *Page) *saver { return &saver{page: p} }

// idle says whether nothing waits to be saved or is being saved.
func (s *saver) idle() bool { return s.stop == nil && !s.busy && s.err == nil }

// begin takes over a draft as it is stored.
func (s *saver) begin(d engine.Definition) { s.saved, s.sent = d, d }

// giveUp forgets what could not be saved.
func (s *saver) giveUp() { s.sent, s.err = s.page.session.Definition(), nil }

func (s *saver) isSaved(d engine.Definition) bool { return draft.Differences(s.saved, d) == 0 }

// later saves in a while, unless another change comes.
func (s *saver) later() {
	if s.stop != nil {
		s.stop()
	}
	stopped := false
	end := s.page.After(saveAfter, func() {
		s.page.Loop.Post(func() {
			if !stopped {
				s.now()
			}
		})
	})
	s.stop = func() {
		stopped = true
		end()
	}
}

// now saves what is not saved.
func (s *saver) now() {
	if s.stop != nil {
		s.stop()
		s.stop = nil
	}
	if s.page.session == nil {
		return
	}
	s.page.session.Pause()
	definition := s.page.session.Definition()
	if s.err == nil && draft.Differences(s.sent, definition) == 0 {
		s.page.bar.refresh()
		return
	}
	s.sent, s.err = definition, nil
	s.writes++
	s.do(func(ctx context.Context) error {
		return s.page.Desk.SaveDraft(ctx, s.page.RecipeID, definition)
	}, func(err error) {
		s.err = err
		if err == nil {
			s.saved, s.at = definition, s.page.Now()
			s.saved.Name = strings.TrimSpace(s.saved.Name)                             // as the desk does
			s.page.After(time.Minute, func() { s.page.Loop.Post(s.page.bar.refresh) }) // "just now" is over
		}
	})
	s.page.bar.refresh()
}

// do works off the UI goroutine after what is being done already, and calls then on it.
func (s *saver) do(do func(ctx context.Context) error, then func(err error)) {
	s.queue = append(s.queue, task{do, then})
	if !s.busy {
		s.next()
	}
}

func (s *saver) next() {
	if len(s.queue) == 0 {
		return
	}
	t := s.queue[0]
	s.queue = s.queue[1:]
	s.busy = true
	s.page.Loop.Go(func() {
		// Leaving the page does not end it: what was typed is to be kept.
		ctx, cancel := context.WithTimeout(context.Background(), saveTimeout)
		defer cancel()
		err := t.do(ctx)
		s.page.Loop.Post(func() {
			s.busy = false
			t.then(err)
			s.page.bar.refresh()
			s.next()
		})
	})
}
