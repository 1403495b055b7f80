package secret

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
)

// All returns all secrets of the data folder, by the key they were saved under. Unavailable if they cannot
// all be read now.
func (k *Keeper) All(ctx context.Context) (map[string]map[string]string, error) {
	was, err := k.readChoice()
	if err != nil {
		return nil, err
	}
	if k.mode(was) == File {
		return k.file().all(ctx)
	}
	all := map[string]map[string]string{}
	for _, key := range was.Keys {
		values, err := k.place(was).Load(ctx, key)
		if err != nil {
			return nil, err
		}
		if len(values) > 0 {
			all[key] = values
		}
	}
	return all, nil
}

// Forget removes from the keyring all secrets of the data folder; for one that is thrown away.
func (k *Keeper) Forget(ctx context.Context) error {
	was, err := k.readChoice()
	if err != nil || was.Mode != Keyring {
		return err
	}
	for _, key := range was.Keys {
		if err := k.place(was).Delete(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// Shared says whether two data folders have the same secrets in the keyring, since one is a copy of the other.
func Shared(a, b string) bool {
	folder := func(dir string) string {
		var c choice
		text, err := os.ReadFile(filepath.Join(dir, ChoiceFile))
		if err != nil || json.Unmarshal(text, &c) != nil {
			return ""
		}
		return c.Folder
	}
	return folder(a) != "" && folder(a) == folder(b)
}

// ChoiceFile is the file in the data folder that says where the secrets are.
const ChoiceFile = "secrets.json"

// Files are the names of all files in a data folder in which its secrets are, or what leads to them.
var Files = []string{ChoiceFile, "secrets.age", "secrets.key", recoveryFile}
