package instance

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"bellhop/engine"
)

// ErrNotRunning says that no process runs the engine on this data folder.
var ErrNotRunning = engine.Errorf(engine.NotFound, "Bellhop is not running on this data.")

// errSilent says that there is an owner, which does not answer in time.
func errSilent(cause error) error {
	return engine.Wrap(cause, engine.Unavailable,
		"Bellhop is running on this data but does not answer. It may just be starting or stopping: try again in a moment, or close it.")
}

const (
	// dialPatience is how long an owner may hold the lock without answering, while it opens the
	// database at its start or closes it at its end.
	dialPatience = 5 * time.Second
	dialPause    = 20 * time.Millisecond
	pingTimeout  = 2 * time.Second
)

// Client asks the process that runs the engine. Every request returns ErrNotRunning when that
// process has ended meanwhile, and Unavailable when it does not answer.
type Client struct {
	dir     string
	control control
	http    *http.Client
	status  Status
}

// Dial reaches the process that runs the engine on the data in dir. It returns ErrNotRunning when
// there is none, whatever files a crash left behind; an owner that starts or ends is waited for, and
// Unavailable says that it did not answer within five seconds. Close the client after use.
func Dial(dir string) (*Client, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialPatience)
	defer cancel()
	return dial(ctx, dir)
}

func dial(ctx context.Context, dir string) (*Client, error) {
	for {
		held, err := lockHeld(dir)
		if err != nil {
			return nil, unwritable(dir, err)
		}
		if !held {
			return nil, ErrNotRunning
		}
		client, err := reach(ctx, dir)
		if err == nil {
			return client, nil
		}
		select {
		case <-ctx.Done():
			return nil, errSilent(err)
		case <-time.After(dialPause):
		}
	}
}

// reach makes one attempt at an owner that is known to exist.
func reach(ctx context.Context, dir string) (*Client, error) {
	c, err := readControl(dir)
	if err != nil {
		return nil, err
	}
	// No proxy: what is asked here is for this computer only.
	client := &Client{dir: dir, control: c, http: &http.Client{Transport: &http.Transport{}}}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if err := client.ask(ctx, "/ping", nil, &client.status); err != nil {
		client.Close()
		return nil, err
	}
	return client, nil
}

// Status is what the owner said of itself when it was dialled.
func (c *Client) Status() Status { return c.status }

// Ping asks the owner for its status now.
func (c *Client) Ping(ctx context.Context) (Status, error) {
	var s Status
	err := c.ask(ctx, "/ping", nil, &s)
	return s, err
}

// Show raises the owner's window. Conflict if it has none.
func (c *Client) Show(ctx context.Context) error { return c.ask(ctx, "/show", nil, nil) }

// Changed tells the engine what this process changed in the store. When it returns nil the engine
// works with the change.
func (c *Client) Changed(ctx context.Context, change engine.Change) error {
	return c.ask(ctx, "/changed", change, nil)
}

// Close lets go of the connection.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// ask posts in as JSON and decodes the answer into out, where either may be nil.
func (c *Client) ask(ctx context.Context, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.control.Address+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+c.control.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := c.http.Do(request)
	if err != nil {
		if held, lockErr := lockHeld(c.dir); lockErr == nil && !held {
			return ErrNotRunning
		}
		return errSilent(err)
	}
	defer response.Body.Close()
	decoder := json.NewDecoder(io.LimitReader(response.Body, maxAnswer))
	if response.StatusCode != http.StatusOK {
		var f failure
		if err := decoder.Decode(&f); err != nil || f.Message == "" {
			return errSilent(errors.New(response.Status))
		}
		return engine.Errorf(f.Code, "%s", f.Message)
	}
	if out == nil {
		return nil
	}
	if err := decoder.Decode(out); err != nil {
		return errSilent(err)
	}
	return nil
}

// lockHeld reports whether some process holds the engine's lock, taking a shared lock for an
// instant to see. It creates nothing.
func lockHeld(dir string) (bool, error) {
	path := filepath.Join(dir, lockFile)
	probe := flock.New(path, flock.SetFlag(os.O_RDONLY))
	free, err := probe.TryRLock()
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return !free, probe.Close()
}
