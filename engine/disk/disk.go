// Package disk is the part of this computer's disk that recipes may use: the folders that the user chose,
// and what is in them. Whatever data says, nothing outside is read or written: names are checked, and
// links that lead out are not followed, which the system itself sees to (os.Root).
package disk

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bellhop/engine"
)

// Setting is the key of the setting that holds the folders that the user chose: a list of texts as JSON.
// If it was never set, they are Usual.
const Setting = "folders"

// Usual are the folders while the user has chosen none: Documents/Bellhop in the home folder, which is
// made when something is written there. None if there is no home folder.
func Usual() []string {
	home, err := os.UserHomeDir()
	if err != nil || !filepath.IsAbs(home) {
		return nil
	}
	return []string{filepath.Join(home, "Documents", "Bellhop")}
}

// Parse reads what is kept under Setting.
func Parse(kept string) ([]string, error) {
	if kept == "" {
		return Usual(), nil
	}
	folders := []string{}
	err := json.Unmarshal([]byte(kept), &folders)
	return folders, err
}

// Choose checks a folder that a person chooses, and returns it as it is kept. It must be there. The error
// has the code Invalid.
func Choose(folder string) (string, error) {
	clean, err := filepath.Abs(folder)
	if err != nil || strings.TrimSpace(folder) == "" || strings.ContainsRune(folder, 0) {
		return "", engine.Errorf(engine.Invalid, "%q is no folder. Write one such as Documents/Invoices.", folder)
	}
	info, err := os.Stat(clean)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", engine.Wrap(err, engine.Invalid, "There is no folder %s. Make it first.", clean)
	case err != nil:
		return "", engine.Wrap(err, engine.Invalid, "The folder %s cannot be used: %s.", clean, engine.Cause(err))
	case !info.IsDir():
		return "", engine.Errorf(engine.Invalid, "%s is a file, not a folder. Choose the folder that it is in.", clean)
	case filepath.Dir(clean) == clean:
		return "", engine.Errorf(engine.Invalid, "%s is the whole disk. Choose a folder that holds nothing but what recipes may use.", clean)
	}
	return clean, nil
}

// Disk is the folders that the user chose.
type Disk struct {
	// Folders returns them as absolute paths, the first for where nothing else is said. It is asked at each
	// use, so it must be quick.
	Folders func() []string
}

// Place is a folder that recipes may use, or one within it.
type Place struct {
	// Chosen is the folder that the user chose, and Below the way from there, with slashes; "." for itself.
	Chosen, Below string
}

// Path is the place as the system writes it.
func (p Place) Path() string { return filepath.Join(p.Chosen, filepath.FromSlash(p.Below)) }

// Place finds a folder, which is written as an absolute path or below the first folder that the user
// chose; empty is that folder. The error has the code Invalid: the folder is not one of those that the
// user chose, nor in one.
func (d Disk) Place(folder string) (Place, error) {
	chosen := slices.Clone(d.Folders())
	folder = strings.TrimSpace(folder)
	if len(chosen) == 0 {
		return Place{}, engine.Errorf(engine.Invalid, "No folder is chosen that recipes may use. Choose one with: bellhop folders add FOLDER")
	}
	if folder == "" {
		return Place{chosen[0], "."}, nil
	}
	if !filepath.IsAbs(folder) {
		below, err := Name(folder)
		return Place{chosen[0], below}, err
	}
	// The deepest counts, since a link in one that holds it may lead there.
	slices.SortStableFunc(chosen, func(a, b string) int { return len(b) - len(a) })
	for _, root := range chosen {
		if below, err := filepath.Rel(root, folder); err == nil && filepath.IsLocal(below) {
			return Place{root, filepath.ToSlash(below)}, nil
		}
	}
	return Place{}, engine.Errorf(engine.Invalid, "Recipes may use only folders that you chose, and %s is not in one. If it is right, choose it with: bellhop folders add %[1]q", folder)
}

// Open opens a place. With create, folders that are not there are made, but not one that a person chose:
// it may be on a disk that is not connected now. Close what is returned.
func (p Place) Open(create bool) (*os.Root, error) {
	if create && slices.Contains(Usual(), p.Chosen) {
		if err := os.MkdirAll(p.Chosen, 0o755); err != nil {
			return nil, err
		}
	}
	root, err := os.OpenRoot(p.Chosen)
	if err != nil || p.Below == "." {
		return root, err
	}
	defer func() { _ = root.Close() }() // nothing was written through it
	if create {
		if err := root.MkdirAll(filepath.FromSlash(p.Below), 0o755); err != nil {
			return nil, err
		}
	}
	return root.OpenRoot(filepath.FromSlash(p.Below))
}
