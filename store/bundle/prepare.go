package bundle

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"bellhop/engine"
	"bellhop/store/secret"
	"bellhop/store/sqlite"
)

// The folder within the data folder in which the restored data is made ready, and what it is called from
// one step to the next. Each renaming is one step on disk, whole or not at all.
const (
	preparing = "restore.part"  // being filled; of no use after a crash
	ready     = "restore-ready" // to be put in place before the data is opened the next time
	leaving   = "restore-out"   // the old data is on its way out
	entering  = "restore-in"    // it is out, and the new data on its way in
)

// asidePrefix begins the names of the folders in which old data is kept.
const asidePrefix = "before-restore-"

// noteName is the file in the folder that says what is being restored.
const noteName = "restore.json"

// spareSpace stays free on the disk, in bytes.
const spareSpace = 64 << 20

// note is what is remembered until the data is in its place.
type note struct {
	From   string    `json:"from"`
	MadeAt time.Time `json:"made_at"`
	// Aside is the folder's name in which the old data is kept.
	Aside string `json:"aside"`
	Held  int    `json:"held"`
	// NoSecrets says that connections miss theirs: there are none in the bundle, and none from before.
	NoSecrets bool `json:"no_secrets,omitempty"`
}

// Restoring are what a restoration needs. Dir and Path are required.
type Restoring struct {
	// Dir is the data folder, Path the bundle.
	Dir, Path  string
	Passphrase string
	// WithoutSecrets leaves those in the bundle out, for when the passphrase is lost.
	WithoutSecrets bool
	// Mode is where secrets are to be kept.
	Mode secret.Mode
	Log  *slog.Logger
	Now  func() time.Time
}

// Prepare checks a bundle and makes all of it ready in a folder within the data folder, so that Replace only
// has to change names. Nothing of the data is touched. One that was prepared before and not put in place is
// given up. Invalid if the bundle is not whole or the passphrase does not fit; Conflict if it takes a newer
// Bellhop; Unavailable if there is no room.
func Prepare(ctx context.Context, r Restoring) (c Contents, err error) {
	if r.Log == nil {
		r.Log = slog.New(slog.DiscardHandler)
	}
	if r.Now == nil {
		r.Now = time.Now
	}
	if underWay(r.Dir) {
		return c, busy()
	}
	a, err := openArchive(r.Path)
	if err != nil {
		return c, err
	}
	defer func() { _ = a.Close() }() // it was only read
	var secrets map[string]map[string]string
	if a.Secrets && !r.WithoutSecrets {
		if r.Passphrase == "" {
			return c, engine.Errorf(engine.Invalid, "The file holds secrets, so it takes the passphrase that they were put away with.")
		}
		if secrets, err = a.secrets(ctx, r.Passphrase); err != nil {
			return c, err
		}
	}
	if err := os.MkdirAll(r.Dir, 0o700); err != nil {
		return c, cannotWrite(err, r.Dir)
	}
	// What was prepared before, by whomever, was not put in place.
	if err := errors.Join(giveUp(ctx, filepath.Join(r.Dir, preparing), r), giveUp(ctx, filepath.Join(r.Dir, ready), r)); err != nil {
		return c, err
	}
	free, err := sqlite.FreeSpace(r.Dir)
	if err != nil {
		return c, err
	}
	if needed := a.Bytes() + spareSpace; free < needed {
		return c, engine.Errorf(engine.Unavailable, "There is no room for the data in %s: it takes %d MB, and %d MB are free. Free some space and try again. Nothing was changed.",
			r.Dir, needed>>20, free>>20)
	}
	dir := filepath.Join(r.Dir, preparing)
	if err = r.fill(ctx, dir, a, secrets); err == nil {
		err = os.Rename(dir, filepath.Join(r.Dir, ready))
	}
	if err != nil {
		if failed := giveUp(context.WithoutCancel(ctx), dir, r); failed != nil {
			r.Log.Warn("what was prepared to be restored is still there", "folder", dir, "error", failed)
		}
		return c, cannotWrite(err, dir)
	}
	syncFolder(r.Dir)
	r.Log.Info("data was made ready to be restored", "from", r.Path, "made_at", a.MadeAt)
	return a.Contents, nil
}

// fill makes the data that is to be in dir.
func (r Restoring) fill(ctx context.Context, dir string, a *archive, secrets map[string]map[string]string) error {
	for _, folder := range []string{"", bodiesName, connectorsName} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o700); err != nil {
			return err
		}
	}
	for _, part := range a.Parts {
		name := filepath.FromSlash(part.Name)
		switch part.Name {
		case secretsName:
			continue
		case databaseName:
			name = databaseFile
		}
		if err := a.extract(ctx, filepath.Join(dir, name), part); err != nil {
			return err
		}
	}
	held, needs, err := readyDatabase(ctx, filepath.Join(dir, databaseFile), a.MadeAt)
	if err != nil {
		return err
	}
	filled, err := r.fillSecrets(ctx, dir, a.Contents, secrets)
	if err != nil {
		return err
	}
	n := note{From: filepath.Base(r.Path), MadeAt: a.MadeAt, Aside: freeAside(r.Dir, r.Now()), Held: held, NoSecrets: needs && !filled}
	if !filled {
		if err := markLost(ctx, filepath.Join(dir, databaseFile), needs); err != nil {
			return err
		}
	}
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if err := writeSynced(filepath.Join(dir, noteName), text); err != nil {
		return err
	}
	for _, folder := range []string{bodiesName, connectorsName, ""} {
		syncFolder(filepath.Join(dir, folder))
	}
	return nil
}

// readyDatabase checks the database, brings it to this Bellhop's form, and holds what was under way in it. needs
// says whether a connection in it has a secret.
func readyDatabase(ctx context.Context, path string, madeAt time.Time) (held int, needs bool, err error) {
	if err := sqlite.Verify(ctx, path); err != nil {
		return 0, false, err
	}
	db, err := sqlite.Open(ctx, sqlite.Params{Path: path})
	if err != nil {
		return 0, false, err
	}
	chosen, err := engine.ReadSettings(ctx, db)
	if err == nil {
		made := madeAt.In(chosen.Location()).Format("2006-01-02 15:04")
		held, err = db.Distrust(ctx, fmt.Sprintf("Bellhop's data of %s was restored from a file.", made))
	}
	if err == nil {
		var all []engine.Connection
		all, err = db.Connections(ctx)
		needs = slices.ContainsFunc(all, func(c engine.Connection) bool { return len(c.SecretFields) > 0 })
	}
	return held, needs, errors.Join(err, db.Close())
}

// fillSecrets puts the secrets of the bundle where this computer keeps them. If there are none in it and it
// is an older state of the data here, the secrets here are kept. It returns false if there are neither.
func (r Restoring) fillSecrets(ctx context.Context, dir string, c Contents, secrets map[string]map[string]string) (bool, error) {
	if secrets == nil {
		if here, err := installation(ctx, r.Dir); err != nil || here == "" || here != c.Installation {
			return false, err
		}
		return true, copySecretFiles(dir, r.Dir)
	}
	if len(secrets) == 0 {
		return true, nil
	}
	keeper, err := secret.Open(ctx, secret.Params{Mode: r.Mode, Dir: dir, Log: r.Log})
	if err != nil {
		return false, err
	}
	for key, values := range secrets {
		if err := keeper.Save(ctx, key, values); err != nil {
			return false, err
		}
	}
	return true, nil
}

// settingLost says so to engine/account.
const settingLost = "secrets_missing"

// markLost notes in a database that there are no secrets for it: none of its proxy, and, if it needs any, none of its
// connections.
func markLost(ctx context.Context, path string, needs bool) error {
	db, err := sqlite.Open(ctx, sqlite.Params{Path: path})
	if err != nil {
		return err
	}
	err = db.Update(ctx, func(tx engine.Tx) error {
		chosen, err := engine.ReadSettings(ctx, tx)
		if err == nil && chosen.ProxyPassword != "" {
			chosen.ProxyPassword = ""
			err = engine.WriteSettings(tx, chosen)
		}
		if err != nil || !needs {
			return err
		}
		return tx.SetSetting(settingLost, "1")
	})
	return errors.Join(err, db.Close())
}

// installation returns the name of the data that is in a folder; "" if there is none, or it is damaged.
func installation(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, databaseFile)
	if _, err := os.Stat(path); err != nil {
		return "", nil //nolint:nilerr // there is nothing to keep
	}
	db, err := sqlite.Open(ctx, sqlite.Params{Path: path})
	if err != nil {
		return "", ctx.Err() // that it cannot be read is why it is replaced
	}
	name, err := db.Setting(ctx, settingInstallation)
	return name, errors.Join(err, db.Close())
}

func copySecretFiles(to, from string) error {
	for _, name := range secret.Files {
		content, err := os.ReadFile(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if err := writeSynced(filepath.Join(to, name), content); err != nil {
			return err
		}
	}
	return nil
}

// Abandon throws away what was prepared and not put in place.
func Abandon(ctx context.Context, dir string, log *slog.Logger) error {
	r := Restoring{Dir: dir, Log: log}
	return errors.Join(giveUp(ctx, filepath.Join(dir, preparing), r), giveUp(ctx, filepath.Join(dir, ready), r))
}

// ringPatience is how long a keyring may take to forget what is not needed.
const ringPatience = 5 * time.Second

// giveUp throws a prepared folder away, with the secrets that the keyring has for it alone.
func giveUp(ctx context.Context, dir string, r Restoring) error {
	if !exists(dir) {
		return nil
	}
	if !secret.Shared(dir, r.Dir) {
		limited, cancel := context.WithTimeout(ctx, ringPatience)
		defer cancel()
		keeper, err := secret.Open(limited, secret.Params{Mode: secret.Auto, Dir: dir, Log: r.Log})
		if err == nil {
			err = keeper.Forget(limited)
		}
		if err != nil {
			r.Log.Warn("secrets of data that was not restored may be left in the keyring", "error", err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return cannotWrite(err, dir)
	}
	return nil
}

// freeAside is what the folder for the old data will be called.
func freeAside(dir string, now time.Time) string {
	first := asidePrefix + now.Local().Format("2006-01-02-150405")
	name := first
	for i := 2; exists(filepath.Join(dir, name)); i++ {
		name = fmt.Sprintf("%s-%d", first, i)
	}
	return name
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// extract writes a part to a new file, on disk when it returns.
func (a *archive) extract(ctx context.Context, path string, part Part) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = a.copy(ctx, f, part)
	return errors.Join(err, f.Sync(), f.Close())
}

func writeSynced(path string, content []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}
