package desk

import (
	"context"
	"encoding/json"
	"slices"

	"bellhop/engine"
	"bellhop/engine/disk"
)

// Folders returns the folders that recipes may use, the first for where a recipe names none.
func (d *Desk) Folders(ctx context.Context) ([]string, error) {
	kept, err := d.Store.Setting(ctx, disk.Setting)
	if err != nil {
		return nil, err
	}
	folders, err := disk.Parse(kept)
	if err != nil {
		return nil, engine.Wrap(err, engine.Internal, "the folders cannot be read: %v", err)
	}
	return folders, nil
}

// AddFolder lets recipes use a folder, and those within it. It returns the folder's whole path. Invalid if
// there is no such folder.
func (d *Desk) AddFolder(ctx context.Context, folder string) (path string, err error) {
	if path, err = disk.Choose(folder); err != nil {
		return "", err
	}
	folders, err := d.Folders(ctx)
	if err != nil || slices.Contains(folders, path) {
		return path, err
	}
	return path, d.saveFolders(ctx, append(folders, path))
}

// RemoveFolder lets recipes use a folder no longer. What is in it stays. NotFound if it is not one of
// Folders.
func (d *Desk) RemoveFolder(ctx context.Context, folder string) error {
	folders, err := d.Folders(ctx)
	if err != nil {
		return err
	}
	at := slices.Index(folders, folder)
	if at < 0 {
		problem := engine.Problem{Message: "Recipes may not use the folder \"" + folder + "\" anyway.", Suggestion: engine.Suggest(folder, folders)}
		return engine.Errorf(engine.NotFound, "%s", problem)
	}
	return d.saveFolders(ctx, slices.Delete(folders, at, at+1))
}

func (d *Desk) saveFolders(ctx context.Context, folders []string) error {
	kept, err := json.Marshal(folders)
	if err != nil {
		return err
	}
	return d.Store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(disk.Setting, string(kept)) })
}
