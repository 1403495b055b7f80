package webhook_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/webhook"
)

// house is the recipes, connectors and accounts that a table is made of.
type house struct {
	recipes  []engine.Recipe
	versions map[int64]func() (engine.Definition, error)
	accounts func(ctx context.Context, name string) (engine.Account, error)
}

// add adds a recipe that is on, with its id for a token, such as "1".
func (h *house) add(trigger engine.Trigger) {
	h.addBroken(func() (engine.Definition, error) { return engine.Definition{Trigger: trigger}, nil })
}

func (h *house) addBroken(version func() (engine.Definition, error)) {
	id := int64(len(h.recipes) + 1)
	h.recipes = append(h.recipes, engine.Recipe{ID: id, On: true, Token: string(rune('0' + id)), Published: 1})
	if h.versions == nil {
		h.versions = map[int64]func() (engine.Definition, error){}
	}
	h.versions[id] = version
}

func (h *house) Recipes(context.Context) ([]engine.Recipe, error) { return h.recipes, nil }

func (h *house) Version(_ context.Context, id int64, _ int) (engine.Definition, error) {
	return h.versions[id]()
}

func (h *house) Account(ctx context.Context, name string) (engine.Account, error) {
	return h.accounts(ctx, name)
}

func (h *house) Connectors() []engine.Connector { return nil }

func (h *house) Connector(string) (engine.Connector, bool) { return engine.Connector{}, false }

func (h *house) Operation(use string) (engine.Connector, engine.Operation, bool) {
	o, ok := map[string]engine.Operation{
		"test.open": {Webhook: &engine.WebhookSpec{}},
		"test.signed": {Connection: engine.Required, Webhook: &engine.WebhookSpec{
			EventID: []string{"{{connection.id_header}}", "X-Event"},
			Signature: &engine.SignatureSpec{
				Scheme: "{{connection.scheme | default: 'header'}}", Header: "X-Key", Secret: "{{connection.secret}}",
			},
		}},
		"test.poll": {},
	}[use]
	return engine.Connector{}, o, ok
}

// send delivers to a recipe of the house and returns the status.
func (h *house) send(t *testing.T, token, key string) int {
	t.Helper()
	table, err := webhook.NewTable(t.Context(), h, h, h)
	require.NoError(t, err)
	handler := webhook.New(webhook.Params{Store: &memory{}})
	handler.SetTable(table)
	r := httptest.NewRequest(http.MethodPost, webhook.PathPrefix+token, strings.NewReader(`{}`))
	r.Header.Set("X-Key", key)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Code
}

func TestWhatIsWrongWithOneRecipeBreaksThatOneOnly(t *testing.T) {
	h := &house{accounts: func(_ context.Context, name string) (engine.Account, error) {
		if name == "Locked" {
			return engine.Account{}, engine.Errorf(engine.Unavailable, "The keyring is locked.")
		}
		return engine.Account{Secrets: map[string]string{"secret": "hush"}}, nil
	}}
	h.add(engine.Trigger{Use: "test.open"})
	h.add(engine.Trigger{Use: "test.signed", Connection: "Shop"})
	h.add(engine.Trigger{Use: "test.signed", Connection: "Locked"})
	h.add(engine.Trigger{Use: "test.signed"})
	h.add(engine.Trigger{Use: "gone.event"})
	h.add(engine.Trigger{Use: "test.poll"})
	h.addBroken(func() (engine.Definition, error) { return engine.Definition{}, errors.New("damaged") })

	for token, want := range map[string]int{"1": 200, "2": 200, "3": 503, "4": 503, "5": 503, "6": 404, "7": 503} {
		require.Equal(t, want, h.send(t, token, "hush"), "recipe %s", token)
	}
	require.Equal(t, 401, h.send(t, "2", "wrong"))
	h.recipes[4].On = false
	require.Equal(t, 410, h.send(t, "5", ""), "what is off is off, known or not")

	h.addBroken(func() (engine.Definition, error) {
		return engine.Definition{}, engine.Errorf(engine.Unavailable, "The disk is gone.")
	})
	_, err := webhook.NewTable(t.Context(), h, h, h)
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err), "the routes there were are better than none")
}

func TestAccountsThatTakeLongHoldUpNoOtherRecipe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &house{accounts: func(ctx context.Context, _ string) (engine.Account, error) {
			<-ctx.Done() // the keyring waits for its password
			return engine.Account{}, engine.Errorf(engine.Unavailable, "The keyring does not answer.")
		}}
		for range 5 {
			h.add(engine.Trigger{Use: "test.signed", Connection: "Shop"})
		}
		h.add(engine.Trigger{Use: "test.open"})
		began := time.Now()
		require.Equal(t, 200, h.send(t, "6", ""))
		require.LessOrEqual(t, time.Since(began), time.Second)
		require.Equal(t, 503, h.send(t, "1", "hush"))
	})
}

func TestALockedStoreIsToldOfBeforeTheSenderHangsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDoor(t)
		d.Handler = webhook.New(webhook.Params{Store: lockedStore{}})
		d.SetTable(webhook.Table{"open": {RecipeID: 1, On: true, MaxBytes: 1000, Verifier: anyone(t)}})
		began := time.Now()
		require.Equal(t, http.StatusServiceUnavailable, d.send(t, "open", `{}`).Code)
		require.LessOrEqual(t, time.Since(began), 10*time.Second)
	})
}

// lockedStore waits for another program as long as its caller does.
type lockedStore struct{}

func (lockedStore) Update(ctx context.Context, _ func(engine.Tx) error) error {
	<-ctx.Done()
	return engine.Wrap(ctx.Err(), engine.Unavailable, "Another program keeps Bellhop's data locked.")
}

func (s lockedStore) UpdateRepeatable(ctx context.Context, fn func(engine.Tx) error) error {
	return s.Update(ctx, fn)
}

func TestCredentialsAreNotKept(t *testing.T) {
	d := newDoor(t)
	d.send(t, "open", `{}`, header("X-Api-Key", "hush-hush"), header("Cookie", "hush-hush"), header("X-Gitlab-Token", "hush-hush"))
	for name, value := range d.store.events[0].Request.Headers {
		require.NotContains(t, value, "hush-hush", name)
	}
}
