package bundle

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"

	"bellhop/engine"
	"bellhop/store/secret"
	"bellhop/store/sqlite"
)

// littleWork is for tests: each try of a passphrase would take a second.
const littleWork = 4

// The keyring of whoever runs the tests is not for them.
func TestMain(m *testing.M) {
	keyring.MockInit()
	m.Run()
}

const passphrase = "correct horse battery staple"

var saturday = time.Date(2026, time.November, 21, 9, 30, 0, 0, time.UTC)

// house is a data folder with something of everything in it. The setting "day" says what day it is of.
func house(t *testing.T, dir, day string) {
	t.Helper()
	db := openData(t, dir)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		for key, value := range map[string]string{"day": day, "installation": "house"} {
			if err := tx.SetSetting(key, value); err != nil {
				return err
			}
		}
		return nil
	}))
	if all, err := db.Recipes(t.Context()); err != nil || len(all) > 0 {
		require.NoError(t, err)
		return // it is the same data, another day
	}
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		r := engine.Recipe{Name: "Orders", On: true, Token: "abc"}
		if err := tx.AddRecipe(&r); err != nil {
			return err
		}
		if _, err := tx.AddVersion(r.ID, engine.Definition{Name: "Orders"}); err != nil {
			return err
		}
		if err := tx.PutConnection(&engine.Connection{Name: "Shop", Connector: "shopify", SecretFields: []string{"token"}}); err != nil {
			return err
		}
		return tx.AddTable(&engine.Table{Name: "Customers", Columns: []string{"mail"}})
	}))
	came(t, db, "one", engine.Succeeded)
	came(t, db, "two", engine.Waiting)
	keeper, err := secret.Open(t.Context(), secret.Params{Mode: secret.File, Dir: dir})
	require.NoError(t, err)
	require.NoError(t, keeper.Save(t.Context(), "house/1", map[string]string{"token": "shpat_secret"}))
	write(t, filepath.Join(dir, "connectors", "own.yaml"), "connector: own\n")
	write(t, filepath.Join(dir, "bodies", "abc234"), strings.Repeat("large ", 1000))
	write(t, filepath.Join(dir, "bodies", "def.part"), "half")
}

func openData(t *testing.T, dir string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), sqlite.Params{Path: filepath.Join(dir, databaseFile)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// came notes an event with a run in a state.
func came(t *testing.T, db *sqlite.DB, key string, state engine.State) {
	t.Helper()
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		e := engine.Event{RecipeID: 1, Key: key, Body: []byte(`{"mail":"ann@example.com"}`), ReceivedAt: saturday, Request: engine.Request{Method: "POST"}}
		if err := tx.AddEvent(&e); err != nil {
			return err
		}
		return tx.AddRun(&engine.Run{RecipeID: 1, Version: 1, EventID: e.ID, State: state, DueAt: saturday, CreatedAt: saturday})
	}))
}

func write(t *testing.T, path, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
}

// bundled makes a bundle of a data folder, with secrets unless says otherwise.
func bundled(t *testing.T, dir string, change func(*Params)) string {
	t.Helper()
	path, _ := makeBundle(t, dir, change)
	return path
}

func makeBundle(t *testing.T, dir string, change func(*Params)) (string, Contents) {
	t.Helper()
	db := openData(t, dir)
	defer func() { require.NoError(t, db.Close()) }()
	keeper, err := secret.Open(t.Context(), secret.Params{Mode: secret.File, Dir: dir})
	require.NoError(t, err)
	p := Params{DB: db, Dir: dir, Path: filepath.Join(t.TempDir(), "all.bellhop"), Version: "1.2.3", Passphrase: passphrase, History: true, Now: func() time.Time { return saturday }, work: littleWork}
	p.Secrets, err = keeper.All(t.Context())
	require.NoError(t, err)
	if change != nil {
		change(&p)
	}
	made, err := Make(t.Context(), p)
	require.NoError(t, err)
	return p.Path, made
}

func restoring(dir, path string) Restoring {
	return Restoring{Dir: dir, Path: path, Passphrase: passphrase, Mode: secret.File, Now: func() time.Time { return saturday }}
}

func replace(t *testing.T, dir string) *Replaced {
	t.Helper()
	r, err := Replace(t.Context(), dir, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	return r
}

func requireDay(t *testing.T, dir, want string) {
	t.Helper()
	db := openData(t, dir)
	defer func() { require.NoError(t, db.Close()) }()
	day, err := db.Setting(t.Context(), "day")
	require.NoError(t, err)
	require.Equal(t, want, day)
	require.NoError(t, db.Check(t.Context()))
}

func requireSecret(t *testing.T, dir, want string) {
	t.Helper()
	keeper, err := secret.Open(t.Context(), secret.Params{Mode: secret.File, Dir: dir})
	require.NoError(t, err)
	values, err := keeper.Load(t.Context(), "house/1")
	require.NoError(t, err)
	require.Equal(t, want, values["token"])
}

// files are the names of all files of a data folder, without those that come and go, and a hash of each.
func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, ".lock") || strings.HasSuffix(path, "-shm") || strings.HasSuffix(path, "-wal") {
			return err
		}
		content, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		hash := sha256.Sum256(content)
		all[name] = hex.EncodeToString(hash[:])
		return err
	}))
	return all
}

func TestABundleTellsWhatIsInIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	path, made := makeBundle(t, dir, nil)
	require.Equal(t, []Recipe{{"Orders", true}}, made.Recipes)
	require.Equal(t, []string{"Shop"}, made.Connections)
	require.Equal(t, []string{"Customers"}, made.Tables)
	require.Equal(t, []string{"own.yaml"}, made.Connectors)
	require.Equal(t, 2, made.Runs)
	require.Equal(t, 1, made.UnderWay)
	read, err := Inspect(t.Context(), path, passphrase)
	require.NoError(t, err)
	require.Equal(t, made, read)
	var names []string
	for _, p := range read.Parts {
		names = append(names, p.Name)
	}
	require.Equal(t, []string{"data.db", "secrets.age", "connectors/own.yaml", "bodies/abc234"}, names)
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing half done lies beside it")
	if runtime.GOOS != "windows" {
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NotContains(t, string(content), "shpat_secret")
}

// TestABundleWithoutHistoryHasNothingOfIt, but still knows what came in, so that it is not done twice.
func TestABundleWithoutHistoryHasNothingOfIt(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	house(t, dir, "monday")
	path, made := makeBundle(t, dir, func(p *Params) { p.History = false })
	require.Equal(t, 1, made.UnderWay)
	_, err := Prepare(t.Context(), restoring(other, path))
	require.NoError(t, err)
	content, err := os.ReadFile(filepath.Join(other, ready, databaseFile))
	require.NoError(t, err)
	require.NotContains(t, string(content), "ann@example.com")
	replace(t, other)
	db := openData(t, other)
	runs, err := db.Runs(t.Context(), engine.RunFilter{})
	require.NoError(t, err)
	require.Empty(t, runs)
	counts, err := db.StateCounts(t.Context())
	require.NoError(t, err)
	require.Empty(t, counts)
	err = db.Update(t.Context(), func(tx engine.Tx) error {
		return tx.AddEvent(&engine.Event{RecipeID: 1, Key: "one", ReceivedAt: saturday})
	})
	require.Equal(t, engine.Conflict, engine.ErrorCode(err))
	require.NoFileExists(t, filepath.Join(other, bodiesName, "abc234"))
	version, err := db.Version(t.Context(), 1, 1)
	require.NoError(t, err)
	require.Equal(t, "Orders", version.Name)
}

func TestSecretsAreInABundleOnlyUnderAPassphrase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	db := openData(t, dir)
	to := filepath.Join(t.TempDir(), "x.bellhop")
	_, err := Make(t.Context(), Params{DB: db, Dir: dir, Path: to, Secrets: map[string]map[string]string{}, Passphrase: "too short"})
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	require.NoFileExists(t, to)

	path := bundled(t, dir, nil)
	_, err = Inspect(t.Context(), path, "Correct horse battery staple")
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	require.ErrorContains(t, err, "not the passphrase")
	other := t.TempDir()
	for _, wrong := range []string{"", "Correct horse battery staple"} {
		r := restoring(other, path)
		r.Passphrase = wrong
		_, err = Prepare(t.Context(), r)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
		require.False(t, Pending(other))
		require.Empty(t, files(t, other))
	}
	without := restoring(other, path)
	without.Passphrase, without.WithoutSecrets = "", true
	_, err = Prepare(t.Context(), without)
	require.NoError(t, err)
	require.Contains(t, replace(t, other).Sentence(time.UTC), "The secrets of your connections were not restored: enter them again")
	requireDay(t, other, "monday")
	requireSecret(t, other, "")

	// Where they are from, they are still.
	without.Dir = dir
	_, err = Prepare(t.Context(), without)
	require.NoError(t, err)
	require.NotContains(t, replace(t, dir).Sentence(time.UTC), "secrets")
	requireSecret(t, dir, "shpat_secret")
}

// TestAPassphraseIsTheSameOnEveryKeyboard: some write é as two characters.
func TestAPassphraseIsTheSameOnEveryKeyboard(t *testing.T) {
	t.Parallel()
	sealed, err := seal(map[string]map[string]string{"a": {"b": "c"}}, "caf\u00e9 au lait s'il", littleWork)
	require.NoError(t, err)
	values, err := unseal(sealed, "cafe\u0301 au lait s'il", "x")
	require.NoError(t, err)
	require.Equal(t, "c", values["a"]["b"])
}

func TestABundleReplacesOnlyBundles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	path := bundled(t, dir, nil)
	bundled(t, dir, func(p *Params) { p.Path = path }) // an older one may go
	letter := filepath.Join(t.TempDir(), "letter.txt")
	write(t, letter, "Dear Sir or Madam")
	untouched := files(t, filepath.Dir(letter))
	db := openData(t, dir)
	for _, not := range []string{letter, dir, filepath.Join(dir, databaseFile)} {
		_, err := Make(t.Context(), Params{DB: db, Dir: dir, Path: not})
		require.Equal(t, engine.Conflict, engine.ErrorCode(err), not)
	}
	_, err := Make(t.Context(), Params{DB: db, Dir: dir, Path: filepath.Join(dir, "no such folder", "x.bellhop")})
	require.Equal(t, engine.NotFound, engine.ErrorCode(err))
	require.ErrorContains(t, err, "There is no folder "+filepath.Join(dir, "no such folder"))
	_, err = Make(t.Context(), Params{DB: db, Dir: dir, Path: filepath.Join(letter, "x.bellhop")})
	require.ErrorContains(t, err, letter+" is not a folder")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	_, err = Make(stopped, Params{DB: db, Dir: dir, Path: path})
	require.Error(t, err)
	after, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, before, after, "a bundle that is stopped leaves the old one")
	require.Equal(t, untouched, files(t, filepath.Dir(letter)))
}

// TestRestoredDataIsWhatWasBundled: all of it, on another computer, and what was under way waits for a person.
func TestRestoredDataIsWhatWasBundled(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), filepath.Join(t.TempDir(), "new")
	house(t, dir, "monday")
	path := bundled(t, dir, nil)
	c, err := Prepare(t.Context(), restoring(other, path))
	require.NoError(t, err)
	require.Equal(t, "1.2.3", c.Version)
	require.NoFileExists(t, filepath.Join(other, databaseFile))
	r := replace(t, other)
	require.Equal(t, &Replaced{From: "all.bellhop", MadeAt: saturday, Held: 1}, r)
	require.Nil(t, replace(t, other), "once is enough")
	requireDay(t, other, "monday")
	requireSecret(t, other, "shpat_secret")
	now, was := files(t, other), files(t, dir)
	require.Equal(t, was["connectors/own.yaml"], now["connectors/own.yaml"])
	require.Equal(t, was["bodies/abc234"], now["bodies/abc234"])
	require.NotContains(t, now, "bodies/def.part")
	db := openData(t, other)
	held, err := db.Runs(t.Context(), engine.RunFilter{States: []engine.State{engine.Held}})
	require.NoError(t, err)
	require.Len(t, held, 1)
	require.Contains(t, held[0].Failure.Message, "was restored from a file")
	recipes, err := db.Recipes(t.Context())
	require.NoError(t, err)
	require.True(t, recipes[0].On)
	require.Equal(t, "abc", recipes[0].Token)
}

// TestAStateRestoredTwiceGivesOutOtherIds: a run's id is in the keys by which apps know its requests.
func TestAStateRestoredTwiceGivesOutOtherIds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	path := bundled(t, dir, nil)
	ids := map[int64]bool{}
	for i := range 3 {
		_, err := Prepare(t.Context(), restoring(dir, path))
		require.NoError(t, err)
		replace(t, dir)
		db := openData(t, dir)
		came(t, db, fmt.Sprint("new ", i), engine.Queued)
		runs, err := db.Runs(t.Context(), engine.RunFilter{Limit: 1})
		require.NoError(t, err)
		require.False(t, ids[runs[0].ID])
		ids[runs[0].ID] = true
		require.NoError(t, db.Close())
	}
	require.Len(t, SetAside(dir), 3, "each time the data from before is kept")
}

// TestWhatCameSinceIsNotDoneAgain: after going back to an older state of the same data, what is fetched once
// more and was done is known; what had not begun may be fetched.
func TestWhatCameSinceIsNotDoneAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	path := bundled(t, dir, func(p *Params) { p.Secrets = nil })
	house(t, dir, "tuesday")
	db := openData(t, dir)
	came(t, db, "since", engine.Succeeded)
	came(t, db, "not begun", engine.Queued)
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		_, _, err := tx.MarkSeen(1, "feed", "entry")
		return err
	}))
	require.NoError(t, db.Close())
	_, err := Prepare(t.Context(), restoring(dir, path))
	require.NoError(t, err)
	r := replace(t, dir)
	require.Equal(t, 2, r.Left)
	requireDay(t, dir, "monday")
	requireDay(t, r.Aside, "tuesday")
	requireSecret(t, dir, "shpat_secret") // those of this computer stay
	db = openData(t, dir)
	require.NoError(t, db.Update(t.Context(), func(tx engine.Tx) error {
		first, _, err := tx.MarkSeen(1, "feed", "entry")
		require.False(t, first)
		return err
	}))
	for key, want := range map[string]engine.Code{"one": engine.Conflict, "since": engine.Conflict, "not begun": ""} {
		err := db.Update(t.Context(), func(tx engine.Tx) error {
			return tx.AddEvent(&engine.Event{RecipeID: 1, Key: key, ReceivedAt: saturday})
		})
		require.Equal(t, want, engine.ErrorCode(err), key)
	}
}

// TestAnOlderBundleIsBroughtToTodaysForm before anything is replaced.
func TestAnOlderBundleIsBroughtToTodaysForm(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile("../sqlite/testdata/v0001.sql")
	require.NoError(t, err)
	database := filepath.Join(t.TempDir(), "old.db")
	old, err := sql.Open("sqlite3", database)
	require.NoError(t, err)
	_, err = old.ExecContext(t.Context(), string(script))
	require.NoError(t, err)
	require.NoError(t, old.Close())
	path := filepath.Join(t.TempDir(), "old.bellhop")
	require.NoError(t, writeFile(t.Context(), path, &Contents{Format: 1, Form: 1, Version: "0.1.0", MadeAt: saturday}, Params{Dir: t.TempDir()}, database, nil))
	dir := t.TempDir()
	_, err = Prepare(t.Context(), restoring(dir, path))
	require.NoError(t, err)
	replace(t, dir)
	recipes, err := openData(t, dir).Recipes(t.Context())
	require.NoError(t, err)
	require.Equal(t, "Big orders", recipes[0].Name)
}

func TestAConnectorsFileIsNotLeftOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	house(t, dir, "monday")
	write(t, filepath.Join(dir, "connectors", "Größe 2.json"), "{}")
	write(t, filepath.Join(dir, "connectors", "notes.txt"), "not one")
	_, made := makeBundle(t, dir, nil)
	require.Equal(t, []string{"Größe 2.json", "own.yaml"}, made.Connectors)
	write(t, filepath.Join(dir, "connectors", "what?.yaml"), "connector: what\n")
	_, err := Make(t.Context(), Params{DB: openData(t, dir), Dir: dir, Path: filepath.Join(t.TempDir(), "x.bellhop")})
	require.ErrorContains(t, err, "Rename it")
}
