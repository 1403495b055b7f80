package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/webhook"
)

// asking is a recipe whose senders wait for its result.
func asking(t *testing.T, answer engine.Answer) (*door, *webhook.Answers) {
	t.Helper()
	answers := webhook.NewAnswers()
	d := &door{store: &memory{}}
	d.Handler = webhook.New(webhook.Params{Store: d.store, Answers: answers})
	d.SetTable(webhook.Table{"ask": {RecipeID: 1, Version: 1, On: true, MaxBytes: 1 << 20, Verifier: anyone(t), EventID: []string{"X-Event"}, Answer: &answer}})
	return d, answers
}

func post(ctx context.Context, token, key string) *http.Request {
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, webhook.PathPrefix+token, strings.NewReader(`{}`))
	r.Header.Set("X-Event", key)
	return r
}

func TestTheSenderGetsTheRunsAnswer(t *testing.T) {
	for name, c := range map[string]struct {
		tell        func(a *webhook.Answers)
		status      int
		body, kind  string
		other, none string // headers
	}{
		"of a step": {func(a *webhook.Answers) {
			a.Deliver(1, 201, map[string]string{"x-order": "7", "content-length": "9", "Connection": "close", "Bad Name": "x", "X-Split": "a\r\nSet-Cookie: b"}, `{"ok":true}`)
			a.Deliver(1, 500, nil, "too late")
			a.Publish(engine.Change{Kind: engine.RunChanged, RunID: 1, State: engine.Succeeded})
		}, 201, `{"ok":true}`, "application/json", "X-Order", "X-Split"},
		"with a type":     {func(a *webhook.Answers) { a.Deliver(1, 200, map[string]string{"content-type": "text/csv"}, "a,b") }, 200, "a,b", "text/csv", "", "Set-Cookie"},
		"a text":          {func(a *webhook.Answers) { a.Deliver(1, 200, nil, "thanks") }, 200, "thanks", "text/plain; charset=utf-8", "", ""},
		"a page":          {func(a *webhook.Answers) { a.Deliver(1, 200, nil, "<html><p>hi") }, 200, "<html><p>hi", "text/html; charset=utf-8", "", ""},
		"an odd status":   {func(a *webhook.Answers) { a.Deliver(1, 42, nil, "") }, 200, "", "", "", "Content-Type"},
		"no content":      {func(a *webhook.Answers) { a.Deliver(1, 204, nil, "x") }, 204, "", "", "", ""},
		"one too large":   {func(a *webhook.Answers) { a.Deliver(1, 200, nil, strings.Repeat("x", 1<<20+1)) }, 500, "", "application/json", "", ""},
		"its end":         {ends(engine.Succeeded), 200, `{"status":"succeeded","event":"e"}` + "\n", "application/json", "", ""},
		"a filter":        {ends(engine.Filtered), 200, `{"status":"filtered","event":"e"}` + "\n", "application/json", "", ""},
		"a failure":       {ends(engine.Failed), 500, "", "application/json", "", ""},
		"a doubt":         {ends(engine.Unsure), 202, "", "application/json", "", ""},
		"not yet its end": {func(a *webhook.Answers) { ends(engine.Running)(a); ends(engine.Waiting)(a); ends(engine.Succeeded)(a) }, 200, "", "application/json", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d, answers := asking(t, engine.Answer{When: engine.AnswerResult})
				w := httptest.NewRecorder()
				go d.ServeHTTP(w, post(t.Context(), "ask", "e"))
				synctest.Wait()
				c.tell(answers)
				synctest.Wait()
				require.Equal(t, c.status, w.Code)
				require.Equal(t, c.kind, w.Header().Get("Content-Type"))
				if c.body != "" || c.kind == "" {
					require.Equal(t, c.body, w.Body.String())
				}
				if c.other != "" {
					require.NotEmpty(t, w.Header().Get(c.other))
				}
				if c.none != "" {
					require.Empty(t, w.Header().Get(c.none))
				}
				require.Empty(t, w.Header().Get("Connection"))

				// Whoever delivers it again is told the same.
				again := httptest.NewRecorder()
				d.ServeHTTP(again, post(t.Context(), "ask", "e"))
				require.Equal(t, w.Code, again.Code)
				require.Equal(t, w.Body.String(), again.Body.String())
				require.Len(t, d.store.runs, 1)
			})
		})
	}
}

func ends(state engine.State) func(*webhook.Answers) {
	return func(a *webhook.Answers) {
		a.Publish(engine.Change{Kind: engine.RunChanged, RunID: 1, State: state})
	}
}

func TestWaitingForAResultEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, answers := asking(t, engine.Answer{When: engine.AnswerResult, Within: 3})
		began := time.Now()
		w := httptest.NewRecorder()
		d.ServeHTTP(w, post(t.Context(), "ask", "e"))
		require.Equal(t, 3*time.Second, time.Since(began))
		require.Equal(t, http.StatusAccepted, w.Code)
		require.JSONEq(t, `{"status":"accepted","event":"e"}`, w.Body.String())

		// The run goes on; who delivers again joins it.
		again := httptest.NewRecorder()
		go d.ServeHTTP(again, post(t.Context(), "ask", "e"))
		synctest.Wait()
		answers.Deliver(1, 200, nil, "done")
		synctest.Wait()
		require.Equal(t, "done", again.Body.String())

		// It is never longer than the most that a recipe can say.
		d, _ = asking(t, engine.Answer{When: engine.AnswerResult, Within: 3600})
		began = time.Now()
		d.ServeHTTP(httptest.NewRecorder(), post(t.Context(), "ask", "e"))
		require.Equal(t, engine.MaxAnswerWithin*time.Second, time.Since(began))
	})
}

func TestASenderThatHangsUpLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, _ := asking(t, engine.Answer{When: engine.AnswerResult, Within: 20})
		var handed []engine.Job
		d.Handler = webhook.New(webhook.Params{Store: d.store, Accepted: func(j engine.Job) { handed = append(handed, j) }})
		d.SetTable(webhook.Table{"ask": {RecipeID: 1, On: true, MaxBytes: 1 << 20, Verifier: anyone(t), Answer: &engine.Answer{When: engine.AnswerResult}}})
		ctx, hangUp := context.WithCancel(t.Context())
		done := make(chan struct{})
		began := time.Now()
		go func() {
			d.ServeHTTP(httptest.NewRecorder(), post(ctx, "ask", "e"))
			close(done)
		}()
		synctest.Wait()
		hangUp()
		<-done
		require.Zero(t, time.Since(began), "nobody waits for one who has gone")
		require.Len(t, d.store.runs, 1)
		require.Len(t, handed, 1)

		d.ServeHTTP(httptest.NewRecorder(), post(ctx, "ask", "f"))
		require.Len(t, handed, 2, "one who has gone before it is stored, too")
	})
}

func TestOnlySoManySendersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, answers := asking(t, engine.Answer{When: engine.AnswerResult})
		const most = 256
		codes := make([]*httptest.ResponseRecorder, most)
		var work sync.WaitGroup
		for i := range codes {
			codes[i] = httptest.NewRecorder()
			work.Go(func() { d.ServeHTTP(codes[i], post(t.Context(), "ask", fmt.Sprint(i))) })
		}
		synctest.Wait()
		began := time.Now()
		w := httptest.NewRecorder()
		d.ServeHTTP(w, post(t.Context(), "ask", "one more"))
		require.Zero(t, time.Since(began))
		require.Equal(t, http.StatusAccepted, w.Code)
		for id := range int64(most) {
			answers.Deliver(id+1, 200, nil, "done")
		}
		work.Wait()
		for _, w := range codes {
			require.Equal(t, http.StatusOK, w.Code)
		}

		// Answers are remembered only so long; then a duplicate is told that it is one.
		for i := range 1000 {
			d.ServeHTTP(httptest.NewRecorder(), post(canceled(), "ask", fmt.Sprint("later ", i)))
		}
		w = httptest.NewRecorder()
		d.ServeHTTP(w, post(t.Context(), "ask", "0"))
		require.JSONEq(t, `{"status":"duplicate","event":"0"}`, w.Body.String())
		require.Equal(t, http.StatusOK, w.Code)
	})
}

func canceled() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

func TestTheRecipeSaysWhatIsAnsweredAtOnce(t *testing.T) {
	d, _ := asking(t, engine.Answer{Status: 202, Headers: map[string]string{"X-Thanks": "a lot", "Upgrade": "h2c"}, Body: "<ok/>"})
	for range 2 {
		w := httptest.NewRecorder()
		d.ServeHTTP(w, post(t.Context(), "ask", "e"))
		require.Equal(t, 202, w.Code)
		require.Equal(t, "<ok/>", w.Body.String(), "to a duplicate too")
		require.Equal(t, "a lot", w.Header().Get("X-Thanks"))
		require.Empty(t, w.Header().Get("Upgrade"))
	}
	require.Len(t, d.store.runs, 1)

	d.store.full = true
	w := httptest.NewRecorder()
	d.ServeHTTP(w, post(t.Context(), "ask", "f"))
	require.Equal(t, http.StatusServiceUnavailable, w.Code, "what is not stored is not thanked for")

	d, _ = asking(t, engine.Answer{})
	w = httptest.NewRecorder()
	d.ServeHTTP(w, post(t.Context(), "ask", "e"))
	require.JSONEq(t, `{"status":"accepted","event":"e"}`, w.Body.String())
}

// TestAnAnswerOverTheNetwork: the server's own time limits leave room for the longest wait.
func TestAnAnswerOverTheNetwork(t *testing.T) {
	d, answers := asking(t, engine.Answer{When: engine.AnswerResult})
	server := webhook.NewServer(d.Handler, quiet())
	server.WriteTimeout = 50 * time.Millisecond
	address := listen(t, server)
	go func() {
		<-time.After(300 * time.Millisecond)
		answers.Deliver(1, 200, nil, "late but whole")
	}()
	res, err := http.Post("http://"+address+webhook.PathPrefix+"ask", "application/json", strings.NewReader(`{}`))
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(t, http.StatusOK, res.StatusCode)
}
