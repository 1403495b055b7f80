package runtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
	"bellhop/engine/runtime"
)

// nowhere is a store that takes everything and keeps nothing, so that what is measured is the runtime.
type nowhere struct {
	definition engine.Definition
	event      engine.Event
	tx         nowhereTx
}

type nowhereTx struct {
	engine.Tx
	state engine.State
	steps int
}

func (n *nowhere) Update(_ context.Context, fn func(engine.Tx) error) error { return fn(&n.tx) }

func (n *nowhere) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	return n.Update(ctx, fn)
}

func (n *nowhere) Run(_ context.Context, id int64) (engine.Run, error) {
	return engine.Run{ID: id, RecipeID: 7, Version: 1, EventID: 1, State: engine.Queued}, nil
}

func (n *nowhere) Event(context.Context, int64) (engine.Event, error) { return n.event, nil }

func (n *nowhere) Version(context.Context, int64, int) (engine.Definition, error) {
	return n.definition, nil
}

func (n *nowhereTx) SaveRun(r engine.Run, _ engine.State) error {
	n.state = r.State
	return nil
}

func (n *nowhereTx) SaveSteps(_ int64, steps ...engine.StepRun) error {
	n.steps += len(steps)
	return nil
}

// benchOrder is an order of 2.5 KB with so many lines.
func benchOrder(lines int) []byte {
	line := `{"title":"Linen shirt","quantity":1,"price":"59.00","sku":"LS-01","vendor":"Practice","grams":200}`
	return fmt.Appendf(nil, `{"id":820982911946154508,"name":"#1042","total_price":"189.00","currency":"EUR","line_items":[%s]}`,
		strings.TrimSuffix(strings.Repeat(line+",", lines), ","))
}

func benchRun(b *testing.B, body []byte, d engine.Definition) {
	b.Helper()
	d.Trigger = engine.Trigger{Use: "test.came"}
	store := &nowhere{definition: d, event: engine.Event{ID: 1, Body: body, ContentType: "application/json"}}
	fresh := &engine.Fresh{Event: store.event}
	fresh.Run, _ = store.Run(b.Context(), 1)
	output := map[string]any{"ok": true, "ts": json.Number("1795252364.000200")}
	r := runtime.New(runtime.Params{
		Store: store, Catalog: catalog{}, Accounts: accounts{},
		Actions: actionsOf(func(action.Call) (action.Result, error) { return action.Result{Output: output}, nil }),
		Locale:  func() mapping.Env { return mapping.Env{} },
	})
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Handle(b.Context(), engine.Job{RunID: 1, RecipeID: 7, Fresh: fresh}); err != nil {
			b.Fatal(err)
		}
	}
	require.Equal(b, engine.Succeeded, store.tx.state)
}

// BenchmarkThreeSteps is the way of most runs: a filter, a message, a note.
func BenchmarkThreeSteps(b *testing.B) {
	benchRun(b, benchOrder(24), engine.Definition{Steps: []engine.Step{
		filter("big", "{{trigger.total_price}}", "greater_than", "10"),
		act("post", map[string]any{"channel": "#orders", "text": "New order {{trigger.name}} for {{trigger.total_price | money: trigger.currency}}"}),
		{ID: "end", Use: "logic.stop", With: map[string]any{"reason": "{{trigger.name}} was told"}},
	}})
}

// BenchmarkPersonal is the same with two values masked.
func BenchmarkPersonal(b *testing.B) {
	benchRun(b, benchOrder(24), engine.Definition{Personal: []string{"name", "total_price"}, Steps: []engine.Step{
		filter("big", "{{trigger.total_price}}", "greater_than", "10"),
		act("post", map[string]any{"channel": "#orders", "text": "New order {{trigger.name}} for {{trigger.total_price | money: trigger.currency}}"}),
		{ID: "end", Use: "logic.stop", With: map[string]any{"reason": "{{trigger.name}} was told"}},
	}})
}

// BenchmarkLoop does three steps for each of 1,000 lines, one of which acts.
func BenchmarkLoop(b *testing.B) {
	for _, atOnce := range []string{"1", "20"} {
		b.Run(atOnce, func(b *testing.B) {
			benchRun(b, benchOrder(1000), engine.Definition{Steps: []engine.Step{
				loop("each", "{{trigger.line_items}}", atOnce,
					filter("some", "{{each.item.price}}", "greater_than", "10"),
					act("post", map[string]any{"text": "{{each.number}}. {{each.item.title}}"}),
					engine.Step{ID: "put", Use: "logic.compose", With: map[string]any{"values": map[string]any{"n": "{{each.index}}"}}},
				),
			}})
		})
	}
}
