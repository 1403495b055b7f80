// Package body keeps large bodies of deliveries in a folder beside the database, a file each.
package body

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"bellhop/engine"
)

// Folder is the name of the folder in the data folder.
const Folder = "bodies"

// part ends the name of a file that is not kept yet.
const part = ".part"

// Store is a folder of bodies. It is safe for concurrent use; one process at a time may sweep it.
type Store struct{ dir string }

var _ engine.Bodies = (*Store)(nil)

// Open makes the folder in the data folder, for nobody else's eyes.
func Open(dir string) (*Store, error) {
	s := &Store{dir: filepath.Join(dir, Folder)}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, cannot(err)
	}
	return s, nil
}

func cannot(err error) error {
	return engine.Wrap(err, engine.Unavailable, "A large body cannot be put on the disk: %s. Make room on the disk, or look whether it is broken or read-only.", engine.Cause(err))
}

// Create begins a file with a name that nobody can guess.
func (s *Store) Create() (engine.BodyFile, error) {
	name := strings.ToLower(rand.Text())
	f, err := os.OpenFile(filepath.Join(s.dir, name+part), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, cannot(err)
	}
	return &file{store: s, name: name, File: f}, nil
}

// Open opens the file of an event.
func (s *Store) Open(name string) (io.ReadSeekCloser, error) {
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz234567") != "" {
		return nil, gone(fs.ErrNotExist)
	}
	f, err := os.Open(filepath.Join(s.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, gone(err)
	}
	if err != nil {
		return nil, engine.Wrap(err, engine.Unavailable, "The body of this event cannot be read from the disk: %s.", engine.Cause(err))
	}
	return f, nil
}

func gone(err error) error {
	return engine.Wrap(err, engine.NotFound,
		"The body of this event is not there any more. Large bodies are files beside the database and in no backup; a backup that was opened instead knows of some that were removed since.")
}

// Clear removes what was coming in when Bellhop ended the last time. It is for the start, before
// anything comes in.
func (s *Store) Clear() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return cannot(err)
	}
	var errs []error
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), part) {
			errs = append(errs, os.Remove(filepath.Join(s.dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// Sweep removes the files that no event has and that are older than a time: the event of a younger one
// may be about to be committed. used tells which names have one, and is called once the folder was
// read; so a file that was committed meanwhile is not taken for stray.
func (s *Store) Sweep(ctx context.Context, before time.Time, used func(context.Context) (map[string]bool, error)) (removed int, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return 0, cannot(err)
	}
	if len(entries) == 0 {
		return 0, nil
	}
	names, err := used(ctx)
	if err != nil {
		return 0, err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.IsDir() || names[e.Name()] || !info.ModTime().Before(before) {
			continue // what is gone meanwhile needs no sweeping
		}
		if err := os.Remove(filepath.Join(s.dir, e.Name())); err != nil {
			return removed, cannot(err)
		}
		removed++
	}
	return removed, ctx.Err()
}

// Size returns how many bytes the bodies take.
func (s *Store) Size() (int64, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return 0, cannot(err)
	}
	var size int64
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			size += info.Size()
		}
	}
	return size, nil
}

// file is a body that is coming in.
type file struct {
	*os.File
	store *Store
	name  string
	kept  bool
}

var _ engine.BodyFile = (*file)(nil)

func (f *file) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if err != nil {
		err = cannot(err)
	}
	return n, err
}

func (f *file) Content() io.Reader { return io.NewSectionReader(f.File, 0, 1<<62) }

// Keep syncs the content before the name and the name before it returns, so that a name in the database
// always has a whole file.
func (f *file) Keep() (string, error) {
	if err := f.Sync(); err != nil {
		return "", cannot(err)
	}
	if err := os.Rename(f.Name(), filepath.Join(f.store.dir, f.name)); err != nil {
		return "", cannot(err)
	}
	f.kept = true
	if err := syncFolder(f.store.dir); err != nil {
		f.Remove()
		return "", cannot(err)
	}
	return f.name, nil
}

func (f *file) Remove() {
	if f.kept {
		_ = os.Remove(filepath.Join(f.store.dir, f.name)) // else it is swept
	}
}

func (f *file) Close() error {
	err := f.File.Close()
	if !f.kept {
		err = errors.Join(err, os.Remove(f.Name()))
	}
	return err
}
