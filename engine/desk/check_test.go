package desk_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/account"
	"bellhop/engine/action"
	"bellhop/engine/desk"
)

// doubtful is a store with one run, whose requests are in doubt.
type doubtful struct {
	engine.Store // what is not asked for is not there
	run          engine.Run
}

func (s doubtful) Run(context.Context, int64) (engine.Run, error) { return s.run, nil }

func (s doubtful) Version(context.Context, int64, int) (engine.Definition, error) {
	return engine.Definition{Steps: []engine.Step{
		{ID: "post", Use: "chat.post"},
		{ID: "each", Use: "logic.loop", Steps: []engine.Step{{ID: "line", Use: "chat.post"}}},
		{ID: "other", Use: "chat.blind"},
	}}, nil
}

type chat struct{}

func (chat) Connectors() []engine.Connector { return nil }

func (chat) Connector(string) (engine.Connector, bool) { return engine.Connector{}, false }

func (chat) Operation(use string) (engine.Connector, engine.Operation, bool) {
	o, ok := map[string]engine.Operation{
		"chat.post": {Name: "post", Check: &engine.CheckSpec{}}, "chat.blind": {Name: "blind"}, "logic.loop": {Logic: "loop"},
	}[use]
	return engine.Connector{Title: "Chat"}, o, ok
}

// memories answers by the text that was sent.
type memories map[string]error

var errMissing = errors.New("not there")

func (m memories) Check(_ context.Context, call action.Call, since time.Time) (bool, error) {
	if since.IsZero() {
		return false, errors.New("since when?")
	}
	err := m[call.With["text"].(string)]
	if errors.Is(err, errMissing) {
		return false, nil
	}
	return err == nil, err
}

func TestWhetherItWasSentIsAsked(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	step := func(position int, id, use, round, text string) engine.StepRun {
		input, err := json.Marshal(map[string]any{"text": text})
		require.NoError(t, err)
		return engine.StepRun{
			Position: position, Round: round, Step: id, Use: use, State: engine.Unsure, Input: input,
			Attempts: []engine.Attempt{{Number: 1, StartedAt: at}},
		}
	}
	post := func(text string) engine.StepRun { return step(0, "post", "chat.post", "", text) }
	line := func(round, text string) engine.StepRun { return step(2, "line", "chat.post", round, text) }
	loop := engine.StepRun{Position: 1, Step: "each", Use: "logic.loop", State: engine.Unsure}
	done := post("gone")
	done.State = engine.Succeeded
	app := memories{
		"there": nil, "gone": errMissing, "away": engine.Errorf(engine.Unavailable, "Chat cannot be reached."), "broke": &action.Failure{Phase: action.Between, Err: engine.Errorf(engine.Unavailable, "It will be tried again.")},
	}
	for _, test := range []struct {
		name  string
		steps []engine.StepRun
		want  desk.Sent
		says  string
	}{
		{"it is there", []engine.StepRun{post("there")}, desk.SentFound, "Chat has it: it went through."},
		{"it is not", []engine.StepRun{post("gone")}, desk.SentNotFound, "does not have it. Send it again."},
		{"steps that are done do not count", []engine.StepRun{done, step(0, "post", "chat.post", "", "there")}, desk.SentFound, ""},
		{"the app is away", []engine.StepRun{post("away")}, desk.SentUnknown, "Chat cannot be reached."},
		{"the answer is lost, too", []engine.StepRun{post("broke")}, desk.SentUnknown, "Chat was asked, but its answer was lost, too."},
		{"rounds of a loop", []engine.StepRun{loop, line("0", "there"), line("4", "there")}, desk.SentFound, ""},
		{"some are there", []engine.StepRun{loop, line("0", "there"), line("4", "gone")}, desk.SentUnknown, "1 of the 2 requests"},
		{"an app that cannot be asked", []engine.StepRun{step(3, "other", "chat.blind", "", "x")}, desk.SentUnknown, "Chat cannot be asked"},
		{"an action that is gone", []engine.StepRun{step(0, "post", "chat.gone", "", "x")}, desk.SentUnknown, "cannot be asked"},
		{"a step that is gone", []engine.StepRun{step(0, "old", "chat.post", "", "x")}, desk.SentUnknown, `no step "old"`},
		{"personal data", []engine.StepRun{post("for •••\u2060")}, desk.SentUnknown, "personal data"},
	} {
		t.Run(test.name, func(t *testing.T) {
			store := doubtful{run: engine.Run{State: engine.Unsure, Steps: test.steps}}
			d := desk.New(desk.Params{Store: store, Catalog: chat{}, Book: account.NewBook(store, nil), Checker: app})
			got, err := d.CheckSent(t.Context(), 1)
			require.NoError(t, err)
			require.Equal(t, test.want, got.Sent, got.Says)
			require.Contains(t, got.Says, test.says)
		})
	}
	d := desk.New(desk.Params{Store: doubtful{run: engine.Run{State: engine.Failed}}, Catalog: chat{}, Checker: app})
	_, err := d.CheckSent(t.Context(), 1)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	d = desk.New(desk.Params{Store: doubtful{run: engine.Run{State: engine.Unsure, Steps: []engine.StepRun{post("there")}}}, Catalog: chat{}})
	got, err := d.CheckSent(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, desk.SentUnknown, got.Sent)
}
