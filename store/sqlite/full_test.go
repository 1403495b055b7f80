package sqlite_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
	"bellhop/store/sqlite"
)

// fullDisk is a disk that can be filled up and freed.
type fullDisk struct {
	dir        string
	fill, free func(t *testing.T, db *sqlite.DB)
}

// limitedFile is a file that may not become larger, which is the same to SQLite as a full disk.
func limitedFile(t *testing.T) fullDisk {
	return fullDisk{
		dir:  t.TempDir(),
		fill: func(t *testing.T, db *sqlite.DB) { db.Pragma(t, "PRAGMA max_page_count = 120") },
		free: func(t *testing.T, db *sqlite.DB) { db.Pragma(t, "PRAGMA max_page_count = 1000000") },
	}
}

// ballast fills up a small disk by a file that somebody else has there.
func ballast(dir string) fullDisk {
	file := filepath.Join(dir, "ballast")
	return fullDisk{
		dir: dir,
		fill: func(t *testing.T, _ *sqlite.DB) {
			f, err := os.Create(file)
			require.NoError(t, err)
			for chunk := make([]byte, 64<<10); err == nil; {
				_, err = f.Write(chunk)
			}
			require.NoError(t, f.Close())
			require.NoError(t, os.Truncate(file, sizeOf(t, file)-256<<10)) // a little is left
		},
		free: func(t *testing.T, _ *sqlite.DB) { require.NoError(t, os.Remove(file)) },
	}
}

// noSignature lets every sender in.
func noSignature(t *testing.T) signature.Verifier {
	t.Helper()
	v, err := signature.New(engine.SignatureSpec{Scheme: signature.SchemeNone})
	require.NoError(t, err)
	return v
}

// TestDeliveriesToAFullDisk: they are turned away so that their senders try again; what was accepted is
// there and can be done; once there is room all goes on without a restart.
func TestDeliveriesToAFullDisk(t *testing.T) {
	t.Parallel()
	disks := map[string]fullDisk{"a limited file": limitedFile(t)}
	if dir, ok := smallDisk(t); ok {
		disks["a small disk"] = ballast(dir)
	}
	for name, disk := range disks {
		t.Run(name, func(t *testing.T) {
			db, recipe := openWithRecipe(t, disk.dir)
			handler := webhook.New(webhook.Params{Store: db})
			handler.SetTable(webhook.Table{"token": {
				RecipeID: recipe, Version: 1, On: true, MaxBytes: 1 << 20, Verifier: noSignature(t), EventID: []string{"X-Event"},
			}})
			deliver := func(key string, body []byte) int {
				req := httptest.NewRequest(http.MethodPost, webhook.PathPrefix+"token", bytes.NewReader(body))
				req.Header.Set("X-Event", key)
				req.Header.Set("Content-Type", "text/plain")
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, req)
				return w.Code
			}
			require.Equal(t, 200, deliver("before", []byte("x")))
			disk.fill(t, db)
			accepted := []string{"before"}
			var refused []string
			for i := 0; len(refused) < 5; i++ {
				key := fmt.Sprint(i)
				require.Less(t, i, 1000, "the disk never filled up")
				if status := deliver(key, bytes.Repeat([]byte("x"), 30_000)); status == 200 {
					accepted = append(accepted, key)
				} else {
					require.Equal(t, 503, status)
					refused = append(refused, key)
				}
			}
			requireKeys(t, db, accepted)
			// Backups and the janitor have no room either, and harm nothing.
			require.Error(t, db.Backup(t.Context(), filepath.Join(disk.dir, "no such folder", "copy.db")))
			_, err := db.Prune(t.Context(), monthly())
			require.NoError(t, err)
			requireKeys(t, db, accepted)

			disk.free(t, db)
			for _, key := range refused {
				require.Equal(t, 200, deliver(key, []byte("again")))
			}
			requireKeys(t, db, append(accepted, refused...))
			due, _, err := db.DueRuns(t.Context(), today, recipe, 10_000)
			require.NoError(t, err)
			require.Len(t, due, len(accepted)+len(refused))
			run, err := db.Run(t.Context(), due[0].RunID)
			require.NoError(t, err)
			run.State = engine.Succeeded
			require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error { return tx.SaveRun(run, engine.Queued) }))
			require.Equal(t, "ok", strings.Join(db.Texts(t, "PRAGMA integrity_check"), " "))
		})
	}
}
