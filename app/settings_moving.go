//go:build !headless

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/ui/page/settings"
)

// mover takes all data into a file and back, as the settings page asks.
type mover struct{ *boot.System }

var _ settings.Mover = mover{}

func (m mover) Bundle(ctx context.Context, folder string, o settings.BundleOptions) (string, settings.Contents, error) {
	path, err := freeName(folder, "Bellhop "+m.Now().Format(time.DateOnly), boot.BundleExtension)
	if err != nil {
		return "", settings.Contents{}, err
	}
	made, err := m.System.Bundle(ctx, path, boot.BundleOptions{Secrets: o.Secrets, Passphrase: o.Passphrase, History: o.History})
	return path, contents(made), err
}

func (m mover) Inspect(ctx context.Context, path, passphrase string) (settings.Contents, error) {
	inside, err := m.InspectBundle(ctx, path, passphrase)
	return contents(inside), err
}

func (m mover) Restore(ctx context.Context, path string, o settings.RestoreOptions) error {
	return m.System.Restore(ctx, path, boot.RestoreOptions{Passphrase: o.Passphrase, WithoutSecrets: o.WithoutSecrets})
}

func (m mover) Here(ctx context.Context) (settings.Contents, error) {
	here, err := m.System.Here(ctx)
	return contents(here), err
}

// contents says what is in a file as the page does.
func contents(c boot.Contents) settings.Contents {
	inside := settings.Contents{
		Version: c.Version, MadeAt: c.MadeAt, Connections: len(c.Connections), Tables: len(c.Tables), Connectors: len(c.Connectors),
		Secrets: c.Secrets, History: c.History, Runs: c.Runs, UnderWay: c.UnderWay,
	}
	for _, r := range c.Recipes {
		inside.Recipes = append(inside.Recipes, r.Name)
		if r.On {
			inside.On = append(inside.On, r.Name)
		}
	}
	return inside
}

// mostNames is how many names are tried for a file.
const mostNames = 1000

// freeName returns the path of a file that is not there yet: NAME.EXTENSION, or NAME (2).EXTENSION and so on.
func freeName(folder, name, extension string) (string, error) {
	path := filepath.Join(folder, name+extension)
	for n := 2; n < mostNames; n++ {
		_, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			return path, nil
		}
		if err != nil {
			return "", engine.Wrap(err, engine.Unavailable, "Bellhop cannot look into %s. Perhaps it is gone, or it belongs to somebody else.", folder)
		}
		path = filepath.Join(folder, fmt.Sprintf("%s (%d)%s", name, n, extension))
	}
	return "", engine.Errorf(engine.Invalid, "There are too many files called %s in %s. Choose another folder.", name, folder)
}

// documents is the folder that people keep their files in.
func documents() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return os.TempDir()
	}
	folder := filepath.Join(home, "Documents")
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return home
	}
	return folder
}
