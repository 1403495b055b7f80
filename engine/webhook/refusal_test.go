package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func (m *memory) AddRefusals(all ...engine.Refusal) error {
	m.refusals = append(m.refusals, all...)
	return nil
}

// keepLog keeps the door's log until the returned function is called.
func keepLog(d *door) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		d.KeepLog(ctx)
		close(done)
	}()
	return func() {
		cancel()
		<-done
	}
}

func TestWhatIsRefusedIsNotedWithItsReason(t *testing.T) {
	for name, c := range map[string]struct {
		token  string
		body   string
		change func(*http.Request)
		recipe int64
		status int
		reason string
	}{
		"unknown address": {"nobody", `{}`, nil, 0, 404, "belongs to no recipe"},
		"another method":  {"shop", `{}`, func(r *http.Request) { r.Method = http.MethodPut }, 1, 405, "another method"},
		"off":             {"off", `{}`, nil, 3, 410, "switched off"},
		"locked":          {"locked", `{}`, nil, 4, 503, "locked"},
		"forged":          {"shop", `{}`, header("X-Sign", "Zm9yZ2Vk"), 1, 401, "uses another secret"},
		"not signed":      {"shop", `{}`, func(r *http.Request) { r.Header.Del("X-Sign") }, 1, 401, "no header X-Sign"},
		"too large":       {"shop", strings.Repeat("x", 1001), nil, 1, 413, "larger than"},
		"compressed":      {"shop", `{}`, header("Content-Encoding", "gzip"), 1, 415, "compressed"},
		"broken":          {"shop", `{"id":`, nil, 1, 400, "not valid JSON"},
		"another topic":   {"shop", `{}`, header("X-Topic", "orders/updated"), 1, 200, "another event"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDoor(t)
				stop := keepLog(d)
				if c.change == nil {
					c.change = func(*http.Request) {}
				}
				w := d.send(t, c.token, c.body, c.change, func(r *http.Request) {
					r.Header.Set("User-Agent", "Shop/1\x00\u202e")
					r.Header.Set("X-Forwarded-For", "203.0.113.9, 10.0.0.1")
				})
				require.Equal(t, c.status, w.Code)
				stop()
				require.Len(t, d.store.refusals, 1)
				r := d.store.refusals[0]
				require.Equal(t, c.recipe, r.RecipeID)
				require.Equal(t, c.status, r.Status)
				require.Contains(t, r.Reason, c.reason)
				require.Equal(t, "203.0.113.9, Shop/1", r.Sender)
				require.Equal(t, 1, r.Times)
				require.NotZero(t, r.At)
				require.NotContains(t, fmt.Sprint(r), "Zm9yZ2Vk", "a signature is nobody's to read")
				require.NotContains(t, fmt.Sprint(r), "private")
			})
		})
	}
}

func TestAnAttackerWritesOneRowASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t)
		stop := keepLog(d)
		const seconds, each = 10, 50
		for range seconds {
			for i := range each {
				d.send(t, "shop", `{}`, header("X-Sign", "forged"))
				d.send(t, "shop", `{}`, func(r *http.Request) { r.Method = http.MethodPatch })
				d.send(t, fmt.Sprint("guess", i), `{}`)
			}
			time.Sleep(time.Second)
		}
		stop()
		rows, times := map[int64]int{}, 0
		for _, r := range d.store.refusals {
			rows[r.RecipeID]++
			times += r.Times
		}
		require.Equal(t, 3*seconds*each, times, "all are counted")
		require.LessOrEqual(t, rows[0], seconds+1)
		require.LessOrEqual(t, rows[1], seconds+2)
	})
}

func TestTheLogSleepsWhileNothingIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t)
		stop := keepLog(d)
		d.send(t, "open", `{}`)
		time.Sleep(time.Hour)
		require.Empty(t, d.store.refusals)
		d.store.fill(true)
		d.send(t, "off", `{}`)
		time.Sleep(time.Second)
		d.store.fill(false)
		d.send(t, "off", `{}`)
		stop()
		require.Len(t, d.store.refusals, 1, "a full disk loses the note, not the door")
	})
}
