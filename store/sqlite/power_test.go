package sqlite_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// TestPowerCutAtAnyByte: a power cut leaves the log up to somewhere, and behind it nothing, zeros, or
// what was there before. What was acknowledged before the log was that long is there, each event with
// its run; what was under way is there as a whole or not at all.
func TestPowerCutAtAnyByte(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	recipe, err := recipeNamed(t.Context(), db, "busy")
	require.NoError(t, err)
	begun := sizeOf(t, path+"-wal")

	type promise struct {
		key string
		log int64 // the log's length at the time
	}
	var mu sync.Mutex
	var promises []promise
	var callers sync.WaitGroup
	for caller := range 4 {
		callers.Go(func() {
			for i := range 12 {
				key := fmt.Sprintf("%d.%d", caller, i)
				if err := add(t.Context(), db, recipe, key); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				promises = append(promises, promise{key, sizeOf(t, path+"-wal")})
				mu.Unlock()
			}
		})
	}
	callers.Wait()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	log, err := os.ReadFile(path + "-wal")
	require.NoError(t, err)
	last := promises[len(promises)-1].log
	require.Greater(t, last, begun+100_000)

	const frame = 4096 + 24 // a page and its header: https://www.sqlite.org/fileformat.html#the_write_ahead_log
	for cut := begun; cut < last; cut += frame * 3 / 2 {
		left := bytes.Clone(log[:cut])
		switch behind := int(last - cut); rand.IntN(3) {
		case 1:
			left = append(left, make([]byte, behind)...)
		case 2:
			left = append(left, bytes.Repeat([]byte{0xA5}, behind)...)
		}
		copied := file(t)
		require.NoError(t, os.WriteFile(copied, data, 0o600))
		require.NoError(t, os.WriteFile(copied+"-wal", left, 0o600))
		after := open(t, copied)
		found := map[string]bool{}
		for _, key := range after.Texts(t, "SELECT key FROM event JOIN run ON run.event_id = event.id") {
			found[key] = true
		}
		require.Len(t, after.Texts(t, "SELECT key FROM event"), len(found))
		require.Len(t, after.Texts(t, "SELECT id FROM run"), len(found))
		for _, p := range promises {
			require.True(t, p.log > cut || found[p.key], "%s was acknowledged and is lost, cut at %d", p.key, cut)
		}
		require.NoError(t, after.Check(t.Context()))
		require.NoError(t, add(t.Context(), after, recipe, "goes on"))
		require.NoError(t, after.Close())
	}
}

// TestPowerCutUnderLoad: copies of all files, taken between two writes while many write and the log is
// moved into the database, hold what was acknowledged before.
func TestPowerCutUnderLoad(t *testing.T) {
	t.Parallel()
	path := file(t)
	db := open(t, path)
	recipe, err := recipeNamed(t.Context(), db, "busy")
	require.NoError(t, err)

	var between sync.RWMutex // held for writing while nothing is written
	var mu sync.Mutex
	acknowledged := map[string]bool{}
	done := make(chan struct{})
	var others sync.WaitGroup
	work := func(do func(i int) error) {
		others.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				between.RLock()
				err := do(i)
				between.RUnlock()
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for caller := range 6 {
		work(func(i int) error {
			key := fmt.Sprintf("%d.%d", caller, i)
			err := add(t.Context(), db, recipe, key)
			mu.Lock()
			acknowledged[key] = err == nil
			mu.Unlock()
			return err
		})
	}
	work(func(int) error {
		_, err := db.Checkpoint(t.Context())
		return err
	})
	for range 15 {
		copied := file(t)
		between.Lock()
		for _, suffix := range []string{"", "-wal", "-shm"} {
			b, err := os.ReadFile(path + suffix)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(copied+suffix, b, 0o600))
		}
		mu.Lock()
		want := make([]string, 0, len(acknowledged))
		for key := range acknowledged {
			want = append(want, key)
		}
		mu.Unlock()
		between.Unlock()
		after := open(t, copied)
		requireKeys(t, after, want)
		require.NoError(t, after.Check(t.Context()))
		require.NoError(t, after.Close())
	}
	close(done)
	others.Wait()
}

// TestTheFilesAreTakenAwayWhileInUse: what would be written to a file that is gone is not accepted.
func TestTheFilesAreTakenAwayWhileInUse(t *testing.T) {
	t.Parallel()
	for name, take := range map[string]func(t *testing.T, path string){
		"deleted": func(t *testing.T, path string) {
			for _, suffix := range []string{"", "-wal", "-shm"} {
				require.NoError(t, os.Remove(path+suffix))
			}
		},
		"replaced": func(t *testing.T, path string) {
			other := file(t)
			require.NoError(t, open(t, other).Close())
			require.NoError(t, os.Rename(other, path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := file(t)
			db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
			require.NoError(t, err)
			set(t, db, "a", "b")
			_, fault := db.Fault()
			require.NoError(t, fault)
			take(t, path)
			err = db.Update(t.Context(), func(tx engine.Tx) error { return tx.SetSetting("a", "lost") })
			require.Equal(t, engine.Unavailable, engine.ErrorCode(err), "it was accepted and is nowhere")
			require.Contains(t, engine.ErrorMessage(err), "gone")
			_, fault = db.Fault()
			require.ErrorContains(t, fault, "gone")
			require.NoError(t, db.Close())
		})
	}
}
