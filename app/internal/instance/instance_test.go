package instance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func acquire(t *testing.T, dir string) *Instance {
	t.Helper()
	owner, err := Acquire(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, owner.Close()) })
	return owner
}

func connect(t *testing.T, dir string) *Client {
	t.Helper()
	client, err := Dial(dir)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

func TestOneOwnerPerFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "not made yet")
	first := acquire(t, dir)

	_, err := Acquire(dir)
	require.ErrorIs(t, err, ErrRunning)

	acquire(t, filepath.Join(t.TempDir(), "another"))

	require.NoError(t, first.Close())
	require.NoError(t, first.Close(), "closing twice does nothing")
	acquire(t, dir)
}

func TestAcquireSaysWhatIsWrongWithTheFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))

	_, err := Acquire(filepath.Join(file, "data"))

	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "cannot write to its data folder")
}

func TestAskers(t *testing.T) {
	dir := t.TempDir()
	shown := make(chan struct{}, 1)
	var got engine.Change
	require.NoError(t, acquire(t, dir).Serve(Handlers{
		Version: "1.2.3",
		Listen:  func() string { return "http://127.0.0.1:8420" },
		Show:    func() { shown <- struct{}{} },
		Changed: func(_ context.Context, c engine.Change) error {
			got = c
			if c.RecipeID == 404 {
				return engine.Errorf(engine.NotFound, "There is no recipe 404.")
			}
			return nil
		},
	}))
	client := connect(t, dir)

	require.Equal(t, Status{PID: os.Getpid(), Version: "1.2.3", Listen: "http://127.0.0.1:8420"}, client.Status())
	status, err := client.Ping(t.Context())
	require.NoError(t, err)
	require.Equal(t, client.Status(), status)

	require.NoError(t, client.Show(t.Context()))
	<-shown

	sent := engine.Change{Kind: engine.RunChanged, RecipeID: 7, RunID: 1<<53 + 1, State: "queued"}
	require.NoError(t, client.Changed(t.Context(), sent))
	require.Equal(t, sent, got)

	err = client.Changed(t.Context(), engine.Change{RecipeID: 404})
	require.Equal(t, engine.NotFound, engine.ErrorCode(err))
	require.Equal(t, "There is no recipe 404.", engine.ErrorMessage(err))
}

func TestChangedAnswersAfterTheReload(t *testing.T) {
	dir := t.TempDir()
	reload := make(chan struct{})
	require.NoError(t, acquire(t, dir).Serve(Handlers{
		Changed: func(context.Context, engine.Change) error { <-reload; return nil },
	}))
	client := connect(t, dir)

	done := make(chan error, 1)
	go func() { done <- client.Changed(context.Background(), engine.Change{Kind: engine.RecipesChanged}) }()
	_, err := client.Ping(t.Context()) // a whole round trip later it still waits
	require.NoError(t, err)
	require.Empty(t, done)

	close(reload)
	require.NoError(t, <-done)
}

func TestAnOwnerWithoutWindow(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, acquire(t, dir).Serve(Handlers{}))
	client := connect(t, dir)

	require.Empty(t, client.Status().Listen)
	require.Equal(t, engine.Conflict, engine.ErrorCode(client.Show(t.Context())))
	require.NoError(t, client.Changed(t.Context(), engine.Change{Kind: engine.RecipesChanged}))
}

func TestDialWhenNobodyRuns(t *testing.T) {
	cases := map[string]func(t *testing.T, dir string){
		"no folder":    func(t *testing.T, dir string) { require.NoError(t, os.RemoveAll(dir)) },
		"empty folder": func(*testing.T, string) {},
		"closed": func(t *testing.T, dir string) {
			owner := acquire(t, dir)
			require.NoError(t, owner.Serve(Handlers{}))
			require.NoError(t, owner.Close())
		},
		"files left behind": func(t *testing.T, dir string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, lockFile), nil, 0o600))
			require.NoError(t, writeControl(dir, control{Address: "127.0.0.1:1", Token: "00", PID: 1}))
		},
	}
	for name, prepare := range cases {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			prepare(t, dir)
			_, err := Dial(dir)
			require.ErrorIs(t, err, ErrNotRunning)
			if name == "no folder" {
				require.NoDirExists(t, dir, "looking must not create anything")
			}
		})
	}
}

func TestDialWaitsForAnOwnerThatStarts(t *testing.T) {
	dir := t.TempDir()
	owner := acquire(t, dir)
	dialled := make(chan error, 1)
	go func() {
		client, err := Dial(dir)
		if err == nil {
			client.Close()
		}
		dialled <- err
	}()
	require.NoError(t, owner.Serve(Handlers{}))
	require.NoError(t, <-dialled)
}

func TestDialWaitsForAnOwnerThatEnds(t *testing.T) {
	dir := t.TempDir()
	owner := acquire(t, dir)
	require.NoError(t, owner.Serve(Handlers{}))
	owner.Hush()
	require.NoFileExists(t, filepath.Join(dir, controlFile))
	_, err := Acquire(dir)
	require.ErrorIs(t, err, ErrRunning, "the folder is still in use")

	dialled := make(chan error, 1)
	go func() {
		_, err := Dial(dir)
		dialled <- err
	}()
	require.NoError(t, owner.Close())
	require.ErrorIs(t, <-dialled, ErrNotRunning)
}

func TestDialGivesUpOnASilentOwner(t *testing.T) {
	dir := t.TempDir()
	acquire(t, dir) // and never serves
	ctx, cancel := context.WithTimeout(t.Context(), 3*dialPause)
	defer cancel()

	_, err := dial(ctx, dir)

	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "does not answer")
}

func TestControlFileIsPrivateAndGoesAway(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, controlFile)
	require.NoError(t, os.WriteFile(path, []byte("left behind"), 0o644))
	require.NoError(t, os.WriteFile(path+".new", []byte("half written"), 0o644))
	owner := acquire(t, dir)
	require.NoFileExists(t, path)
	require.NoError(t, owner.Serve(Handlers{}))

	info, err := os.Stat(path)
	require.NoError(t, err)
	if runtime.GOOS != "windows" { // where the profile folder's access list keeps others out
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	c, err := readControl(dir)
	require.NoError(t, err)
	require.Equal(t, os.Getpid(), c.PID)
	require.Len(t, c.Token, 32)
	require.True(t, strings.HasPrefix(c.Address, "127.0.0.1:"))

	require.NoError(t, owner.Close())
	require.NoFileExists(t, path)
	require.NoFileExists(t, path+".new")
}

func TestStrangersAreRefused(t *testing.T) {
	dir := t.TempDir()
	asked := 0
	require.NoError(t, acquire(t, dir).Serve(Handlers{
		Show:    func() { asked++ },
		Changed: func(context.Context, engine.Change) error { asked++; return nil },
	}))
	c, err := readControl(dir)
	require.NoError(t, err)

	cases := map[string]struct {
		change func(r *http.Request)
		want   int
	}{
		"no token":      {func(r *http.Request) { r.Header.Del("Authorization") }, http.StatusUnauthorized},
		"wrong token":   {func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+strings.Repeat("0", 32)) }, http.StatusUnauthorized},
		"token's start": {func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+c.Token[:31]) }, http.StatusUnauthorized},
		"web page":      {func(r *http.Request) { r.Header.Set("Origin", "https://example.com") }, http.StatusForbidden},
		"own origin":    {func(r *http.Request) { r.Header.Set("Origin", "http://"+c.Address) }, http.StatusForbidden},
		"rebound name":  {func(r *http.Request) { r.Host = "example.com" }, http.StatusForbidden},
		"localhost":     {func(r *http.Request) { r.Host = strings.Replace(c.Address, "127.0.0.1", "localhost", 1) }, http.StatusForbidden},
		"get":           {func(r *http.Request) { r.Method = http.MethodGet }, http.StatusMethodNotAllowed},
		"elsewhere":     {func(r *http.Request) { r.URL.Path = "/stop" }, http.StatusNotFound},
		"not json":      {func(r *http.Request) { body(r, "show yourself") }, http.StatusBadRequest},
		"too much":      {func(r *http.Request) { body(r, `{"Kind":"`+strings.Repeat("x", maxRequest)+`"}`) }, http.StatusBadRequest},
		"much header":   {func(r *http.Request) { r.Header.Set("X-Long", strings.Repeat("x", 2*maxHeader)) }, http.StatusRequestHeaderFieldsTooLarge},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+c.Address+"/changed", http.NoBody)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+c.Token)
			body(r, `{}`)
			tc.change(r)
			response, err := http.DefaultClient.Do(r)
			require.NoError(t, err)
			defer response.Body.Close()
			text, err := io.ReadAll(response.Body)
			require.NoError(t, err)
			require.Equal(t, tc.want, response.StatusCode)
			require.NotContains(t, string(text), c.Token)
		})
	}
	require.Zero(t, asked)
}

func body(r *http.Request, text string) {
	r.Body = io.NopCloser(bytes.NewReader([]byte(text)))
	r.ContentLength = int64(len(text))
}

// Many starts at once, as on a double click: exactly one may run, and all others reach it.
func TestManyAtOnce(t *testing.T) {
	dir := t.TempDir()
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		owners []*Instance
		broken []error
	)
	for range 8 {
		wg.Go(func() {
			owner, err := Acquire(dir)
			if errors.Is(err, ErrRunning) {
				var client *Client
				if client, err = Dial(dir); err == nil {
					err = client.Changed(t.Context(), engine.Change{Kind: engine.RecipesChanged})
					client.Close()
				}
			} else if err == nil {
				err = owner.Serve(Handlers{})
			}
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				broken = append(broken, err)
			}
			if owner != nil {
				owners = append(owners, owner)
			}
		})
	}
	wg.Wait()
	for _, owner := range owners {
		require.NoError(t, owner.Close())
	}
	require.Empty(t, broken)
	require.Len(t, owners, 1)
}

// Somebody who only looks whether Bellhop runs must not keep it from starting.
func TestDialDoesNotHinderAcquire(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := lockHeld(dir); err != nil {
					panic(fmt.Sprint("looking failed: ", err))
				}
			}
		})
	}
	for range 100 {
		owner, err := Acquire(dir)
		require.NoError(t, err)
		require.NoError(t, owner.Close())
	}
	stop()
	wg.Wait()
}
