package instance

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestAskingHowDeliveriesCome(t *testing.T) {
	dir := t.TempDir()
	want := engine.Reach{
		Way: engine.WayNgrok, URL: "https://shop.ngrok-free.app", Link: engine.Link{State: engine.LinkLost, Problem: "No network."},
		Worked: time.Date(2026, 11, 1, 12, 0, 0, 5000, time.UTC), Problem: "No network.",
		Month: engine.Usage{Since: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Requests: 7, Bytes: 1 << 40},
	}
	for i := range 2000 { // far more than a question may hold
		want.Cut = append(want.Cut, fmt.Sprintf("Recipe number %d", i))
	}
	require.NoError(t, acquire(t, dir).Serve(Handlers{Reach: func(_ context.Context, check bool) (engine.Reach, error) {
		if check {
			return engine.Reach{}, engine.Errorf(engine.Unavailable, "Nothing answers.")
		}
		return want, nil
	}}))
	client := connect(t, dir)
	got, err := client.Reach(t.Context(), false)
	require.NoError(t, err)
	require.Equal(t, want, got)
	_, err = client.Reach(t.Context(), true)
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.EqualError(t, err, "Nothing answers.")

	dir = t.TempDir()
	require.NoError(t, acquire(t, dir).Serve(Handlers{}))
	_, err = connect(t, dir).Reach(t.Context(), false)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err), "an older Bellhop")
}
