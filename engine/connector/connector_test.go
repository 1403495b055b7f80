package connector_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestShippedConnectors(t *testing.T) {
	catalog, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	require.NoError(t, catalog.Problems().Err())
	// Files and scripts rely on these names.
	for _, use := range []string{
		"webhook.received", "shopify.order_created", "shopify.order_paid", "slack.send_message", "slack.send_to_webhook",
		"http.request", "logic.filter", "logic.stop",
		"schedule.every", "schedule.daily", "schedule.weekly", "schedule.monthly", "schedule.cron",
	} {
		_, operation, ok := catalog.Operation(use)
		require.True(t, ok, use)
		require.True(t, strings.HasSuffix(use, "."+operation.Name))
	}
	for name, fields := range map[string][]string{
		"shopify": {"shop", "client_id", "client_secret", "access_token"},
		"slack":   {"bot_token", "webhook_url"},
		"webhook": {"scheme", "header", "secret"},
	} {
		c, ok := catalog.Connector(name)
		require.True(t, ok, name)
		for _, field := range fields {
			_, ok := c.Connection.Field(field)
			require.True(t, ok, name+" "+field)
		}
	}
}

func TestSamplesAreWhole(t *testing.T) {
	catalog, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	for _, use := range []string{"shopify.order_created", "shopify.order_paid"} {
		_, operation, _ := catalog.Operation(use)
		require.Greater(t, len(operation.Sample), 2500)
		require.True(t, json.Valid(operation.Sample))
		// In the order in which Shopify sends it, which is how people see it.
		require.Regexp(t, `^\{"id":\d{13},"admin_graphql_api_id":`, string(operation.Sample))
	}
}

func TestCatalog(t *testing.T) {
	catalog, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	var titles []string
	for _, c := range catalog.Connectors() {
		titles = append(titles, c.Title)
	}
	require.True(t, slices.IsSorted(titles), "%q", titles)
	require.Subset(t, titles, []string{"By hand", "Logic", "Recipes", "Schedule", "Shopify", "Slack", "Web request", "Webhook"})
	for _, use := range []string{"", "slack", "slack.", ".send_message", "slack.send", "slak.send_message"} {
		_, _, ok := catalog.Operation(use)
		require.False(t, ok, use)
	}
}

func TestOwnFilesComeOnTop(t *testing.T) {
	slack, err := fs.ReadFile(assets.Connectors(), "slack.yaml")
	require.NoError(t, err)
	own := fstest.MapFS{
		"slack.yaml":  {Data: []byte(strings.Replace(string(slack), "title: Slack", "title: Our Slack", 1))},
		"http.yaml":   {Data: []byte("connector: 1\nname: http\ntitel: Web\n")},
		"broken.yaml": {Data: []byte("a: [")},
		"notes.txt":   {Data: []byte("not a connector")},
	}
	catalog, err := connector.Load(assets.Connectors(), own)
	require.NoError(t, err)
	c, _ := catalog.Connector("slack")
	require.Equal(t, "Our Slack", c.Title)
	c, _ = catalog.Connector("http")
	require.Equal(t, "Web request", c.Title, "a wrong file must not replace a right one")
	require.Contains(t, catalog.Problems().Error(), "broken.yaml:1:4: A list that opens here with [ is never closed.")
	require.Contains(t, catalog.Problems().Error(), `http.yaml:3:1: "titel" is not known here. Did you mean "title"?`)
	require.NotContains(t, catalog.Problems().Error(), "notes.txt")
}

type unreadable struct{}

func (unreadable) Open(string) (fs.File, error) { return nil, fs.ErrPermission }

func TestFolderThatCannotBeRead(t *testing.T) {
	_, err := connector.Load(unreadable{})
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
}

// TestProblems holds what people are told about a wrong file against testdata/problems/*.golden.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "problems", "*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			_, problems := connector.Lint(filepath.Base(file), data)
			got := problems.Error() + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func FuzzLint(f *testing.F) {
	for _, name := range []string{"slack.yaml", "webhook.yaml", "http.yaml", "logic.yaml"} {
		data, err := fs.ReadFile(assets.Connectors(), name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Add([]byte("connector: 1\nname: x\ntriggers: [{name: a, webhook: {signature: {scheme: hmac}}}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, problems := connector.Lint("x.yaml", data)
		if len(problems) > 0 {
			for _, p := range problems {
				require.Positive(t, p.Line)
				require.NotEmpty(t, p.Message)
			}
			return
		}
		require.Equal(t, "x", c.Name)
		require.NotEmpty(t, append(c.Triggers, c.Actions...))
	})
}
