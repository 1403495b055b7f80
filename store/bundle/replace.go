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
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/store/secret"
	"bellhop/store/sqlite"
)

// Replaced tells that restored data took the place of the data.
type Replaced struct {
	// From is the name of the bundle, which was made at MadeAt.
	From   string
	MadeAt time.Time
	// Aside is the folder in which the old data is kept; "" if there was none.
	Aside string
	// Held counts the runs that were under way in the bundle: they may have been done since, so they wait for
	// a person. Left counts those that were under way in the old data.
	Held, Left int
	// NoSecrets says that connections miss their secrets: they were not restored, and are not here from before.
	NoSecrets bool
}

// Sentence says it to people, whose time zone is given.
func (r Replaced) Sentence(zone *time.Location) string {
	says := fmt.Sprintf("Bellhop's data of %s was restored from %s.", r.MadeAt.In(zone).Format("2006-01-02 15:04"), r.From)
	if r.Aside != "" {
		says += fmt.Sprintf(" The data from before is kept in %s.", r.Aside)
	}
	if r.NoSecrets {
		says += " The secrets of your connections were not restored: enter them again under Connections."
	}
	if r.Held > 0 {
		says += fmt.Sprintf(" Runs that were under way when the file was made may be done already, so they are held until you look at them: %d.", r.Held)
	}
	if r.Left > 0 {
		says += fmt.Sprintf(" Runs that were under way in the data from before are in that folder only: %d.", r.Left)
	}
	return says
}

// Pending says whether restored data waits in a data folder to be put in place.
func Pending(dir string) bool { return exists(filepath.Join(dir, ready)) || underWay(dir) }

// underWay says whether the data is just being replaced, or was when Bellhop ended.
func underWay(dir string) bool {
	return exists(filepath.Join(dir, leaving)) || exists(filepath.Join(dir, entering))
}

// Busy returns an error if the data in a folder must not be opened, since it is half replaced.
func Busy(dir string) error {
	if underWay(dir) {
		return busy()
	}
	return nil
}

func busy() error {
	return engine.Errorf(engine.Unavailable, "Restored data is just being put in place. Try again in a moment; if this stays so, start Bellhop: it goes on with it.")
}

// SetAside returns the folders in a data folder in which data from before a restoration is kept, oldest
// first.
func SetAside(dir string) []string {
	entries, _ := os.ReadDir(dir) // a folder that cannot be read has been told of
	var aside []string
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), asidePrefix) {
			aside = append(aside, filepath.Join(dir, e.Name()))
		}
	}
	return aside
}

// Replace puts the data that waits in a data folder in its place, for the process that has the folder to
// itself, before the data is opened. The old data goes into a folder of its own. Killed at any moment, it
// goes on at its next call: until the first file has been moved, the old data is what there is, and from
// then on it will be the new. Nil if none waits.
func Replace(ctx context.Context, dir string, log *slog.Logger) (*Replaced, error) {
	return (&mover{dir: dir, log: log, rename: os.Rename}).replace(ctx)
}

// mover moves files of one data folder.
type mover struct {
	dir    string
	log    *slog.Logger
	rename func(from, to string) error
}

func (m *mover) at(parts ...string) string {
	return filepath.Join(append([]string{m.dir}, parts...)...)
}

func (m *mover) replace(ctx context.Context) (*Replaced, error) {
	if !Pending(m.dir) {
		return nil, nil
	}
	result := &Replaced{}
	if exists(m.at(ready)) && !underWay(m.dir) {
		if err := m.remember(ctx, result); err != nil {
			return nil, err
		}
		if err := m.step(ready, leaving); err != nil {
			return nil, err
		}
	}
	if exists(m.at(leaving)) {
		n, err := m.note(leaving)
		if err != nil {
			return nil, err
		}
		if err := m.moveOut(m.at(n.Aside)); err != nil {
			return nil, err
		}
		if err := m.step(leaving, entering); err != nil {
			return nil, err
		}
	}
	n, err := m.note(entering)
	if err != nil {
		return nil, err
	}
	if err := m.moveIn(); err != nil {
		return nil, err
	}
	result.From, result.MadeAt, result.Held, result.NoSecrets = n.From, n.MadeAt, n.Held, n.NoSecrets
	if exists(m.at(n.Aside)) {
		result.Aside = m.at(n.Aside)
	}
	m.log.Info("data was restored", "from", n.From, "made_at", n.MadeAt, "aside", result.Aside, "held", result.Held, "left", result.Left)
	if err := os.RemoveAll(m.at(entering)); err != nil {
		return nil, m.stuck(err)
	}
	syncFolder(m.dir)
	return result, nil
}

// remember tells the new data what the old one has done since. Old data that cannot be read is no hindrance:
// it may be why it is replaced.
func (m *mover) remember(ctx context.Context, result *Replaced) error {
	old := m.at(databaseFile)
	if info, err := os.Stat(old); err != nil || info.Size() == 0 {
		return nil //nolint:nilerr // there is no old data
	}
	carried, left, err := sqlite.CarryKeys(ctx, m.at(ready, databaseFile), old)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		m.log.Warn("what the old data has done cannot be read, so what happened since may be done a second time", "error", err)
		return sqlite.Verify(ctx, m.at(ready, databaseFile))
	}
	result.Left = left
	m.log.Info("what came in since is known to the restored data", "events", carried)
	return nil
}

// step is one renaming that is on disk before the next begins.
func (m *mover) step(from, to string) error {
	if err := m.rename(m.at(from), m.at(to)); err != nil {
		return m.stuck(err)
	}
	syncFolder(m.dir)
	return nil
}

func (m *mover) note(folder string) (n note, err error) {
	text, err := os.ReadFile(m.at(folder, noteName))
	if err != nil {
		return n, m.stuck(err)
	}
	if err := json.Unmarshal(text, &n); err != nil || !strings.HasPrefix(n.Aside, asidePrefix) || filepath.Base(n.Aside) != n.Aside {
		return n, m.stuck(errors.New("its note is damaged"))
	}
	return n, nil
}

// ours says whether a name in the data folder is of the data that is replaced.
func ours(name string) bool {
	return strings.HasPrefix(name, databaseFile) || slices.Contains(secret.Files, name) ||
		slices.Contains([]string{bodiesName, connectorsName, "backups"}, name)
}

// moveOut moves the old data into a folder of its own. Nothing of the new is in the data folder then.
func (m *mover) moveOut(aside string) error {
	entries, err := os.ReadDir(m.dir)
	if err != nil {
		return m.stuck(err)
	}
	for _, e := range entries {
		if !ours(e.Name()) {
			continue
		}
		if err := os.MkdirAll(aside, 0o700); err != nil {
			return m.stuck(err)
		}
		if err := m.rename(m.at(e.Name()), filepath.Join(aside, e.Name())); err != nil {
			return m.stuck(err)
		}
	}
	if exists(aside) {
		syncFolder(aside)
	}
	syncFolder(m.dir)
	return nil
}

func (m *mover) moveIn() error {
	entries, err := os.ReadDir(m.at(entering))
	if err != nil {
		return m.stuck(err)
	}
	for _, e := range entries {
		if !ours(e.Name()) {
			continue
		}
		if err := m.rename(m.at(entering, e.Name()), m.at(e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return m.stuck(err)
		}
	}
	syncFolder(m.dir)
	return nil
}

func (m *mover) stuck(err error) error {
	if known, ok := errors.AsType[*engine.Error](err); ok {
		return known
	}
	says := "The restored data cannot be put in place: %s. Look whether another program has files in %s open, and start Bellhop again: it goes on with it."
	if !underWay(m.dir) {
		says = "The restored data cannot be put in place: %s. Your data is as it was. Start Bellhop again to try once more, or remove the folder " + ready + " in %s to leave it."
	}
	return engine.Wrap(err, engine.Unavailable, says, engine.Cause(err), m.dir)
}
