package recipe_test

import (
	"io/fs"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/recipe"
)

var shipped = sync.OnceValues(func() (*connector.Catalog, error) { return connector.Load(assets.Connectors()) })

// catalog has the connectors that ship with the program.
func catalog(t testing.TB) engine.Catalog {
	t.Helper()
	c, err := shipped()
	require.NoError(t, err)
	require.NoError(t, c.Problems().Err())
	return c
}

// connections are those that the tests' recipes name.
var connections = []engine.Connection{
	{Name: "My shop", Connector: "shopify", Fields: map[string]string{"shop": "my-shop"}, SecretFields: []string{"client_secret"}},
	{Name: "Shop Slack", Connector: "slack", SecretFields: []string{"bot_token"}},
	{Name: "Slack by webhook", Connector: "slack", SecretFields: []string{"webhook_url"}},
	{Name: "My Stripe", Connector: "stripe", SecretFields: []string{"api_key"}},
	{Name: "My mailbox", Connector: "email", Fields: map[string]string{"user": "shop@example.com", "smtp_host": "smtp.example.com", "imap_host": "imap.example.com", "from": "shop@example.com"}, SecretFields: []string{"password"}},
}

func TestTemplatesAreRight(t *testing.T) {
	files, err := fs.Glob(assets.Templates(), "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(file, func(t *testing.T) {
			data, err := fs.ReadFile(assets.Templates(), file)
			require.NoError(t, err)
			_, problems := recipe.Check(data, recipe.Params{Catalog: catalog(t), Connections: connections})
			require.NoError(t, problems.Err())
		})
	}
}

func TestSummary(t *testing.T) {
	for file, want := range map[string]string{
		"shopify-to-slack.yaml": "When a new order arrives in Shopify, only if the total price is over 100, send a message to #orders in Slack.",
		"webhook-to-slack.yaml": "When another app calls this recipe's address, send a message to #general in Slack.",
	} {
		data, err := fs.ReadFile(assets.Templates(), file)
		require.NoError(t, err)
		d, problems := recipe.Parse(data)
		require.NoError(t, problems.Err())
		require.Equal(t, want, recipe.Summary(d, catalog(t)))
	}
}

func TestSummaryOfUnfinishedRecipes(t *testing.T) {
	shop := engine.Trigger{Use: "shopify.order_paid"}
	for want, d := range map[string]engine.Definition{
		"Nothing starts this recipe yet.":                                 {},
		"When an order is paid in Shopify, nothing is done yet.":          {Trigger: shop},
		"When something happens, stop here.":                              {Trigger: engine.Trigger{Use: "gone.away"}, Steps: []engine.Step{{Use: "logic.stop"}}},
		"When an order is paid in Shopify, send a message to … in Slack.": {Trigger: shop, Steps: []engine.Step{{Use: "slack.send_message"}}},
		"When an order is paid in Shopify, send a message to the channel in Slack, then send a POST request to https://example.com/[id], then only if …, then say it.": {
			Trigger: shop,
			Steps: []engine.Step{
				{Use: "slack.send_message", With: map[string]any{"channel": "{{trigger.channel | default: '#a'}}"}},
				{Use: "http.request", With: map[string]any{"method": "POST", "url": "https://example.com/{{trigger.id}}"}},
				{Use: "logic.filter"},
				{Use: "gone.away", Name: "Say it"},
			},
		},
		"When an order is paid in Shopify, only if the country code is not PT or the title contains candle or the tags is empty, stop here.": {
			Trigger: shop,
			Steps: []engine.Step{
				{Use: "logic.filter", With: map[string]any{"match": "any", "rules": []any{
					map[string]any{"value": "{{trigger.shipping_address.country_code}}", "is": "not_equals", "than": "PT"},
					map[string]any{"value": "{{trigger.line_items[0].title}}", "is": "contains", "than": "candle"},
					map[string]any{"value": "{{trigger.tags}}", "is": "is_empty"},
				}}},
				{Use: "logic.stop"},
			},
		},
	} {
		require.Equal(t, want, recipe.Summary(d, catalog(t)))
	}
}

func TestStepAndTriggerSummary(t *testing.T) {
	long := strings.Repeat("Ä", 100)
	require.Equal(t, "Send a message to "+strings.Repeat("Ä", 60)+"… in Slack",
		recipe.StepSummary(engine.Step{Use: "slack.send_message", With: map[string]any{"channel": long}}, catalog(t)))
	require.Equal(t, "A new order arrives in Shopify", recipe.TriggerSummary(engine.Trigger{Use: "shopify.order_created"}, catalog(t)))
	require.Equal(t, "Choose what starts this recipe", recipe.TriggerSummary(engine.Trigger{}, catalog(t)))
}

func TestTitle(t *testing.T) {
	require.Equal(t, "Tell them", recipe.Title(engine.Step{Name: "Tell them", Use: "slack.send_message"}, catalog(t)))
	require.Equal(t, "Send a message", recipe.Title(engine.Step{Use: "slack.send_message"}, catalog(t)))
	require.Equal(t, "gone.away", recipe.Title(engine.Step{Use: "gone.away"}, catalog(t)))
	require.Equal(t, "New step", recipe.Title(engine.Step{}, catalog(t)))
}

func TestNextStepID(t *testing.T) {
	d := engine.Definition{Steps: []engine.Step{{ID: "send_message"}, {ID: "send_message_2"}, {ID: "filter"}}}
	for use, want := range map[string]string{
		"slack.send_message": "send_message_3", "logic.filter": "filter_2", "logic.stop": "stop", "": "step",
		"own.Add Row!": "add_row", "own.2fa": "fa", "own.trigger": "step", "own.日本": "step",
		"own." + strings.Repeat("x", 50): strings.Repeat("x", 32),
	} {
		require.Equal(t, want, recipe.NextStepID(d, use), use)
		again := recipe.Validate(engine.Definition{Format: 1, Name: "x", Steps: []engine.Step{{ID: want, Use: "logic.stop"}}}, recipe.Params{Catalog: catalog(t)})
		require.NotContains(t, again.Error(), "steps[0].id", use)
	}
}

func TestValidateTellsPaths(t *testing.T) {
	d := engine.Definition{
		Format: 1, Name: "Draft", Trigger: engine.Trigger{Use: "shopify.order_created", Connection: "my SHOP", MaxBytes: 1},
		Steps: []engine.Step{{
			ID: "post", Use: "slack.send_message", Retry: &engine.Retry{Times: -1},
			With: map[string]any{"text": "Hi {{trigger.name | uper}}", "channel": " "},
		}},
	}
	require.Equal(t, strings.TrimSpace(`
trigger.max_bytes: The largest delivery accepted is between 1024 and 67108864 bytes (1 KiB and 64 MiB).
steps[0].retry.times: A step can be tried again 0 to 30 times.
steps[0].connection: Choose the connection to Slack.
steps[0].with.text: There is no filter "uper". Did you mean "upper"?
steps[0].with.channel: "Channel" is missing. Fill it in.
`), recipe.Validate(d, recipe.Params{Catalog: catalog(t), Connections: connections}).Error())
}

// A recipe can come before the connections it needs: it is imported, and switched on later.
func TestMissingConnectionsAreNoMistake(t *testing.T) {
	data, err := fs.ReadFile(assets.Templates(), "shopify-to-slack.yaml")
	require.NoError(t, err)
	for name, test := range map[string]struct {
		connections []engine.Connection
		kinds       []engine.ProblemKind
	}{
		"all there":        {connections, nil},
		"none":             {nil, []engine.ProblemKind{engine.ProblemNoConnection, engine.ProblemNoConnection}},
		"secret missing":   {[]engine.Connection{connections[0], {Name: "Shop Slack", Connector: "slack"}}, []engine.ProblemKind{engine.ProblemNoConnection}},
		"to the wrong app": {[]engine.Connection{connections[0], {Name: "Shop Slack", Connector: "shopify"}}, []engine.ProblemKind{""}},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := recipe.Check(data, recipe.Params{Catalog: catalog(t), Connections: test.connections})
			var kinds []engine.ProblemKind
			mistakes := 0
			for _, p := range problems {
				kinds = append(kinds, p.Kind)
				if p.Kind == "" {
					mistakes++
				}
			}
			require.Equal(t, test.kinds, kinds, problems.Error())
			require.Len(t, recipe.Blocking(problems), mistakes)
		})
	}
}

func TestNumbersOfCodeAreRefused(t *testing.T) {
	d := engine.Definition{Format: 1, Name: "x", Trigger: engine.Trigger{Use: "webhook.received"}, Steps: []engine.Step{
		{ID: "call", Use: "http.request", With: map[string]any{"url": "https://example.com", "json": map[string]any{"id": 1.5}}},
	}}
	require.Contains(t, recipe.Validate(d, recipe.Params{Catalog: catalog(t)}).Error(), "steps[0].with.json.id: ")
	_, err := recipe.YAML(d, catalog(t))
	require.Equal(t, engine.Internal, engine.ErrorCode(err))
}

func FuzzCheck(f *testing.F) {
	for _, folder := range []fs.FS{assets.Templates(), os.DirFS("testdata/problems")} {
		files, err := fs.Glob(folder, "*.*")
		require.NoError(f, err)
		for _, file := range files {
			data, err := fs.ReadFile(folder, file)
			require.NoError(f, err)
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, problems := recipe.Check(data, recipe.Params{Catalog: catalog(t), Connections: connections})
		for _, p := range problems {
			require.Positive(t, p.Line)
			require.Positive(t, p.Column)
		}
		_ = recipe.Summary(d, catalog(t))
		if len(problems) > 0 {
			return
		}
		// What is right stays right when it is exported, and is the same.
		require.NoError(t, recipe.Validate(d, recipe.Params{Catalog: catalog(t), Connections: connections}).Err())
		roundTrip(t, d)
	})
}
