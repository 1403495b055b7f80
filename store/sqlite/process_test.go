package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// TestMain is also the other process of the tests below.
func TestMain(m *testing.M) {
	if path := os.Getenv("BELLHOP_TEST_DB"); path != "" {
		if err := otherProcess(path, os.Getenv("BELLHOP_TEST_NAME"), os.Getenv("BELLHOP_TEST_COUNT")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// otherProcess adds events from several goroutines and prints each key once it is acknowledged.
func otherProcess(path, name, count string) error {
	ctx := context.Background()
	db, err := sqlite.Open(ctx, sqlite.Params{Path: path})
	if err != nil {
		return err
	}
	switch name {
	case janitorName:
		return lookAfter(ctx, db, path)
	case writesName:
		return failingWrites(ctx, db, path)
	case syncsName:
		return failingSyncs(ctx, db)
	case upgradeName:
		fmt.Println("opened") //nolint:forbidigo // the parent reads it
		return db.Close()
	}
	each := 1 << 30 // until it is killed
	if count != "" {
		if _, err := fmt.Sscan(count, &each); err != nil {
			return err
		}
	}
	recipe, err := recipeNamed(ctx, db, "shared")
	if err != nil {
		return err
	}
	const callers = 8
	failed := make(chan error, callers)
	for caller := range callers {
		go func() {
			for i := range each {
				key := fmt.Sprintf("%s.%d.%d", name, caller, i)
				if err := add(ctx, db, recipe, key); err != nil {
					failed <- err
					return
				}
				fmt.Println(key) //nolint:forbidigo // the parent reads it
			}
			failed <- nil
		}()
	}
	for range callers {
		if err := <-failed; err != nil {
			return err
		}
	}
	return db.Close()
}

// recipeNamed finds or adds a recipe, as two processes at once would.
func recipeNamed(ctx context.Context, db *sqlite.DB, name string) (int64, error) {
	r := engine.Recipe{Name: name}
	err := db.Update(ctx, func(tx engine.Tx) error {
		all, err := tx.Recipes(ctx)
		if err != nil {
			return err
		}
		for _, one := range all {
			if one.Name == name {
				r = one
				return nil
			}
		}
		return tx.AddRecipe(&r)
	})
	return r.ID, err
}

func add(ctx context.Context, db *sqlite.DB, recipe int64, key string) error {
	return db.Update(ctx, func(tx engine.Tx) error {
		e := engine.Event{RecipeID: recipe, Key: key, Body: make([]byte, 700)}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		return tx.AddRun(&engine.Run{RecipeID: recipe, EventID: e.ID, State: engine.Queued})
	})
}

func process(t *testing.T, path, name, count string) (cmd *exec.Cmd, acknowledged *bufio.Scanner) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "BELLHOP_TEST_DB="+path, "BELLHOP_TEST_NAME="+name, "BELLHOP_TEST_COUNT="+count)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	return cmd, bufio.NewScanner(out)
}

// TestTwoProcesses: several processes make the same new file, and all that they write is there.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	path := file(t)
	var want []string
	var mu sync.Mutex
	var wg sync.WaitGroup
	for _, name := range []string{"a", "b", "c"} {
		cmd, acknowledged := process(t, path, name, "30")
		wg.Go(func() {
			for acknowledged.Scan() {
				mu.Lock()
				want = append(want, acknowledged.Text())
				mu.Unlock()
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("process %s: %v", name, err)
			}
		})
	}
	db := open(t, path)
	recipe, err := recipeNamed(t.Context(), db, "shared")
	require.NoError(t, err)
	for i := range 30 {
		key := fmt.Sprint("here.", i)
		require.NoError(t, add(t.Context(), db, recipe, key))
		mu.Lock()
		want = append(want, key)
		mu.Unlock()
	}
	wg.Wait()
	require.Len(t, want, 3*8*30+30)
	requireKeys(t, db, want)
	require.Equal(t, []string{"ok"}, db.Texts(t, "PRAGMA integrity_check"))
}

// TestOpenTogether: opening a new file at the same time is no race.
func TestOpenTogether(t *testing.T) {
	t.Parallel()
	for range 10 {
		path := file(t)
		var wg sync.WaitGroup
		outcome := make(chan error, 8)
		for range cap(outcome) {
			wg.Go(func() {
				db, err := sqlite.Open(t.Context(), sqlite.Params{Path: path})
				if err == nil {
					err = db.Close()
				}
				outcome <- err
			})
		}
		wg.Wait()
		close(outcome)
		for err := range outcome {
			require.NoError(t, err)
		}
		require.Equal(t, []string{"2"}, open(t, path).Texts(t, "PRAGMA auto_vacuum"))
	}
}

// TestKill: what a process acknowledged before it was killed is there, each event with its run.
func TestKill(t *testing.T) {
	t.Parallel()
	path := file(t)
	var acknowledged []string
	for round := range 6 {
		cmd, keys := process(t, path, fmt.Sprint("round", round), "")
		for left := 40 * round; keys.Scan(); left-- { // round 0 dies at its first event
			acknowledged = append(acknowledged, keys.Text())
			if left == 0 {
				require.NoError(t, cmd.Process.Kill())
			}
		}
		require.Error(t, cmd.Wait())
	}
	db := open(t, path)
	found := map[string]bool{}
	for _, key := range db.Texts(t, "SELECT key FROM event") {
		found[key] = true
	}
	for _, key := range acknowledged {
		require.True(t, found[key], "lost: %s", key)
	}
	require.GreaterOrEqual(t, len(acknowledged), 6)
	require.Empty(t, db.Texts(t, "SELECT key FROM event WHERE NOT EXISTS (SELECT 1 FROM run WHERE event_id = event.id)"))
	require.Empty(t, db.Texts(t, "SELECT id FROM run WHERE NOT EXISTS (SELECT 1 FROM event WHERE event.id = event_id)"))
	require.Equal(t, "ok", strings.Join(db.Texts(t, "PRAGMA integrity_check"), " "))
}
