package desk

import (
	"context"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// maxSamples is how many recent events the editor offers.
const maxSamples = 10

// Sample is data to try pills with while editing: a real event, or the connector's own example.
type Sample struct {
	// Title names the event, such as "Order #1042, Ana Silva"; empty for the connector's example.
	Title string
	// RunID is the run of the event; 0 for the example.
	RunID int64
	// Data is what pills refer to: `trigger`, `trigger_request`, and each step's result by its id.
	Data map[string]any
}

// Samples returns data for a recipe's draft: its newest events first, and last the examples of the
// connectors, for whatever the events cannot tell. Results of steps that never ran are examples.
func (d *Desk) Samples(ctx context.Context, definition engine.Definition, recipeID int64) ([]Sample, error) {
	example := d.example(definition)
	samples := []Sample{}
	if recipeID != 0 {
		runs, err := d.Store.Runs(ctx, engine.RunFilter{RecipeID: recipeID, Limit: maxSamples})
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			sample, err := d.sampleOf(ctx, r, example.Data)
			if err != nil {
				return nil, err
			}
			if sample.Data != nil {
				samples = append(samples, sample)
			}
		}
	}
	return append(samples, example), nil
}

// sampleOf makes a sample of a run; one without Data if its event cannot be read.
func (d *Desk) sampleOf(ctx context.Context, r engine.Run, example map[string]any) (Sample, error) {
	run, err := d.Store.Run(ctx, r.ID)
	if err != nil {
		return Sample{}, err
	}
	event, err := d.Store.Event(ctx, run.EventID)
	if err != nil {
		return Sample{}, err
	}
	body, err := d.body(event)
	if err != nil {
		return Sample{}, nil // it failed for that; there is nothing to show of it
	}
	data := map[string]any{}
	for name, value := range example {
		data[name] = value
	}
	data["trigger"], data["trigger_request"] = body, event.Request.Data()
	done := map[string]bool{}
	for _, s := range run.Steps {
		// Of a step within a loop the first round is shown, as the loop's first entry is.
		if output, err := mapping.Decode(s.Output); err == nil && s.State == engine.Succeeded && !done[s.Step] {
			data[s.Step], done[s.Step] = output, true
		}
	}
	title := run.Title
	if title == "" {
		title = event.Key
	}
	return Sample{Title: title, RunID: run.ID, Data: data}, nil
}

// example is what the connectors say their operations give.
func (d *Desk) example(definition engine.Definition) Sample {
	data := map[string]any{"trigger_request": engine.Request{}.Data()}
	add := func(name, use string) {
		if _, o, ok := d.Catalog.Operation(use); ok && len(o.Sample) > 0 {
			if value, err := mapping.Decode(o.Sample); err == nil {
				data[name] = value
			}
		}
	}
	add("trigger", definition.Trigger.Use)
	for _, s := range definition.Walk() {
		add(s.ID, s.Use)
	}
	return Sample{Data: data}
}
