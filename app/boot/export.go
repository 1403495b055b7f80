package boot

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"bellhop/engine"
)

// ExportAll writes all recipes into a folder, which is made if need be, a YAML file each, and returns how
// many there are. Files of the same names are written over, others stay.
func (d *Data) ExportAll(ctx context.Context, folder string) (int, error) {
	files, err := d.Desk.ExportAll(ctx)
	if err != nil {
		return 0, err
	}
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return 0, cannotExport(err, folder)
	}
	for i, f := range files {
		if err := writeWhole(filepath.Join(folder, f.Name), f.Content); err != nil {
			return i, cannotExport(err, f.Name)
		}
	}
	return len(files), nil
}

func cannotExport(err error, name string) error {
	return engine.Wrap(err, engine.Unavailable, "%s cannot be written: %s. Look whether the folder is yours and the disk has room.", name, engine.Cause(err))
}

// writeWhole writes a file that is the old one or the new one, never half.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".bellhop-*.new") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // half a file is of no use
	}
	return err
}
