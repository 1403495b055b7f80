package runtime_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
)

// TestPersonalValuesAreNotKept: neither in what went in and out, nor in what was sent and came back, in
// notes, titles, failures or the log; while what is sent has them.
func TestPersonalValuesAreNotKept(t *testing.T) {
	const body = `{"name":"Ana Silva","customer":{"email":"ana+1@example.com","phone":351912345678,"address":{"street":"Rua \"A\" 7","zip":"12"}},"total":"12"}`
	b := newBench(t, body,
		filter("f", "{{trigger.customer.email}}", "contains", "@"),
		act("post", map[string]any{"to": "{{trigger.customer.email}}", "text": "Hello {{trigger.name}}, {{trigger.customer.address.street}}", "total": "{{trigger.total}}", "phone": "{{trigger.customer.phone}}"}),
		engine.Step{ID: "wait", Use: "logic.delay", With: map[string]any{"for": "5"}},
		act("again", map[string]any{"to": "{{post.seen}}", "all": "{{post.all}}", "phone": "{{post.phone}}", "mixed": "{{post.mixed}}"}),
		engine.Step{ID: "end", Use: "logic.stop", With: map[string]any{"reason": "told {{trigger.customer.email}}"}},
	)
	b.store.definition.Personal = []string{"customer", "name", "gone.nothing"}
	var log bytes.Buffer
	b.Log = slog.New(slog.NewTextHandler(&log, nil))
	output := map[string]any{
		"seen": "ana+1@example.com", "all": "to ana+1@example.com and Ana Silva", "phone": json.Number("351912345678"),
		"mixed": []any{"Ana Silva", json.Number("12"), true},
	}
	sent := func(fail bool) func(context.Context, action.Call) (action.Result, error) {
		return func(_ context.Context, call action.Call) (action.Result, error) {
			text, _ := json.Marshal(call.With)
			result := action.Result{Output: output, Request: &engine.SentRequest{
				URL: "https://app.example/?to=ana%2B1%40example.com", Headers: map[string]string{"To": "ana+1@example.com"}, Body: string(text),
			}, Response: &engine.Response{Status: 200, Headers: map[string]string{"For": "Ana Silva"}, Body: "hello Ana Silva"}}
			if fail {
				return result, &action.Failure{Err: engine.Errorf(engine.Refused, "There is no ana+1@example.com."), Detail: "ana+1@example.com", Phase: action.Answered}
			}
			return result, nil
		}
	}
	b.outside.answers = append(b.outside.answers[:0], sent(false), sent(false))
	run := b.finish(t)
	require.Equal(t, engine.Succeeded, run.State, "%+v", run.Failure)

	require.Equal(t, map[string]any{
		"to": "ana+1@example.com", "text": `Hello Ana Silva, Rua "A" 7`, "total": "12", "phone": json.Number("351912345678"),
	}, b.outside.calls[0].With, "what is sent is whole")
	require.Equal(t, map[string]any{
		"to": output["seen"], "all": output["all"], "phone": output["phone"], "mixed": output["mixed"],
	}, b.outside.calls[1].With, "also what comes from a step before the wait")

	failing := newBench(t, body, act("post", map[string]any{"to": "{{trigger.customer.email}}"}))
	failing.store.definition.Personal = b.store.definition.Personal
	failing.Log = b.Log
	failing.outside.answers[0] = sent(true)
	failed := failing.finish(t)
	require.Equal(t, engine.Failed, failed.State)

	for _, kept := range []engine.Run{run, failed} {
		text := fmt.Sprintf("%s %+v %+v", must(json.Marshal(kept)), kept, kept.Failure)
		for _, step := range kept.Steps {
			text += fmt.Sprintf("%s %s %+v", step.Input, step.Output, step.Failure)
		}
		for _, secret := range []string{"ana+1", "ana%2B1", "Silva", "351912345678", "Rua"} {
			require.NotContains(t, text, secret)
		}
		require.Contains(t, text, "•••")
	}
	require.Equal(t, "Order •••", strings.TrimRight(run.Title, "\u2060"))
	require.Contains(t, string(run.Steps[1].Input), `"total":"12"`, "short values tell nothing")
	require.NotContains(t, log.String(), "ana+1")
}

func must(text []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(text)
}

// TestWhatFiltersMakeOfPersonalValuesIsNotKept: in capitals a name is one still; and a run that goes on sends
// it as it was.
func TestWhatFiltersMakeOfPersonalValuesIsNotKept(t *testing.T) {
	b := newBench(t, `{"name":"Ana Silva"}`,
		act("post", map[string]any{"up": "{{trigger.name | upper}}", "low": "{{trigger.name | lower}}", "slug": "{{trigger.name | slug}}"}),
		engine.Step{ID: "wait", Use: "logic.delay", With: map[string]any{"for": "5"}},
		act("again", map[string]any{"seen": "{{post}}"}),
	)
	b.store.definition.Personal = []string{"name"}
	seen := map[string]any{"up": "ANA SILVA", "low": "ana silva", "slug": "ana-silva", "is": "Ana Silva"}
	answer := func(context.Context, action.Call) (action.Result, error) { return action.Result{Output: seen}, nil }
	b.outside.answers = append(b.outside.answers[:0], answer, answer)
	run := b.finish(t)
	require.Equal(t, engine.Succeeded, run.State, "%+v", run.Failure)
	require.Equal(t, map[string]any{"seen": seen}, b.outside.calls[1].With)
	for _, step := range run.Steps {
		kept := strings.ToLower(string(step.Input) + string(step.Output))
		require.NotContains(t, kept, "ana silva", step.Step)
		require.NotContains(t, kept, "ana-silva", step.Step)
	}
}
