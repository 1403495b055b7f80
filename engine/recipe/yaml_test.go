package recipe_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/recipe"
)

func TestYAMLReadsWell(t *testing.T) {
	d := engine.Definition{
		Format: 1, Name: "Tell the team: big orders", Note: "First line\n\nThird line",
		Trigger: engine.Trigger{Use: "shopify.order_created", Connection: "My shop", MaxBytes: 4096},
		Steps: []engine.Step{
			{ID: "big", Name: "Only big ones", Use: "logic.filter", With: map[string]any{
				"rules": []any{
					map[string]any{"than": "100", "is": "greater_than", "value": "{{trigger.total_price}}"},
					map[string]any{"than": []any{"PT", "no"}, "is": "one_of", "value": "{{trigger.shipping_address.country_code}}"},
				},
				"match": "all",
			}},
			{ID: "post", Use: "slack.send_message", Connection: "Shop Slack", With: map[string]any{
				"text":    "New order {{trigger.name}}\n  from {{trigger.email | default: \"nobody\"}}\n",
				"channel": "#orders", "thread_ts": "00123",
			}, Retry: &engine.Retry{Times: 8}, OnFailure: engine.OnFailureContinue},
			{ID: "call", Use: "http.request", With: map[string]any{
				"url": "https://example.com/a?b=c", "headers": map[string]any{"X-Shop": "yes", "Accept": "text/plain"},
				"json": map[string]any{
					"id": json.Number("450789469123456789"), "list": []any{}, "deep": map[string]any{"a": []any{json.Number("1.50"), nil, true, "x: y"}},
					"texts": []any{"one\ntwo", "{{trigger.name}}"}, "empty": "", "odd key ": map[string]any{},
				},
				"method": "POST",
			}},
			{ID: "stop", Use: "logic.stop"},
		},
	}
	got, err := recipe.YAML(d, catalog(t))
	require.NoError(t, err)
	require.Equal(t, `# A recipe for Bellhop. Change it as you like, then: bellhop import FILE
recipe: 1
name: "Tell the team: big orders"
note: |-
  First line

  Third line
trigger:
  use: shopify.order_created
  connection: My shop
  max_bytes: 4096
steps:
  - id: big
    name: Only big ones
    use: logic.filter
    with:
      match: all
      rules:
        - {value: "{{trigger.total_price}}", is: greater_than, than: "100"}
        - value: "{{trigger.shipping_address.country_code}}"
          is: one_of
          than: [PT, "no"]
  - id: post
    use: slack.send_message
    connection: Shop Slack
    with:
      channel: "#orders"
      text: |
        New order {{trigger.name}}
          from {{trigger.email | default: "nobody"}}
      thread_ts: "00123"
    retry: {times: 8}
    on_failure: continue
  - id: call
    use: http.request
    with:
      method: POST
      url: "https://example.com/a?b=c"
      headers: {Accept: text/plain, X-Shop: "yes"}
      json:
        deep:
          a: [1.50, null, true, "x: y"]
        empty: ""
        id: 450789469123456789
        list: []
        "odd key ": {}
        texts:
          - |-
            one
            two
          - "{{trigger.name}}"
  - id: stop
    use: logic.stop
`, string(got))
	roundTrip(t, d)
}

// roundTrip holds that a definition written and read is the same to the byte.
func roundTrip(t *testing.T, d engine.Definition) {
	t.Helper()
	data, err := recipe.YAML(d, catalog(t))
	require.NoError(t, err)
	again, problems := recipe.Parse(data)
	require.NoError(t, problems.Err(), "%s", data)
	want, err := d.Canonical()
	require.NoError(t, err)
	got, err := again.Canonical()
	require.NoError(t, err)
	require.Equal(t, string(want), string(got), "%s", data)
}

func TestYAMLOfNestedStepsReadsWell(t *testing.T) {
	d := engine.Definition{
		Format: 1, Name: "Nested",
		Trigger: engine.Trigger{Use: "webhook.received", PerMinute: 60, Answer: &engine.Answer{
			When: engine.AnswerAtOnce, Within: 5, Status: 202, Headers: map[string]string{"X-Shop": "yes", "Content-Type": "text/plain"}, Body: "Thanks,\nwe have it\n",
		}},
		Steps: []engine.Step{
			{ID: "which", Use: "logic.paths", With: map[string]any{"match": "all"}, Paths: []engine.Path{
				{Name: "Abroad", When: map[string]any{"match": "any", "rules": []any{map[string]any{"value": "{{trigger.country}}", "is": "not_equals", "than": "PT"}}}, Steps: []engine.Step{
					{ID: "each", Use: "logic.loop", With: map[string]any{"limit": json.Number("5"), "items": "{{trigger.lines}}"}, OnFailure: engine.OnFailureContinue, Steps: []engine.Step{
						{ID: "stop", Use: "logic.stop"},
					}},
				}},
				{Name: "Otherwise: at home"},
			}},
		},
		IfFailed: []engine.Step{{ID: "alarm", Use: "logic.stop", With: map[string]any{"reason": "{{failure.message}}"}}},
		Runs:     &engine.RunRules{AtOnce: 2, InOrder: true, OrderBy: "{{trigger.id}}", Block: engine.BlockDay},
		Personal: []string{"customer.email", "customer.first_name"},
	}
	got, err := recipe.YAML(d, catalog(t))
	require.NoError(t, err)
	require.Equal(t, `# A recipe for Bellhop. Change it as you like, then: bellhop import FILE
recipe: 1
name: Nested
trigger:
  use: webhook.received
  per_minute: 60
  answer:
    when: at_once
    within: 5
    status: 202
    headers: {Content-Type: text/plain, X-Shop: "yes"}
    body: |
      Thanks,
      we have it
steps:
  - id: which
    use: logic.paths
    with:
      match: all
    paths:
      - name: Abroad
        when:
          match: any
          rules:
            - {value: "{{trigger.country}}", is: not_equals, than: PT}
        steps:
          - id: each
            use: logic.loop
            with:
              items: "{{trigger.lines}}"
              limit: 5
            on_failure: continue
            steps:
              - id: stop
                use: logic.stop
      - name: "Otherwise: at home"
        steps: []
if_failed:
  - id: alarm
    use: logic.stop
    with:
      reason: "{{failure.message}}"
runs:
  at_once: 2
  in_order: true
  order_by: "{{trigger.id}}"
  block: day
personal: [customer.email, customer.first_name]
`, string(got))
	roundTrip(t, d)
	roundTrip(t, engine.Definition{Trigger: engine.Trigger{Answer: &engine.Answer{}}, Runs: &engine.RunRules{}})
}

func TestYAMLOfTemplatesIsTheSameRecipe(t *testing.T) {
	files, err := fs.Glob(assets.Templates(), "*")
	require.NoError(t, err)
	for _, file := range files {
		data, err := fs.ReadFile(assets.Templates(), file)
		require.NoError(t, err)
		d, problems := recipe.Parse(data)
		require.NoError(t, problems.Err())
		roundTrip(t, d)
	}
}

// pieces are what makes trouble in YAML, to be put together at random.
var pieces = []string{
	"", " ", "\n", "\n\n", "\t", "a", "b c", "#", " #", ":", ": ", "- ", "-", "? ", "!", "&x", "*x", "|", ">", "|-", "%", "@", "`",
	"'", "''", `"`, `\`, `\n`, "{", "}", "{{a}}", `{{a | b: "c"}}`, "[", "]", ",", ", ", "null", "~", "true", "no", "yes", "on",
	"1", "0123", "1e3", "-1.5", "0x1f", "1_000", "2026-11-21", "12:30:45", ".inf", "=", "<<", "---", "...", "é", "日本", "🔔", "\u00a0",
	"\u2028", "\u0085", "\ufeff", "\x00", "\x7f", "\r", "\r\n", "\u200b", "\u202e", "\ufffd", "  x", "x  ", "\n  x", "x\n", "$", "€5", "_", "/", "// ", "+351", "(", "a:b", "a: b", "a #b",
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(5) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func randomValue(r *rand.Rand, depth int) any {
	switch n := r.IntN(12); {
	case n == 0:
		return nil
	case n == 1:
		return r.IntN(2) == 0
	case n == 2:
		return json.Number([]string{"0", "-1", "1.50", "1e400", "450789469123456789012345", "-0", "1E+2"}[r.IntN(7)])
	case n <= 4 && depth > 0:
		list := make([]any, r.IntN(4))
		for i := range list {
			list[i] = randomValue(r, depth-1)
		}
		return list
	case n <= 6 && depth > 0:
		m := map[string]any{}
		for range r.IntN(4) {
			m[randomText(r)] = randomValue(r, depth-1)
		}
		return m
	}
	return randomText(r)
}

// randomSteps makes steps within steps, with all that a step can have.
func randomSteps(r *rand.Rand, depth int) []engine.Step {
	var steps []engine.Step
	for range r.IntN(3) {
		s := engine.Step{ID: randomText(r), Name: randomText(r), Use: randomText(r), OnFailure: engine.OnFailure(randomText(r))}
		if r.IntN(2) == 0 {
			s.With, s.Retry = map[string]any{randomText(r): randomValue(r, 2)}, &engine.Retry{Times: r.IntN(3)}
		}
		if depth > 0 {
			s.Steps = randomSteps(r, depth-1)
			for range r.IntN(3) {
				path := engine.Path{Name: randomText(r), Steps: randomSteps(r, depth-1)}
				if r.IntN(2) == 0 {
					path.When = map[string]any{randomText(r): randomValue(r, 3), "rules": randomValue(r, 3)}
				}
				s.Paths = append(s.Paths, path)
			}
		}
		steps = append(steps, s)
	}
	return steps
}

// randomRest fills in what a definition has besides its steps.
func randomRest(r *rand.Rand, d *engine.Definition) {
	d.Trigger.PerMinute = r.IntN(2)
	if r.IntN(2) == 0 {
		d.Trigger.Answer = &engine.Answer{
			When: engine.AnswerTime(randomText(r)), Within: r.IntN(2), Status: r.IntN(2), Body: randomText(r),
			Headers: map[string]string{randomText(r): randomText(r), "X": randomText(r)},
		}
	}
	if r.IntN(2) == 0 {
		d.Runs = &engine.RunRules{AtOnce: r.IntN(2), InOrder: r.IntN(2) == 0, OrderBy: randomText(r), Block: engine.Block(randomText(r))}
	}
	for range r.IntN(3) {
		d.Personal = append(d.Personal, randomText(r))
	}
}

func TestYAMLIsReadAsItWasWritten(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 1))
		with := map[string]any{"channel": randomText(r), "rules": randomValue(r, 4)}
		for range r.IntN(3) {
			with[randomText(r)] = randomValue(r, 3)
		}
		d := engine.Definition{
			Format: 1, Name: randomText(r), Note: randomText(r),
			Trigger: engine.Trigger{Use: randomText(r), Connection: randomText(r), With: map[string]any{"a": randomValue(r, 3)}},
			Steps:   []engine.Step{{ID: randomText(r), Name: randomText(r), Use: "slack.send_message", With: with}, {ID: "b", Use: randomText(r)}},
		}
		d.Steps = append(d.Steps, randomSteps(r, 2)...)
		d.IfFailed = randomSteps(r, 1)
		randomRest(r, &d)
		t.Run(fmt.Sprint(seed), func(t *testing.T) { roundTrip(t, d) })
	}
}

func FuzzYAML(f *testing.F) {
	for _, piece := range pieces {
		f.Add(piece, "x"+piece, piece+"\ny")
	}
	f.Fuzz(func(t *testing.T, a, b, c string) {
		a, b, c = strings.ToValidUTF8(a, "?"), strings.ToValidUTF8(b, "?"), strings.ToValidUTF8(c, "?")
		roundTrip(t, engine.Definition{Format: 1, Name: a, Note: b, Steps: []engine.Step{
			{ID: c, Use: "slack.send_message", With: map[string]any{"text": c, a: []any{b, map[string]any{c: a, b: c}}, "json": map[string]any{b: a}}},
			{ID: a, Paths: []engine.Path{{Name: b, When: map[string]any{a: c}, Steps: []engine.Step{{ID: b, Steps: []engine.Step{{ID: c, With: map[string]any{b: a}}}}}}, {Name: c}}},
		}, IfFailed: []engine.Step{{ID: b, Name: c}}, Personal: []string{a, b}, Runs: &engine.RunRules{OrderBy: a, Block: engine.Block(b)},
			Trigger: engine.Trigger{Use: c, Answer: &engine.Answer{Body: a, Headers: map[string]string{b: c}}}})
	})
}
