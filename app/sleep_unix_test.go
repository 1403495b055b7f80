//go:build unix

package main

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/practice"
)

// The computer sleeps while orders come in: the process is stopped as a whole, so that its clocks jump when it
// goes on. The shop's tries fail, and it deletes the webhook. On waking the orders are fetched, each once, within
// seconds, and the shop delivers again.
func TestOrdersOfASleepAreFetchedOnWaking(t *testing.T) {
	t.Setenv("BELLHOP_ASLEEP_AFTER", "2s") // in place of half a minute
	s := newShop(t)
	require.NoError(t, s.data.AllowPrivate(t.Context(), []string{"127.0.0.1"})) // where the shop is
	s.serve()
	require.Eventually(t, func() bool { return len(s.apps.Shop.Subscriptions()) == 1 }, time.Minute, 10*time.Millisecond)
	all := func() []engine.Run {
		runs, err := s.data.Runs(t.Context(), engine.RunFilter{})
		require.NoError(t, err)
		return runs
	}
	order := func() {
		_, err := s.apps.Shop.Send(t.Context(), practice.NewOrder{Total: "189.00"})
		require.NoError(t, err)
	}
	order()
	require.Eventually(t, func() bool { return len(all()) == 1 }, time.Minute, 10*time.Millisecond)
	s.settle()

	require.NoError(t, s.server.Process.Signal(syscall.SIGSTOP))
	s.apps.Shop.Sleep(true)
	for range 3 {
		order()
	}
	slept := time.After(8 * time.Second)
	require.Eventually(t, func() bool { return len(s.apps.Shop.Lost()) == 1 }, time.Minute, 10*time.Millisecond)
	<-slept
	s.apps.Shop.Sleep(false)
	require.NoError(t, s.server.Process.Signal(syscall.SIGCONT))
	woke := time.Now()
	require.Eventually(t, func() bool { return len(all()) == 4 }, 30*time.Second, 5*time.Millisecond)
	t.Logf("all orders were there %s after waking", time.Since(woke).Round(time.Millisecond))
	require.Eventually(t, func() bool { return len(s.apps.Shop.Subscriptions()) == 1 }, time.Minute, 10*time.Millisecond)

	runs := s.settle()
	require.Len(t, runs, 4)
	for i, run := range runs {
		require.Equal(t, engine.Succeeded, run.State)
		require.Equal(t, i < 3, run.Recovered)
	}
	require.Len(t, s.messages(), 4, "each once")

	order()
	require.Eventually(t, func() bool { return len(s.messages()) == 5 }, time.Minute, 10*time.Millisecond)
	require.False(t, all()[0].Recovered, "the shop delivers again")
	require.NoError(t, s.server.Process.Signal(os.Interrupt))
	require.NoError(t, s.server.Wait())
	s.server = nil
}
