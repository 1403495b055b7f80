package boot_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/practice"
)

// newspaper is an app with a list of entries, and a feed of them.
type newspaper struct {
	*httptest.Server
	mu      sync.Mutex
	entries []string
	away    bool
}

func newNewspaper(t *testing.T) *newspaper {
	n := &newspaper{}
	n.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.away {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		var list, feed strings.Builder
		for i, e := range n.entries {
			if i > 0 {
				list.WriteString(",")
			}
			fmt.Fprintf(&list, `{"id":%q,"title":%[1]q}`, e)
			fmt.Fprintf(&feed, `<item><guid>%s</guid><title>%[1]s</title></item>`, e)
		}
		if r.URL.Path == "/feed" {
			_, _ = io.WriteString(w, `<rss version="2.0"><channel>`+feed.String()+`</channel></rss>`)
			return
		}
		_, _ = io.WriteString(w, `{"entries":[`+list.String()+`]}`)
	}))
	t.Cleanup(n.Close)
	return n
}

func (n *newspaper) change(change func(n *newspaper)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	change(n)
}

// What is new at an address or in a feed starts runs, across restarts; what keeps a recipe from looking
// can be read, and is gone when it can look again.
func TestNewEntriesStartRuns(t *testing.T) {
	n := newNewspaper(t)
	n.entries = []string{"old"}
	for name, trigger := range map[string]string{
		"an address": `{use: http.new_entries, with: {url: "` + n.URL + `/list", list: entries}}`,
		"a feed":     `{use: feed.new_entry, with: {url: "` + n.URL + `/feed"}}`,
	} {
		t.Run(name, func(t *testing.T) {
			n.change(func(n *newspaper) { n.entries, n.away = []string{"old"}, false })
			dir := t.TempDir()
			s := open(t, dir)
			r, _, err := s.Import(t.Context(), "news.yaml", []byte(`
recipe: 1
name: News
trigger: `+trigger+`
steps:
  - {id: end, use: logic.stop, with: {reason: "{{trigger.title}} was read"}}
`))
			require.NoError(t, err)
			sample, err := s.FetchSample(t.Context(), r.Draft)
			require.NoError(t, err)
			require.Equal(t, "old", sample.Data["trigger"].(map[string]any)["title"])
			require.NoError(t, s.Switch(t.Context(), r.ID, true))
			looked := func() bool {
				kept, err := s.Store.TriggerState(t.Context(), r.ID, engine.TriggerLooked)
				require.NoError(t, err)
				return kept != ""
			}
			waitFor(t, looked)
			require.NoError(t, s.Close())

			n.change(func(n *newspaper) { n.away = true })
			s = open(t, dir)
			troubled := func() bool {
				troubles, err := s.Troubles(t.Context())
				require.NoError(t, err)
				return strings.Contains(troubles[r.ID].Message, "status 500")
			}
			waitFor(t, troubled)
			require.NoError(t, s.Close())
			data, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
			require.NoError(t, err)
			troubles, err := data.Troubles(t.Context())
			require.NoError(t, err)
			require.Len(t, troubles, 1, "commands see it too")
			require.NoError(t, data.Close())

			n.change(func(n *newspaper) { n.away, n.entries = false, []string{"new", "old"} })
			s = open(t, dir)
			run := newest(t, s, engine.Succeeded)
			require.Equal(t, "new", run.EventKey)
			require.Equal(t, "new", run.Title)
			require.Equal(t, "new was read", run.Steps[0].Note)
			troubles, err = s.Troubles(t.Context())
			require.NoError(t, err)
			require.Empty(t, troubles)
			require.NoError(t, s.Close())

			s = open(t, dir)
			runs, err := s.Runs(t.Context(), engine.RunFilter{})
			require.NoError(t, err)
			require.Len(t, runs, 1, "neither what was there before, nor anything twice")
		})
	}
}

// The pretend shop is asked as the real one is: an order has the fields that the webhook gives.
func TestShopIsAskedForOrders(t *testing.T) {
	s, err := boot.Open(t.Context(), boot.Config{Dir: t.TempDir(), Listen: "127.0.0.1:0", Secrets: "file", Practice: true})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	for range 60 { // more than a page
		_, err = s.Practice.Shop.Place(practice.NewOrder{})
		require.NoError(t, err)
	}
	order, err := s.Practice.Shop.Place(practice.NewOrder{Total: "42.00", Currency: "EUR"})
	require.NoError(t, err)
	r, _, err := s.Import(t.Context(), "orders.yaml", fmt.Appendf(nil, `
recipe: 1
name: Orders
trigger: {use: shopify.new_order, connection: %q, with: {first: 55}}
steps:
  - {id: end, use: logic.stop, with: {reason: "{{trigger.name}} for {{trigger.total_price}}"}}
`, boot.PracticeShop))
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	run := newest(t, s, engine.Succeeded)
	require.Equal(t, order.Name+" for 42.00", run.Steps[0].Note)
	require.Contains(t, run.Title, "Order "+order.Name+", ")
	runs, err := s.Runs(t.Context(), engine.RunFilter{Limit: 1000})
	require.NoError(t, err)
	require.Len(t, runs, 55)
	troubles, err := s.Troubles(t.Context())
	require.NoError(t, err)
	require.Empty(t, troubles)
}
