package boot_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

const guarded = `
recipe: 1
name: Guarded
trigger: {use: webhook.received, connection: Door}
steps: [{id: stop, use: logic.stop}]
`

// Whatever is changed at the same time: the engine acts by a change when the call has returned.
func TestEachSwitchCountsWhenItReturns(t *testing.T) {
	s := open(t, t.TempDir())
	var people sync.WaitGroup
	for i := range 4 {
		r, address := start(t, s, fmt.Appendf(nil, "recipe: 1\nname: Recipe %d\ntrigger: {use: webhook.received}\nsteps: [{id: stop, use: logic.stop}]\n", i))
		people.Go(func() {
			for round := range 40 {
				on := round%2 == 1
				if err := s.Switch(context.Background(), r.ID, on); err != nil {
					t.Error(err)
				}
				if got, want := post(t, address, `{}`), map[bool]int{true: 200, false: 410}[on]; got != want {
					t.Errorf("recipe %d answers %d in round %d", i, got, round)
				}
			}
		})
	}
	people.Wait()
}

func TestAChangeTakesEffectAlsoWhenWhoAskedHasGone(t *testing.T) {
	s := open(t, t.TempDir())
	r, address := start(t, s, []byte(strings.Replace(guarded, ", connection: Door", "", 1)))
	ctx, gone := context.WithCancel(t.Context())
	s.Desk.Now = func() time.Time { // the last thing before the commit
		gone()
		return time.Now()
	}
	_ = s.Switch(ctx, r.ID, false)
	after, err := s.Recipe(t.Context(), r.ID)
	require.NoError(t, err)
	require.Equal(t, map[bool]int{true: 200, false: 410}[after.On], post(t, address, `{}`))
}

func TestSecretsThatCannotBeReadStopOnlyWhatNeedsThem(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	c := engine.Connection{Name: "Door", Connector: "webhook", Fields: map[string]string{"scheme": "header", "header": "X-Key"}}
	require.NoError(t, s.SaveConnection(t.Context(), &c, map[string]string{"secret": "hush-hush"}))
	require.NoError(t, s.Close())

	// Another program keeps the secrets, as a keyring does that asks for its password.
	keeper := flock.New(filepath.Join(dir, "secrets.age.lock"))
	require.NoError(t, keeper.Lock())
	began := time.Now()
	s = open(t, dir)
	_, needs := start(t, s, []byte(guarded))
	_, free := start(t, s, passOn(newOutsideApp(t)))
	require.Less(t, time.Since(began), 9*time.Second, "it waits for no keyring")
	require.Equal(t, 503, post(t, needs, `{}`))
	require.Equal(t, 200, post(t, free, `{"text":"no"}`))

	require.NoError(t, keeper.Close())
	waitFor(t, func() bool { return post(t, needs, `{}`) == 401 })
}

func TestClosingTakesNoLongerThanItMay(t *testing.T) {
	for name, hold := range map[string]func(t *testing.T, a *outsideApp, dir, address string){
		"a step hangs": func(t *testing.T, a *outsideApp, _, address string) {
			a.mu.Lock()
			a.hold = make(chan struct{})
			a.mu.Unlock()
			require.Equal(t, 200, post(t, address, `{"text":"slow"}`))
			waitFor(t, func() bool { return len(a.bodies()) == 1 })
		},
		"senders dawdle": func(t *testing.T, _ *outsideApp, _, address string) {
			host, path, _ := strings.Cut(strings.TrimPrefix(address, "http://"), "/")
			for _, sent := range []string{"", "POST /x", "POST /" + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"} {
				conn, err := net.Dial("tcp", host)
				require.NoError(t, err)
				t.Cleanup(func() { _ = conn.Close() })
				_, err = io.WriteString(conn, sent)
				require.NoError(t, err)
			}
		},
		"the data is locked": func(t *testing.T, a *outsideApp, dir, address string) {
			other, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
			require.NoError(t, err)
			locked, release := make(chan struct{}), make(chan struct{})
			done := make(chan error, 1)
			go func() {
				done <- other.Store.Update(context.Background(), func(engine.Tx) error {
					close(locked)
					<-release
					return nil
				})
			}()
			<-locked
			answered := make(chan struct{})
			go func() { // it waits for the lock, and is turned away at the end
				defer close(answered)
				if res, err := http.Post(address, "application/json", strings.NewReader(`{}`)); err == nil {
					_ = res.Body.Close()
				}
			}()
			select {
			case <-answered:
				t.Error("it is answered although it cannot be stored")
			case <-time.After(200 * time.Millisecond):
			}
			t.Cleanup(func() {
				close(release)
				require.NoError(t, <-done)
				require.NoError(t, other.Close())
				waitFor(t, func() bool {
					_, running, err := boot.Running(context.Background(), dir)
					return err == nil && !running
				})
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			a := newOutsideApp(t)
			dir := t.TempDir()
			s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Listen: "127.0.0.1:0", Secrets: "file", EndTime: time.Second})
			require.NoError(t, err)
			require.NoError(t, s.AllowPrivate(t.Context(), []string{"127.0.0.1"}))
			_, address := start(t, s, passOn(a))
			hold(t, a, dir, address)
			began := time.Now()
			require.NoError(t, s.Close())
			require.Less(t, time.Since(began), 1500*time.Millisecond)
		})
	}
}
