package instance

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"bellhop/engine"
)

// The files in the data folder. The lock file stays when the lock is released: removing it would
// let two processes hold a lock on two files of the same name.
const (
	lockFile    = "engine.lock"
	controlFile = "control.json"
)

// ErrRunning says that another process runs the engine on this data folder: Dial it.
var ErrRunning = engine.Errorf(engine.Conflict,
	"Bellhop is already running on this data. Use the one that runs, or close it first.")

// Those who Dial hold the lock for an instant to see whether it is free, so one refusal is no proof.
const (
	acquireTries = 20
	acquirePause = 5 * time.Millisecond
)

// Instance is the right to run the engine on a data folder. Its methods may be called from any
// goroutine.
type Instance struct {
	dir  string
	lock *flock.Flock

	mu     sync.Mutex
	server *http.Server // nil unless it answers
	served bool
	closed bool
}

// Acquire makes this process the one that runs the engine on the data in dir, creating dir if
// need be. It returns ErrRunning when another process does already, and Unavailable when the
// folder cannot be written. Serve must follow soon: until then others wait for an answer.
func Acquire(dir string) (*Instance, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, unwritable(dir, err)
	}
	lock := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	for try := 1; ; try++ {
		held, err := lock.TryLock()
		if err != nil {
			return nil, unwritable(dir, err)
		}
		if held {
			break
		}
		if try == acquireTries {
			_ = lock.Close()
			return nil, ErrRunning
		}
		time.Sleep(acquirePause)
	}
	// What a crashed owner left behind must not be taken for ours.
	if err := os.Remove(filepath.Join(dir, controlFile)); err != nil && !os.IsNotExist(err) {
		_ = lock.Close()
		return nil, unwritable(dir, err)
	}
	return &Instance{dir: dir, lock: lock}, nil
}

// Hush stops answering, after a moment for requests being answered, and keeps the data folder: who
// asks now waits for Close, and then finds that nobody runs.
func (i *Instance) Hush() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stop()
}

// Close stops answering, waits a moment for requests being answered, and releases the data folder.
// Closing twice does nothing.
func (i *Instance) Close() error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed {
		return nil
	}
	i.closed = true
	i.stop()
	if err := i.lock.Close(); err != nil {
		return fmt.Errorf("release %s: %w", i.lock.Path(), err)
	}
	return nil
}

func unwritable(dir string, err error) error {
	return engine.Wrap(err, engine.Unavailable,
		"Bellhop cannot write to its data folder %s. Check that the folder belongs to you and that the disk is not full.", dir)
}
