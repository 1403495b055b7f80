package local

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/disk"
	"bellhop/engine/mapping"
)

// largestFile bounds what one step writes, in bytes.
const largestFile = 50 << 20

// files writes in the folders that the user chose.
type files struct {
	disk disk.Disk
	// mu lets one step write at a time: two that append to one file must not get into each other.
	mu sync.Mutex
}

// target is a file that is to be written.
type target struct {
	*files
	call  action.Call
	place disk.Place
	// name is the file's within the place, with slashes.
	name string
}

func (f *files) target(call action.Call, fields map[string]any) (target, error) {
	t := target{files: f, call: call}
	var err error
	if t.place, err = f.disk.Place(mapping.Text(fields["folder"])); err != nil {
		return t, err
	}
	t.name, err = disk.Name(mapping.Text(fields["file"]))
	return t, err
}

func (t target) path() string { return filepath.Join(t.place.Path(), filepath.FromSlash(t.name)) }

// kept is what is kept with the run.
func (t target) kept(method string, content []byte) *engine.SentRequest {
	body, _ := action.Record(t.call.Account, content)
	return &engine.SentRequest{Method: method, URL: t.path(), Body: body}
}

// done is a step's result.
func (t target) done(size int64) map[string]any {
	return map[string]any{"path": t.path(), "folder": t.place.Path(), "file": t.name, "size": number(size)}
}

func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// in opens the folder that the file is in, and hands it to use with the file's name there.
func (t target) in(use func(folder *os.Root, name string) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	root, err := t.place.Open(true)
	if err != nil {
		return t.failure(err)
	}
	defer func() { _ = root.Close() }() // what was written is synced before
	if dir := path.Dir(t.name); dir != "." {
		if err := root.MkdirAll(filepath.FromSlash(dir), 0o755); err != nil {
			return t.failure(err)
		}
		below, err := root.OpenRoot(filepath.FromSlash(dir))
		if err != nil {
			return t.failure(err)
		}
		defer func() { _ = below.Close() }() // as above
		root = below
	}
	if err := use(root, path.Base(t.name)); err != nil {
		return t.failure(err)
	}
	return nil
}

// regular returns what is known of the file that is there, nil if there is none. What is no file, such as a
// folder or a pipe, is an error: opening a pipe would wait without end.
func regular(folder *os.Root, name string) (os.FileInfo, error) {
	info, err := folder.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := folder.Lstat(name); err == nil {
			return nil, errNoFile // a link that leads nowhere
		}
		return nil, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errNoFile
	}
	return info, nil
}

var errNoFile = errors.New("there is something of that name that is no file")

// failure makes a failure of what went wrong with the file. Nothing of it was written then.
func (t target) failure(err error) error {
	if f, ok := errors.AsType[*action.Failure](err); ok {
		return f
	}
	says, code := "%s cannot be written: %s.", engine.Unavailable
	switch {
	case errors.Is(err, errNoFile):
		code = engine.Invalid
	case errors.Is(err, fs.ErrPermission):
		says, code = "%s cannot be written: %s. Perhaps another program has it open, or the file is write-protected.", engine.Unavailable
	case errors.Is(err, syscall.ENOSPC):
		says = "%s cannot be written: %s. Free some space; it will be tried again."
	case errors.Is(err, fs.ErrNotExist):
		says = "%s cannot be written: %s. Perhaps its folder is on a disk that is not connected; it will be tried again."
	case escapes(err):
		says, code = "%s cannot be written: %s. A link in its way leads out of the folders that you chose.", engine.Invalid
	}
	return action.NotBegun(engine.Wrap(err, code, says, t.path(), engine.Cause(err)))
}

// escapes says whether os.Root refused to leave its folder, for which there is no error to compare with.
func escapes(err error) bool {
	return engine.Cause(err).Error() == "path escapes from parent"
}

// synced makes what a folder has in it as durable as the files' content.
func synced(folder *os.Root) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be synced there, and need not be
	}
	f, err := folder.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// writing replaces a file: afterwards it is there as a whole, or the old one still is.
type writing struct {
	target
	content []byte
}

func (f *files) write(call action.Call, fields map[string]any) (task, error) {
	t, err := f.target(call, fields)
	content := []byte(mapping.Text(fields["text"]))
	if err == nil && len(content) > largestFile {
		err = tooLarge(t)
	}
	return writing{t, content}, err
}

func tooLarge(t target) error {
	return engine.Errorf(engine.Invalid, "What is to be written to %s is too large: a step writes at most %d MB.", t.name, largestFile>>20)
}

func (w writing) request() *engine.SentRequest { return w.kept("WRITE", w.content) }

func (w writing) do(context.Context) (any, *engine.Response, error) {
	err := w.in(func(folder *os.Root, name string) error {
		mode := os.FileMode(0o644)
		old, err := regular(folder, name)
		if err != nil {
			return err
		}
		if old != nil {
			mode = old.Mode().Perm()
		}
		temporary := "." + name[:min(len(name), 100)] + "." + token() + ".tmp"
		file, err := folder.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if err != nil {
			return err
		}
		_, err = file.Write(w.content)
		if err == nil {
			err = file.Sync()
		}
		err = errors.Join(err, file.Close())
		if err == nil {
			err = folder.Rename(temporary, name)
		}
		if err != nil {
			_ = folder.Remove(temporary) // why it could not be written is the trouble
			return err
		}
		return synced(folder)
	})
	if err != nil {
		return nil, nil, err
	}
	return w.done(int64(len(w.content))), nil, nil
}

func token() string {
	var random [6]byte
	_, _ = rand.Read(random[:]) // it never fails
	return hex.EncodeToString(random[:])
}
