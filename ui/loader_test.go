package ui_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/ui"
	"bellhop/ui/uitest"
)

func TestLoaderReadsOnceMore(t *testing.T) {
	t.Parallel()
	loop, n := uitest.NewLoop(), 0
	var shown []int
	l := ui.NewLoader(loop.UI(), func(context.Context) (int, error) { n++; return n, nil },
		func(v int, err error) {
			require.NoError(t, err)
			shown = append(shown, v)
		})
	l.Load()
	l.Load()
	l.Load()
	loop.Turn()
	require.Equal(t, []int{1, 2}, shown, "one that ran and one for all who asked meanwhile")
	l.Load()
	loop.Turn()
	require.Equal(t, []int{1, 2, 3}, shown)
}

func TestLoaderStopsAndIsOvertaken(t *testing.T) {
	t.Parallel()
	loop := uitest.NewLoop()
	var shown []string
	read := func(s string) func(context.Context) (string, error) {
		return func(context.Context) (string, error) { return s, nil }
	}
	l := ui.NewLoader(loop.UI(), read("all"), func(s string, _ error) { shown = append(shown, s) })
	l.Load()
	l.Stop()
	loop.Turn()
	require.Empty(t, shown)

	l.Load()
	l.LoadWith(read("failed"))
	loop.Turn()
	require.Equal(t, []string{"failed"}, shown)
	l.Load()
	loop.Turn()
	require.Equal(t, []string{"failed", "failed"}, shown, "the last way of reading stays")
}

func TestLoaderTellsErrors(t *testing.T) {
	t.Parallel()
	loop, broken := uitest.NewLoop(), errors.New("disk")
	var got error
	l := ui.NewLoader(loop.UI(), func(context.Context) (int, error) { return 0, broken }, func(_ int, err error) { got = err })
	l.Load()
	loop.Turn()
	require.ErrorIs(t, got, broken)
}

func TestLoaderEvery(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		loop, n := uitest.NewLoop(), 0
		l := ui.NewLoader(loop.UI(), func(context.Context) (int, error) { n++; return n, nil }, func(int, error) {})
		l.Every = time.Second
		wait := func(d time.Duration) {
			timer := time.NewTimer(d)
			<-timer.C
			synctest.Wait()
			loop.Turn()
		}
		l.Load()
		wait(0)
		require.Equal(t, 1, n, "the first at once")
		for range 9 {
			l.Load()
			wait(100 * time.Millisecond)
		}
		require.Equal(t, 1, n)
		wait(101 * time.Millisecond)
		require.Equal(t, 2, n)
		l.Load()
		l.Stop()
		wait(2 * time.Second)
		require.Equal(t, 2, n, "stopped while it waited")
		l.Load()
		wait(0)
		require.Equal(t, 3, n, "after Stop at once")
	})
}
