package boot

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"bellhop/app/internal/instance"
	"bellhop/engine"
	"bellhop/store/bundle"
	"bellhop/store/secret"
)

// Contents says what is in a bundle: one file with all of Bellhop's data.
type Contents = bundle.Contents

// Replaced tells that restored data took the place of the data.
type Replaced = bundle.Replaced

// BundleExtension ends the names of bundles.
const BundleExtension = bundle.Extension

// BundleOptions say what goes into a bundle besides recipes, connections, tables, settings and own connectors.
type BundleOptions struct {
	// Secrets takes the secrets of the connections and of the proxy along, encrypted under Passphrase.
	Secrets    bool
	Passphrase string
	// History takes the runs along, with what came in and was sent.
	History bool
}

// Bundle writes all data into the file path while others go on working. Invalid if the passphrase is too
// short, Conflict if path is some other file, Unavailable if the secrets cannot be read or there is no room.
func (d *Data) Bundle(ctx context.Context, path string, o BundleOptions) (Contents, error) {
	p := bundle.Params{DB: d.Store, Dir: d.Dir, Path: path, Version: d.version, History: o.History}
	if o.Secrets {
		if err := bundle.CheckPassphrase(o.Passphrase); err != nil {
			return Contents{}, err
		}
		if err := d.movePassword(ctx); err != nil { // it is one of them
			return Contents{}, err
		}
		keeper, err := d.secrets.open(ctx)
		if err != nil {
			return Contents{}, err
		}
		if p.Secrets, err = keeper.All(ctx); err != nil {
			return Contents{}, err
		}
		p.Passphrase = o.Passphrase
	}
	return bundle.Make(ctx, p)
}

// MayBundle says why no bundle can be made at path: NotFound if there is no such folder, Conflict if path is some
// other file.
func MayBundle(path string) error { return bundle.MayMake(path) }

// Here says what a bundle with history would hold now. The user's own connectors are not listed, and neither
// are parts.
func (d *Data) Here(ctx context.Context) (Contents, error) {
	c := Contents{Version: d.version, MadeAt: time.Now().UTC(), History: true}
	err := c.Describe(ctx, d.Store)
	return c, err
}

// InspectBundle says what is in a bundle. All of it is read; an error says why it is of no use here, or that
// the passphrase, unless it is empty, does not fit.
func (d *Data) InspectBundle(ctx context.Context, path, passphrase string) (Contents, error) {
	return InspectBundle(ctx, path, passphrase)
}

// InspectBundle is Data.InspectBundle, for where there is no data yet.
func InspectBundle(ctx context.Context, path, passphrase string) (Contents, error) {
	return bundle.Inspect(ctx, path, passphrase)
}

// Restore makes the data of a bundle ready and closes the engine: the next Open puts it in the place of the
// data, which is kept in a folder of its own. So whoever calls it ends the program, or starts it anew. If
// there is an error, nothing was changed and the engine goes on.
func (s *System) Restore(ctx context.Context, path string, o RestoreOptions) error {
	_, err := bundle.Prepare(ctx, bundle.Restoring{Dir: s.Dir, Path: path, Passphrase: o.Passphrase, WithoutSecrets: o.WithoutSecrets, Mode: s.secrets.params.Mode, Log: s.log})
	if err != nil {
		return err
	}
	if err := s.Close(); err != nil {
		s.log.Warn("the engine closed with an error before data is restored", "error", err)
	}
	return nil
}

// RestoreOptions say how a bundle is restored.
type RestoreOptions struct {
	Passphrase string
	// WithoutSecrets leaves those in the bundle out, for when the passphrase is lost.
	WithoutSecrets bool
}

// Restore puts the data of a bundle in the place of the data in c.Dir, where no engine may run. Unless it
// returns an error, the old data is in the folder that Replaced tells of. ErrRunning if an engine runs.
func Restore(ctx context.Context, c Config, path string, o RestoreOptions) (Contents, *Replaced, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	// Before the work, and not during it: who finds the folder taken waits for an answer.
	if owner, err := instance.Acquire(c.Dir); err != nil {
		return Contents{}, nil, err
	} else if err := owner.Close(); err != nil {
		return Contents{}, nil, err
	}
	contents, err := bundle.Prepare(ctx, bundle.Restoring{
		Dir: c.Dir, Path: path, Passphrase: o.Passphrase, WithoutSecrets: o.WithoutSecrets, Mode: secret.Mode(c.Secrets), Log: c.Log,
	})
	if err != nil {
		return contents, nil, err
	}
	owner, err := instance.Acquire(c.Dir)
	if err != nil {
		return contents, nil, errors.Join(err, bundle.Abandon(ctx, c.Dir, c.Log))
	}
	replaced, err := bundle.Replace(ctx, c.Dir, c.Log)
	return contents, replaced, errors.Join(err, owner.Close())
}

// KeptBefore returns the folders in the data folder dir in which data from before a restoration is kept.
func KeptBefore(dir string) []string { return bundle.SetAside(dir) }

// replaceFirst puts restored data that waits in its place, before a command opens it. While an engine works
// on the old data, that is what commands see, too.
func replaceFirst(ctx context.Context, c Config) error {
	if !bundle.Pending(c.Dir) {
		return nil
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	owner, err := instance.Acquire(c.Dir)
	if engine.ErrorCode(err) == engine.Conflict {
		return bundle.Busy(c.Dir)
	}
	if err != nil {
		return err
	}
	replaced, err := bundle.Replace(ctx, c.Dir, c.Log)
	if replaced != nil {
		c.Log.Warn(replaced.Sentence(time.Local))
	}
	return errors.Join(err, owner.Close())
}
