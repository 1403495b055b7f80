package main

// till is a connector whose app does each thing once, by a key.
const till = `
connector: 1
name: till
title: Till
color: "#127A4B"
glyph: T
help: Takes what orders cost.
base_url: https://till.example.com
connection:
  fields: [{name: shop, type: text, label: Shop}]
actions:
  - name: take
    title: Take what an order costs
    help: Takes money once, however often it is asked with the same key.
    summary: Take {{text}}
    connection: required
    fields:
      - {name: text, type: text, label: What for, required: true}
    request:
      method: POST
      path: /take
      idempotency_header: Idempotency-Key
      json: {text: "{{text}}"}
    sample: {ok: true}
    tests:
      - name: takes it
        with: {text: tea}
        request: {method: POST, url: "https://till.example.com/take", json: {text: tea}}
        response: {status: 200, body: {ok: true}}
        result: {ok: true}
`

// line is a recipe of the crash test, and what each of its events must have done outside.
type line struct {
	name, recipe string
	// trigger is empty for a webhook.
	trigger string
	// once are texts that must have arrived exactly once, keyed those that may have arrived again with the
	// same key; %s is the event's id.
	once, keyed []string
	// counts is how often each event counts.
	counts int
}

// lines are the recipes under load. SINK is where the sink is.
var lines = []line{
	{
		name: "Straight", counts: 1, keyed: []string{"straight, taken %s"}, once: []string{"straight, sent %s", "straight, told %s"},
		recipe: `
steps:
  - {id: count, use: logic.counter, with: {name: all}}
  - {id: row, use: logic.table_add, with: {table: Done, row: {Event: "{{trigger.id}}"}}}
  - {id: take, use: till.take, connection: My till, with: {text: "straight, taken {{trigger.id}}"}}
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "straight, sent {{trigger.id}}"}}
  - {id: tell, use: slack.send_message, connection: Shop Slack, with: {channel: "#orders", text: "straight, told {{trigger.id}}"}}
`,
	},
	{
		name: "Paths", once: []string{"paths, way %s", "paths, after %s"},
		recipe: `
steps:
  - id: which
    use: logic.paths
    paths:
      - name: Odd
        when: {match: all, rules: [{value: "{{trigger.id}}", is: matches, than: "[13579]$"}]}
        steps: [{id: odd, use: http.request, with: {method: POST, url: "SINK", text: "paths, way {{trigger.id}}"}}]
      - name: Otherwise
        steps: [{id: even, use: http.request, with: {method: POST, url: "SINK", text: "paths, way {{trigger.id}}"}}]
  - {id: after, use: http.request, with: {method: POST, url: "SINK", text: "paths, after {{trigger.id}}"}}
`,
	},
	{
		name: "Each in turn", counts: 2, once: []string{"turn, tea %s", "turn, salt %s"},
		recipe: `
steps:
  - id: each
    use: logic.loop
    with: {items: [tea, salt]}
    steps:
      - {id: count, use: logic.counter, with: {name: all}}
      - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "turn, {{each.item}} {{trigger.id}}"}}
`,
	},
	{
		name: "Several at once", counts: 4,
		once:  []string{"several, post tea %s", "several, post salt %s", "several, post soap %s", "several, post flour %s"},
		keyed: []string{"several, tea %s", "several, salt %s", "several, soap %s", "several, flour %s"},
		recipe: `
steps:
  - id: each
    use: logic.loop
    with: {items: [tea, salt, soap, flour], at_once: 3}
    steps:
      - {id: take, use: till.take, connection: My till, with: {text: "several, {{each.item}} {{trigger.id}}"}}
      - {id: post, use: slack.send_message, connection: Shop Slack, with: {channel: "#orders", text: "several, post {{each.item}} {{trigger.id}}"}}
      - {id: count, use: logic.counter, with: {name: all}}
`,
	},
	{
		name: "Later", once: []string{"later %s"},
		recipe: `
steps:
  - {id: wait, use: logic.delay, with: {for: 1, unit: seconds}}
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "later {{trigger.id}}"}}
`,
	},
	{
		name: "Calls", once: []string{"calls, within %s"}, keyed: []string{"calls, after %s"},
		recipe: `
steps:
  - {id: call, use: recipe.call, with: {recipe: Called, data: {id: "{{trigger.id}}"}, wait: true}}
  - {id: take, use: till.take, connection: My till, with: {text: "calls, after {{trigger.id}}"}}
`,
	},
	{
		name: "In order", keyed: []string{"in order %s"},
		recipe: `
runs: {in_order: true, order_by: "{{trigger.customer}}", block: until_resolved}
steps:
  - {id: take, use: till.take, connection: My till, with: {text: "in order {{trigger.id}}"}}
`,
	},
	{
		name: "Collect",
		recipe: `
steps:
  - {id: collect, use: logic.batch, with: {value: "{{trigger.id}}", count: 5}}
  - {id: take, use: till.take, connection: My till, with: {text: "collected {{collect.items | join: ' '}}"}}
`,
	},
	{
		name: "Large", once: []string{"large %[1]s %[1]s"},
		recipe: `
steps:
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "large {{trigger.id}} {{trigger.end}}"}}
`,
	},
	{
		name: "Looks", once: []string{"looks %s"},
		trigger: `{use: http.new_entries, with: {url: "SINK/list", every: 10, unit: seconds, first: 1}}`,
		recipe: `
steps:
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "looks {{trigger.id}}"}}
`,
	},
	{
		name: "Local",
		recipe: `
steps:
  - {id: append, use: folder.append_rows, with: {file: done.csv, values: {Event: "{{trigger.id}}"}}}
`,
	},
	{
		name: "Grey",
		recipe: `
steps:
  - {id: never, use: logic.filter, with: {match: all, rules: [{value: "{{trigger.id}}", is: equals, than: "nothing"}]}}
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "grey {{trigger.id}}"}}
`,
	},
}

// called is the recipe that another one calls.
const called = `
recipe: 1
name: Called
trigger: {use: recipe.called}
steps:
  - {id: send, use: http.request, with: {method: POST, url: "SINK", text: "calls, within {{trigger.id}}"}}
`
