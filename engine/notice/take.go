package notice

import (
	"context"
	"slices"

	"bellhop/engine"
)

// takeLocked takes what may be told now out of what is to be told.
func (n *Notices) takeLocked(ctx context.Context, t times) []engine.Notice {
	now := n.Now()
	if t.Mode == engine.NoticeNever {
		n.kept.Pending = slices.DeleteFunc(n.kept.Pending, func(p engine.Notice) bool { return p.Kind != engine.NoticeStep })
		n.kept.More = 0
	}
	if _, quiet := t.quiet(now); quiet {
		return nil
	}
	var held, runs, others, rest []engine.Notice
	for _, p := range n.kept.Pending {
		if p.At.After(now) {
			p.At = now // the clock was set back
		}
		switch due := t.due(p); {
		case due.After(now):
			rest = append(rest, p)
		case due.After(p.At):
			held = append(held, p)
		case !ofRun(p):
			others = append(others, p)
		case now.Sub(n.failed.shown).Abs() < calm:
			rest = append(rest, p) // with what comes until then
		default:
			runs = append(runs, p)
		}
	}
	more := 0
	if len(held)+len(runs) > 0 {
		more, n.kept.More = n.kept.More, 0
	}
	n.kept.Pending = rest
	show := others
	if len(held) > 0 {
		failed := slices.DeleteFunc(slices.Clone(held), func(p engine.Notice) bool { return !ofRun(p) })
		held = slices.DeleteFunc(held, ofRun)
		show = append(show, together(append(n.takeRunsLocked(ctx, failed, more, true), held...), t.Mode, now)...)
		more = 0
	}
	return append(show, n.takeRunsLocked(ctx, runs, more, false)...)
}

// ofRun says whether what is pending is a run, whose notice is made when it is shown.
func ofRun(n engine.Notice) bool { return n.RunID != 0 && n.Title == "" }
