package boot_test

import (
	"context"
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
)

// app is an outside app that keeps what it is sent and can be told how to answer.
type outsideApp struct {
	*httptest.Server
	mu     sync.Mutex
	got    []string
	status int
	hold   chan struct{}
}

func newOutsideApp(t *testing.T) *outsideApp {
	a := &outsideApp{status: http.StatusOK}
	a.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		a.got = append(a.got, string(body))
		status, hold := a.status, a.hold
		a.mu.Unlock()
		if hold != nil {
			select {
			case <-hold:
			case <-r.Context().Done():
			}
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(a.Close)
	return a
}

func (a *outsideApp) answer(status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status = status
}

func (a *outsideApp) bodies() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.got...)
}

func open(t *testing.T, dir string) *boot.System {
	t.Helper()
	s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Listen: "127.0.0.1:0", Secrets: "file"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	require.NoError(t, s.AllowPrivate(t.Context(), []string{"127.0.0.1"})) // where the outside apps of these tests are
	return s
}

// passOn is a recipe that sends what comes in to the app, if its text is not "no".
func passOn(a *outsideApp) []byte {
	return fmt.Appendf(nil, `
recipe: 1
name: Pass it on
trigger: {use: webhook.received}
steps:
  - {id: asked, use: logic.filter, with: {match: all, rules: [{value: "{{trigger.text}}", is: not_equals, than: "no"}]}}
  - {id: send, use: http.request, with: {method: POST, url: %q, json: {text: "{{trigger.text}}"}}, retry: {times: 0}}
`, a.URL)
}

func start(t *testing.T, s *boot.System, recipe []byte) (engine.Recipe, string) {
	t.Helper()
	r, _, err := s.Import(t.Context(), "recipe.yaml", recipe)
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	addresses, err := s.Addresses(t.Context(), r)
	require.NoError(t, err)
	return r, addresses[0]
}

func post(t *testing.T, address, body string) int {
	t.Helper()
	res, err := http.Post(address, "application/json", strings.NewReader(body))
	require.NoError(t, err)
	_ = res.Body.Close()
	return res.StatusCode
}

// newest waits until the newest run is in a state, and returns it whole.
func newest(t *testing.T, s *boot.System, want engine.State) engine.Run {
	t.Helper()
	var run engine.Run
	waitFor(t, func() bool {
		runs, err := s.Runs(t.Context(), engine.RunFilter{Limit: 1})
		require.NoError(t, err)
		if len(runs) == 0 || runs[0].State != want {
			return false
		}
		run, err = s.Store.Run(t.Context(), runs[0].ID)
		require.NoError(t, err)
		return true
	})
	return run
}

func TestAnOrderGoesAllTheWay(t *testing.T) {
	a := newOutsideApp(t)
	s := open(t, t.TempDir())
	changes, end := s.Bus.Subscribe(100)
	defer end()
	_, address := start(t, s, passOn(a))

	require.Equal(t, 200, post(t, address, `{"text":"hello"}`))
	run := newest(t, s, engine.Succeeded)
	require.Equal(t, []string{`{"text":"hello"}`}, a.bodies())
	require.Len(t, run.Steps, 2)

	require.Equal(t, 200, post(t, address, `{"text":"no"}`))
	newest(t, s, engine.Filtered)
	require.Len(t, a.bodies(), 1)

	var states []engine.State
	for len(states) < 2 || states[len(states)-1] != engine.Filtered {
		if c := <-changes; c.Kind == engine.RunChanged {
			states = append(states, c.State)
		}
	}
	require.Contains(t, states, engine.Succeeded)
}

func TestSwitchingOffStopsDeliveriesAtOnce(t *testing.T) {
	a := newOutsideApp(t)
	s := open(t, t.TempDir())
	r, address := start(t, s, passOn(a))
	require.NoError(t, s.Switch(t.Context(), r.ID, false))
	require.Equal(t, 410, post(t, address, `{"text":"hello"}`))
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	require.Equal(t, 200, post(t, address, `{"text":"hello"}`))
	newest(t, s, engine.Succeeded)
	require.NoError(t, s.Switch(t.Context(), r.ID, false))
	require.NoError(t, s.DeleteRecipe(t.Context(), r.ID))
	require.Equal(t, 404, post(t, address, `{"text":"hello"}`))
}

func TestRetryReplayAndCancel(t *testing.T) {
	ctx := t.Context()
	a := newOutsideApp(t)
	s := open(t, t.TempDir())
	r, address := start(t, s, passOn(a))

	a.answer(http.StatusBadRequest)
	post(t, address, `{"text":"first"}`)
	failed := newest(t, s, engine.Failed)
	require.Equal(t, "send", failed.Failure.Step)
	require.NotEmpty(t, failed.Failure.Message)

	a.answer(http.StatusOK)
	require.NoError(t, s.Retry(ctx, failed.ID, ""))
	done := newest(t, s, engine.Succeeded)
	require.Equal(t, failed.ID, done.ID, "the same run")
	require.Len(t, done.Steps[1].Attempts, 2, "the failed attempt stays on record")
	require.NotNil(t, done.Steps[1].Attempts[0].Failure)
	require.Nil(t, done.Failure)
	require.Len(t, a.bodies(), 2)

	again, err := s.Replay(ctx, done.ID)
	require.NoError(t, err)
	repeated := newest(t, s, engine.Succeeded)
	require.Equal(t, again, repeated.ID)
	require.Equal(t, done.ID, repeated.ReplayOf)
	require.Equal(t, done.EventKey, repeated.EventKey)

	err = s.Cancel(ctx, done.ID)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err), "it is over")
	err = s.Retry(ctx, done.ID, "sned")
	require.ErrorContains(t, err, `Did you mean "send"`)
	require.Equal(t, engine.NotFound, engine.ErrorCode(s.Retry(ctx, 999, "")))

	a.mu.Lock()
	a.hold = make(chan struct{})
	a.mu.Unlock()
	post(t, address, `{"text":"slow"}`)
	slow := newest(t, s, engine.Running)
	require.NoError(t, s.Cancel(ctx, slow.ID))
	newest(t, s, engine.Cancelled)
	err = s.DeleteRecipe(ctx, r.ID)
	require.Equal(t, engine.Conflict, engine.ErrorCode(err), "it is on")
}

func TestARetryTakesTheCorrectedRecipe(t *testing.T) {
	a := newOutsideApp(t)
	s := open(t, t.TempDir())
	r, address := start(t, s, passOn(a))
	a.answer(http.StatusNotFound)
	post(t, address, `{"text":"hello"}`)
	failed := newest(t, s, engine.Failed)

	draft := r.Draft
	draft.Steps[1].With["json"] = map[string]any{"text": "corrected {{trigger.text}}"}
	require.NoError(t, s.SaveDraft(t.Context(), r.ID, draft))
	changed, err := s.Recipe(t.Context(), r.ID)
	require.NoError(t, err)
	require.True(t, changed.Changed, "a draft does not run until it is published")
	require.NoError(t, s.Publish(t.Context(), r.ID))
	a.answer(http.StatusOK)
	require.NoError(t, s.Retry(t.Context(), failed.ID, ""))
	require.Equal(t, 2, newest(t, s, engine.Succeeded).Version)
	require.Equal(t, `{"text":"corrected hello"}`, a.bodies()[1])
}

func TestWhatWasAcceptedIsDoneAfterARestart(t *testing.T) {
	a := newOutsideApp(t)
	dir := t.TempDir()
	s := open(t, dir)
	_, address := start(t, s, passOn(a))
	a.mu.Lock()
	a.status = http.StatusServiceUnavailable
	a.mu.Unlock()
	require.NoError(t, s.Close())

	// A command queues a run while no engine runs.
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	recipes, err := d.Recipes(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.Store.Update(t.Context(), func(tx engine.Tx) error {
		e := engine.Event{RecipeID: recipes[0].ID, Key: "k", Body: []byte(`{"text":"queued"}`)}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		return tx.AddRun(&engine.Run{RecipeID: e.RecipeID, Version: 1, EventID: e.ID, State: engine.Queued})
	}))
	require.NoError(t, d.Close())
	require.Empty(t, a.bodies())
	_ = address

	a.answer(http.StatusOK)
	s = open(t, dir)
	newest(t, s, engine.Succeeded)
	require.Equal(t, []string{`{"text":"queued"}`}, a.bodies())
}

func TestAnotherProcessChangesWhatRuns(t *testing.T) {
	a := newOutsideApp(t)
	dir := t.TempDir()
	s := open(t, dir)
	_, address := start(t, s, passOn(a))

	other, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	r, err := other.FindRecipe(t.Context(), "pass it on")
	require.NoError(t, err)
	addresses, err := other.Addresses(t.Context(), r)
	require.NoError(t, err)
	require.Equal(t, address, addresses[0], "it knows where the engine listens")

	require.NoError(t, other.Switch(t.Context(), r.ID, false))
	require.Equal(t, 410, post(t, address, `{"text":"x"}`), "the engine knows when the command returns")
	require.NoError(t, other.Switch(t.Context(), r.ID, true))
	require.Equal(t, 200, post(t, address, `{"text":"x"}`))
	done := newest(t, s, engine.Succeeded)
	_, err = other.Replay(t.Context(), done.ID)
	require.NoError(t, err)
	waitFor(t, func() bool { return len(a.bodies()) == 2 })

	_, err = boot.Open(t.Context(), boot.Config{Dir: dir, Listen: "127.0.0.1:0"})
	require.ErrorIs(t, err, boot.ErrRunning)
}

func TestAChangeNobodyToldOfIsSeen(t *testing.T) {
	a := newOutsideApp(t)
	dir := t.TempDir()
	s := open(t, dir)
	r, address := start(t, s, passOn(a))
	other, err := boot.OpenData(t.Context(), boot.Config{Dir: dir})
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	r.On = false
	require.NoError(t, other.Store.Update(context.Background(), func(tx engine.Tx) error {
		now, err := tx.Recipe(context.Background(), r.ID)
		now.On = false
		if err != nil {
			return err
		}
		return tx.SaveRecipe(now)
	}))
	waitFor(t, func() bool { return post(t, address, `{"text":"x"}`) == 410 })
}

func TestTheListenAddressInUseIsSaidInWords(t *testing.T) {
	taken := newOutsideApp(t)
	_, err := boot.Open(t.Context(), boot.Config{Dir: t.TempDir(), Listen: strings.TrimPrefix(taken.URL, "http://"), Secrets: "file"})
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.ErrorContains(t, err, "--listen")
}
