// Package secret keeps connections' secrets: in the operating system's keyring, or, where there is
// none, in an encrypted file.
package secret

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gofrs/flock"
	"github.com/zalando/go-keyring"

	"bellhop/engine"
)

// Mode is where secrets are kept.
type Mode string

// The places. Auto is the place where this folder's secrets are already, else the keyring if it
// answers, else the file.
const (
	Auto    Mode = ""
	Keyring Mode = "keyring"
	File    Mode = "file"
)

// Params are what a keeper needs. Dir is required.
type Params struct {
	Mode Mode
	// Dir is the data folder. It is made if there is none, for the user only.
	Dir string
	Log *slog.Logger

	ring keyring.Keyring // nil means the operating system's
}

// Keeper keeps the secrets of one data folder. It is safe for use by many goroutines, and by
// several processes on the same folder.
type Keeper struct {
	dir  string
	log  *slog.Logger
	ring *slowRing
	// preferred is the place for a folder that has no secrets yet.
	preferred Mode
	// forced is set when the user asked for preferred and the secrets that are elsewhere could not be
	// moved: probably that keyring is gone for good.
	forced bool
}

var _ engine.Secrets = (*Keeper)(nil)

// probeTime is how long the keyring may take to show that it is there.
const probeTime = 3 * time.Second

// Open chooses where the secrets are. A folder that has secrets stays, in Auto, with the place where
// they are, even if the keyring is locked or absent now: then loading is an error that says so, and
// works once the keyring does. Asking for the other place moves them there, if they can be read.
// Unavailable if Keyring is asked for and does not answer, or if the folder cannot be used; Invalid
// for an unknown mode.
func Open(ctx context.Context, p Params) (*Keeper, error) {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	ring := systemRing
	if p.ring != nil {
		ring = newSlowRing(p.ring)
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, engine.Wrap(err, engine.Unavailable, "Bellhop cannot use the folder %s for its secrets. Check that it is yours and writable.", p.Dir)
	}
	k := &Keeper{dir: p.Dir, log: p.Log, ring: ring, preferred: File}
	was, err := k.readChoice()
	if err != nil {
		return nil, err
	}
	switch p.Mode {
	case File:
	case Keyring:
		if err := k.probe(ctx); err != nil {
			return nil, err
		}
		k.preferred = Keyring
	case Auto:
		if was.Mode != Auto {
			return k, nil
		}
		if err := k.probe(ctx); err == nil {
			k.preferred = Keyring
		} else {
			p.Log.Info("no keyring here, so secrets go to an encrypted file", "error", err)
		}
	default:
		return nil, engine.Errorf(engine.Invalid, "Secrets cannot be kept in %q. Choose %q or %q.", p.Mode, Keyring, File)
	}
	if was.Mode != Auto && was.Mode != k.preferred {
		if err := k.move(ctx); err != nil {
			k.forced = true
			p.Log.Warn("secrets saved before are in another place and cannot be moved", "from", was.Mode, "to", p.Mode, "error", err)
		}
	}
	return k, nil
}

// Mode returns where the secrets are: Keyring or File.
func (k *Keeper) Mode() Mode {
	was, err := k.readChoice()
	if err != nil {
		return k.preferred
	}
	return k.mode(was)
}

// Check says whether secrets can be loaded now; nil means yes. The error is for people.
func (k *Keeper) Check(ctx context.Context) error {
	was, err := k.readChoice()
	if err != nil {
		return err
	}
	if k.mode(was) == Keyring {
		return k.probe(ctx)
	}
	_, err = k.file().Load(ctx, "")
	return err
}

// Load returns the secrets saved under key; an empty map if there are none.
func (k *Keeper) Load(ctx context.Context, key string) (map[string]string, error) {
	was, err := k.readChoice()
	if err != nil {
		return nil, err
	}
	return k.place(was).Load(ctx, key)
}

// Save keeps values under key, in place of those saved before; none means Delete. When ctx ends
// while the keyring asks the user for permission, the values may be saved after all.
func (k *Keeper) Save(ctx context.Context, key string, values map[string]string) error {
	if len(values) == 0 {
		return k.Delete(ctx, key)
	}
	now, err := k.rewrite(ctx, func(was choice) (choice, error) {
		now := choice{Mode: k.mode(was), Folder: was.Folder, Keys: was.Keys}
		if was.Mode != now.Mode {
			now.Keys = nil // those could not be moved
		}
		if !slices.Contains(now.Keys, key) {
			now.Keys = append(slices.Clone(now.Keys), key)
		}
		return now, nil
	})
	if err != nil {
		return err
	}
	if err := k.at(now.Mode, now).Save(ctx, key, values); err != nil {
		return err
	}
	k.copy(ctx, key, values)
	return nil
}

// Delete removes what was saved under key. It is no error if there is nothing.
func (k *Keeper) Delete(ctx context.Context, key string) error {
	was, err := k.readChoice()
	if err != nil || was.Mode == Auto {
		return err // nothing was ever saved
	}
	if err := k.place(was).Delete(ctx, key); err != nil {
		return err
	}
	k.copy(ctx, key, nil)
	_, err = k.rewrite(ctx, func(was choice) (choice, error) {
		was.Keys = slices.DeleteFunc(slices.Clone(was.Keys), func(k string) bool { return k == key })
		return was, nil
	})
	return err
}

// choice is what a folder remembers from its first secret on.
type choice struct {
	Mode Mode `json:"mode"`
	// Folder is in the name of each keyring item: the keyring is one for all data folders, and two
	// of them may use the same key.
	Folder string `json:"folder"`
	// Keys are those that have secrets: a keyring cannot be asked for them.
	Keys []string `json:"keys"`
}

func (k *Keeper) mode(was choice) Mode {
	if was.Mode == Auto || k.forced {
		return k.preferred
	}
	return was.Mode
}

func (k *Keeper) place(was choice) engine.Secrets { return k.at(k.mode(was), was) }

func (k *Keeper) at(mode Mode, was choice) engine.Secrets {
	if mode == Keyring {
		return ringSecrets{ring: k.ring, folder: was.Folder}
	}
	return k.file()
}

// move brings the secrets to the place asked for, and only then forgets the place where they were.
func (k *Keeper) move(ctx context.Context) error {
	var from choice
	to, err := k.rewrite(ctx, func(was choice) (_ choice, err error) {
		if was.Mode == File {
			// The file itself knows better, should the choice have been lost.
			if was.Keys, err = k.file().keys(ctx); err != nil {
				return was, err
			}
		}
		if was.Folder == "" {
			was.Folder = rand.Text()
		}
		from = was
		to := choice{Mode: k.preferred, Folder: was.Folder, Keys: was.Keys}
		for _, key := range was.Keys {
			values, err := k.at(was.Mode, was).Load(ctx, key)
			if err != nil {
				return was, err
			}
			if err := k.at(to.Mode, to).Save(ctx, key, values); err != nil {
				return was, err
			}
		}
		return to, nil
	})
	if err != nil || from.Mode == to.Mode {
		return err
	}
	k.log.Info("secrets were moved", "from", from.Mode, "to", to.Mode, "connections", len(to.Keys))
	for _, key := range from.Keys {
		if err := k.at(from.Mode, from).Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) file() fileSecrets { return fileSecrets{dir: k.dir} }

func (k *Keeper) choicePath() string { return filepath.Join(k.dir, ChoiceFile) }

// readChoice returns the zero choice for a folder without secrets.
func (k *Keeper) readChoice() (was choice, err error) {
	b, err := os.ReadFile(k.choicePath())
	if errors.Is(err, fs.ErrNotExist) {
		// A folder restored without the choice still has its file.
		if _, err := os.Stat(k.file().path()); err == nil {
			was.Mode = File
		}
		return was, nil
	}
	if err != nil {
		return was, unreadable(err, k.choicePath())
	}
	if err := json.Unmarshal(b, &was); err != nil || (was.Mode != Keyring && was.Mode != File) {
		return choice{}, damaged(k.choicePath())
	}
	return was, nil
}

// rewrite changes the choice, so that no process undoes another's change.
func (k *Keeper) rewrite(ctx context.Context, fn func(was choice) (choice, error)) (choice, error) {
	unlock, err := lock(ctx, k.choicePath(), (*flock.Flock).TryLockContext)
	if err != nil {
		return choice{}, err
	}
	defer unlock()
	was, err := k.readChoice()
	if err != nil {
		return choice{}, err
	}
	now, err := fn(was)
	if err != nil {
		return choice{}, err
	}
	if now.Folder == "" {
		now.Folder = rand.Text()
	}
	if now.Mode == was.Mode && now.Folder == was.Folder && slices.Equal(now.Keys, was.Keys) {
		return now, nil
	}
	b, err := json.Marshal(now)
	if err != nil {
		return choice{}, engine.Wrap(err, engine.Internal, "The place of the secrets cannot be written down.")
	}
	return now, replace(k.choicePath(), append(b, '\n'))
}

func (k *Keeper) probe(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, probeTime)
	defer cancel()
	_, err := ringSecrets{ring: k.ring, folder: "probe"}.Load(ctx, "probe")
	return err
}

func damaged(path string) error {
	return engine.Errorf(engine.Unavailable,
		"The file %s is damaged or not Bellhop's. Nothing was overwritten: put it back from a backup, or move it away and connect your accounts again.", path)
}

func unreadable(err error, path string) error {
	return engine.Wrap(err, engine.Unavailable, "The file %s cannot be read. Check that it is yours.", path)
}
