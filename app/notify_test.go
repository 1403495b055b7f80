//go:build !headless

package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/internal/banner"
	"bellhop/engine"
	"bellhop/engine/practice"
)

// A click on a notice opens what it is about.
func TestANoticeOpensWhatItIsAbout(t *testing.T) {
	s := newScreen(t)
	r, err := s.system.Practice.SetUp(t.Context())
	require.NoError(t, err)
	_, err = s.system.Practice.Shop.Send(t.Context(), practice.NewOrder{Total: "189.00"})
	require.NoError(t, err)
	var run engine.Run
	s.until(func() bool {
		runs, err := s.system.Runs(t.Context(), engine.RunFilter{})
		require.NoError(t, err)
		if len(runs) == 1 {
			run = runs[0]
		}
		return run.State == engine.Succeeded
	})
	for _, c := range []struct {
		notice engine.Notice
		sees   string
	}{
		{engine.Notice{Kind: engine.NoticeFailed, RecipeID: r.ID, RunID: run.ID}, "New order #1001 for €189.00"},
		{engine.Notice{Kind: engine.NoticeConnection}, "Practice Slack"},
		{engine.Notice{Kind: engine.NoticeFailed}, "All recipes"},
		{engine.Notice{Kind: engine.NoticeReach}, "reach"},
		{engine.Notice{Kind: engine.NoticeAway, RecipeID: r.ID}, run.Title},
		{engine.Notice{Kind: engine.NoticeSilent, RecipeID: r.ID}, "What came to it lately"},
		{engine.Notice{Kind: engine.NoticeSilent, RecipeID: 404}, "Recipes"},
	} {
		s.desktop.openNotice(c.notice)
		s.sees(c.sees)
	}
}

// deaf is a desktop that takes no notices.
type deaf struct{ banner.Banner }

func (deaf) Show(context.Context, engine.Notice) error { return banner.ErrNone }

// Before there is a window nobody can be told by its means.
func TestWithoutAWindowYetANoticeWaits(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	n := &notifier{ready: make(chan struct{}), banner: deaf{}}
	require.ErrorIs(t, n.show(ctx, engine.Notice{Title: "T"}), context.DeadlineExceeded)
}
