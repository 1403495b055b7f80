package secret

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"bellhop/engine"
)

// TestMain is also the second process of TestTwoProcesses.
func TestMain(m *testing.M) {
	if dir := os.Getenv("BELLHOP_TEST_DIR"); dir != "" {
		if err := saveMany(context.Background(), dir, os.Getenv("BELLHOP_TEST_NAME")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// ring is a keyring in memory that can fail, and can block as one does that asks for a password.
type ring struct {
	mu      sync.Mutex
	items   map[string]string
	err     error
	blocked chan struct{} // calls wait until it is closed
}

var _ keyring.Keyring = (*ring)(nil)

func newRing() *ring { return &ring{items: map[string]string{}} }

func (r *ring) set(err error, blocked chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.err, r.blocked = err, blocked
}

func (r *ring) wait() error {
	r.mu.Lock()
	blocked, err := r.blocked, r.err
	r.mu.Unlock()
	if blocked != nil {
		<-blocked
	}
	return err
}

func (r *ring) Set(service, user, password string) error {
	if err := r.wait(); err != nil {
		return err
	}
	if len(password) > 2560 { // as on Windows
		return keyring.ErrSetDataTooBig
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.items[service+" "+user] = password
	return nil
}

func (r *ring) Get(service, user string) (string, error) {
	if err := r.wait(); err != nil {
		return "", err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if v, ok := r.items[service+" "+user]; ok {
		return v, nil
	}
	return "", keyring.ErrNotFound
}

func (r *ring) Delete(service, user string) error {
	if err := r.wait(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.items[service+" "+user]; !ok {
		return keyring.ErrNotFound
	}
	delete(r.items, service+" "+user)
	return nil
}

func (r *ring) DeleteAll(string) error { return errors.New("nobody deletes all") }

var (
	errLocked = errors.New("locked")
	values    = map[string]string{"bot_token": "xoxb-1", "webhook_url": "ü \"\n"}
)

func open(t *testing.T, mode Mode, dir string, r *ring) *Keeper {
	t.Helper()
	k, err := Open(t.Context(), Params{Mode: mode, Dir: dir, ring: r})
	require.NoError(t, err)
	return k
}

func load(t *testing.T, s engine.Secrets, key string) map[string]string {
	t.Helper()
	got, err := s.Load(t.Context(), key)
	require.NoError(t, err)
	return got
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) engine.Secrets{
		"keyring": func(t *testing.T) engine.Secrets { return open(t, Keyring, t.TempDir(), newRing()) },
		"file":    func(t *testing.T) engine.Secrets { return open(t, File, t.TempDir(), newRing()) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, ctx := open(t), t.Context()
			require.Equal(t, map[string]string{}, load(t, s, "a"), "never saved is empty")
			require.NoError(t, s.Delete(ctx, "a"), "deleting nothing is fine")

			require.NoError(t, s.Save(ctx, "a", values))
			require.NoError(t, s.Save(ctx, "b/ c", map[string]string{"x": "1"}))
			require.Equal(t, values, load(t, s, "a"))
			got := load(t, s, "a")
			got["bot_token"] = "changed"
			require.Equal(t, values, load(t, s, "a"), "what was loaded is the caller's own")

			require.NoError(t, s.Save(ctx, "a", map[string]string{"only": "this"}))
			require.Equal(t, map[string]string{"only": "this"}, load(t, s, "a"), "all values are replaced")
			require.NoError(t, s.Save(ctx, "a", nil))
			require.Equal(t, map[string]string{}, load(t, s, "a"))
			require.NoError(t, s.Delete(ctx, "b/ c"))
			require.Equal(t, map[string]string{}, load(t, s, "b/ c"))
		})
	}
}

func TestAutoKeepsToItsPlace(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		first error // the keyring's, when the folder is new
		want  Mode
	}{{"keyring", nil, Keyring}, {"no keyring", errLocked, File}} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir, r := t.TempDir(), newRing()
			r.set(test.first, nil)
			k := open(t, Auto, dir, r)
			require.Equal(t, test.want, k.Mode())
			require.NoError(t, k.Check(t.Context()))
			require.NoError(t, k.Save(t.Context(), "a", values))

			// Now the keyring is the other way round.
			r.set(errLocked, nil)
			if test.first != nil {
				r.set(nil, nil)
			}
			k = open(t, Auto, dir, r)
			require.Equal(t, test.want, k.Mode())
			got, err := k.Load(t.Context(), "a")
			if test.want == File {
				require.NoError(t, err)
				require.Equal(t, values, got)
				return
			}
			require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
			require.Contains(t, engine.ErrorMessage(err), "keyring")
			require.Equal(t, engine.Unavailable, engine.ErrorCode(k.Check(t.Context())))
			require.Equal(t, engine.Unavailable, engine.ErrorCode(k.Save(t.Context(), "a", values)))
			require.NoFileExists(t, filepath.Join(dir, "secrets.age"))
			r.set(nil, nil) // unlocked: no restart needed
			require.Equal(t, values, load(t, k, "a"))
		})
	}
}

func TestAskingForTheOtherPlaceMoves(t *testing.T) {
	t.Parallel()
	dir, r := t.TempDir(), newRing()
	running := open(t, Auto, dir, r) // another process, all the time
	require.NoError(t, running.Save(t.Context(), "a", values))
	require.NoError(t, running.Save(t.Context(), "b", map[string]string{"x": "1"}))
	require.Len(t, r.items, 2)

	k := open(t, File, dir, r)
	require.Equal(t, values, load(t, k, "a"))
	require.Empty(t, r.items, "nothing is left behind")
	require.Equal(t, File, running.Mode())
	require.Equal(t, values, load(t, running, "a"))

	require.NoError(t, os.Remove(filepath.Join(dir, "secrets.json")), "a folder restored without it")
	k = open(t, Keyring, dir, r)
	require.Equal(t, values, load(t, k, "a"))
	require.Len(t, r.items, 2)
	require.Equal(t, map[string]string{"x": "1"}, load(t, running, "b"))
}

func TestAKeyringThatIsGone(t *testing.T) {
	t.Parallel()
	dir, r := t.TempDir(), newRing()
	require.NoError(t, open(t, Keyring, dir, r).Save(t.Context(), "a", values))
	r.set(errLocked, nil)
	_, err := Open(t.Context(), Params{Mode: Keyring, Dir: dir, ring: r})
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))

	k := open(t, File, dir, r) // asked for, so the user connects again
	require.Equal(t, map[string]string{}, load(t, k, "a"))
	require.NoError(t, k.Save(t.Context(), "a", map[string]string{"new": "1"}))
	require.Equal(t, map[string]string{"new": "1"}, load(t, open(t, Auto, dir, r), "a"))
}

func TestDataFoldersDoNotShare(t *testing.T) {
	t.Parallel()
	r := newRing()
	one, two := open(t, Auto, t.TempDir(), r), open(t, Auto, t.TempDir(), r)
	require.NoError(t, one.Save(t.Context(), "a", values))
	require.NoError(t, two.Save(t.Context(), "a", map[string]string{"other": "1"}))
	require.Equal(t, values, load(t, one, "a"))
	require.NoError(t, two.Delete(t.Context(), "a"))
	require.Equal(t, values, load(t, one, "a"))
}

func TestAKeyringThatNeverAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir, r, blocked := t.TempDir(), newRing(), make(chan struct{})
		require.NoError(t, open(t, Keyring, dir, r).Save(t.Context(), "a", values))
		r.set(nil, blocked)
		begin := time.Now()
		require.Equal(t, File, open(t, Auto, t.TempDir(), r).Mode(), "a new folder does without it")
		require.Equal(t, probeTime, time.Since(begin))

		k := open(t, Auto, dir, r)
		ctx, cancel := context.WithTimeout(t.Context(), 7*time.Second)
		defer cancel()
		begin = time.Now()
		_, err := k.Load(ctx, "a")
		require.Equal(t, 7*time.Second, time.Since(begin))
		require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		_, err = k.Load(t.Context(), "a") // the first call is still under way
		require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
		require.Equal(t, 7*time.Second+promptTime, time.Since(begin))
		close(blocked) // the user typed the password at last
		synctest.Wait()
		require.Equal(t, values, load(t, k, "a"))
	})
}

func TestTooLongForTheKeyring(t *testing.T) {
	t.Parallel()
	err := open(t, Keyring, t.TempDir(), newRing()).Save(t.Context(), "a", map[string]string{"key": strings.Repeat("x", 3000)})
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "--secrets file")
	require.NotContains(t, err.Error(), "xxx")
}

func TestAnUnknownMode(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), Params{Mode: "vault", Dir: t.TempDir(), ring: newRing()})
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
}

// TestSystemKeyring goes through go-keyring's own functions.
func TestSystemKeyring(t *testing.T) {
	keyring.MockInit()
	k, err := Open(t.Context(), Params{Dir: t.TempDir()})
	require.NoError(t, err)
	require.Equal(t, Keyring, k.Mode())
	require.NoError(t, k.Save(t.Context(), "a", values))
	require.Equal(t, values, load(t, k, "a"))
	require.NoError(t, k.Delete(t.Context(), "a"))
	require.Equal(t, map[string]string{}, load(t, k, "a"))
	keyring.MockInitWithError(errLocked)
	_, err = k.Load(t.Context(), "a")
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
}

const manyCount = 25

func saveMany(ctx context.Context, dir, name string) error {
	k, err := Open(ctx, Params{Mode: File, Dir: dir, ring: newRing()})
	if err != nil {
		return err
	}
	for i := range manyCount {
		if err := k.Save(ctx, fmt.Sprint(name, i), map[string]string{"n": fmt.Sprint(i)}); err != nil {
			return err
		}
	}
	return nil
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := exec.CommandContext(t.Context(), os.Args[0])
	other.Env = append(os.Environ(), "BELLHOP_TEST_DIR="+dir, "BELLHOP_TEST_NAME=other")
	var said strings.Builder
	other.Stderr = &said
	require.NoError(t, other.Start())
	var wg sync.WaitGroup
	outcome := make(chan error, 2)
	for _, name := range []string{"one", "two"} {
		wg.Go(func() { outcome <- saveMany(t.Context(), dir, name) })
	}
	wg.Wait()
	require.NoError(t, <-outcome)
	require.NoError(t, <-outcome)
	require.NoError(t, other.Wait(), said.String())
	k := open(t, Auto, dir, newRing())
	for _, name := range []string{"one", "two", "other"} {
		for i := range manyCount {
			require.Equal(t, map[string]string{"n": fmt.Sprint(i)}, load(t, k, fmt.Sprint(name, i)))
		}
	}
}

func TestKeepersShareTheSystemsKeyring(t *testing.T) {
	one, err := Open(t.Context(), Params{Mode: File, Dir: t.TempDir()})
	require.NoError(t, err)
	two, err := Open(t.Context(), Params{Mode: File, Dir: t.TempDir()})
	require.NoError(t, err)
	require.Same(t, one.ring, two.ring, "a keyring that never answers is waited for by one call, not by one for each keeper")
}
