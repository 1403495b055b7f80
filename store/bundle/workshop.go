package bundle

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gofrs/flock"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// workshopSuffix ends the name of the folder beside a bundle in which it is made. It is there and not in the data
// folder, since a bundle may be made because that disk is full.
const workshopSuffix = ".part"

// What the bundle is called there until it is complete, and the file that is locked while somebody makes it.
const (
	bundleName = "bundle"
	lockName   = "lock"
)

// inWorkshop are the names that can be there. Nothing else is ever removed.
var inWorkshop = func() (names []string) {
	for _, ending := range []string{"", sqlite.PartSuffix, sqlite.PartSuffix + "-journal", "-wal", "-shm", "-journal"} {
		names = append(names, databaseName+ending)
	}
	return append(names, bundleName, lockName)
}()

// workshop is a folder in which one bundle is made, by one at a time.
type workshop struct {
	dir  string
	lock *flock.Flock
}

// openWorkshop makes the folder for the bundle at path. What a Bellhop that was killed left behind there and beside
// it goes: it may be plain data. Conflict if somebody makes this bundle just now.
func openWorkshop(path string) (*workshop, error) {
	w := &workshop{dir: path + workshopSuffix}
	removeEarlier(path)
	beside, _ := os.ReadDir(filepath.Dir(path)) // what cannot be listed cannot be tidied
	for _, e := range beside {
		if e.IsDir() && strings.HasSuffix(e.Name(), Extension+workshopSuffix) && e.Name() != filepath.Base(w.dir) {
			left := &workshop{dir: filepath.Join(filepath.Dir(path), e.Name())}
			if _, err := os.Lstat(left.at(lockName)); err == nil && left.take() == nil {
				left.close()
			}
		}
	}
	if err := os.Mkdir(w.dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, cannotWrite(err, path)
	}
	if err := w.take(); err != nil {
		return nil, err
	}
	w.empty()
	return w, nil
}

// take locks the folder: who is killed lets go of it.
func (w *workshop) take() error {
	w.lock = flock.New(w.at(lockName))
	switch ours, err := w.lock.TryLock(); {
	case err != nil:
		return cannotWrite(err, w.dir)
	case !ours:
		return engine.Errorf(engine.Conflict, "This file is just being made by somebody else, in %s. Wait for that, or choose another name.", w.dir)
	}
	return nil
}

func (w *workshop) at(name string) string { return filepath.Join(w.dir, name) }

// empty removes what was made there.
func (w *workshop) empty() {
	for _, name := range inWorkshop {
		if name != lockName {
			_ = os.Remove(w.at(name))
		}
	}
}

// close removes the folder, unless it holds anything else.
func (w *workshop) close() {
	w.empty()
	_ = w.lock.Close() // Windows removes nothing that is open
	_ = os.Remove(w.at(lockName))
	_ = os.Remove(w.dir)
}

// removeEarlier removes what an earlier Bellhop left behind beside the bundle, as it named it. Beside a file of another
// name than bundles have, it could be anybody's.
func removeEarlier(path string) {
	if filepath.Ext(path) != Extension {
		return
	}
	for _, ending := range []string{".part", ".db.part", ".db.part.part", ".db.part-wal", ".db.part-shm", ".db.part-journal"} {
		if info, err := os.Lstat(path + ending); err == nil && info.Mode().IsRegular() {
			_ = os.Remove(path + ending)
		}
	}
}
