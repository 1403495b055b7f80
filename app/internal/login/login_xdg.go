//go:build !windows && !darwin

package login

import (
	"os"
	"path/filepath"
)

// path is where the desktop looks for what it starts at login
// (https://specifications.freedesktop.org/autostart-spec/latest/).
func path() (string, error) {
	config := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(config) { // the specification wants such a one passed over
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		config = filepath.Join(home, ".config")
	}
	return filepath.Join(config, "autostart", "bellhop.desktop"), nil
}

func read() ([]string, error) {
	path, err := path()
	if err != nil {
		return nil, err
	}
	entry, err := readFile(path)
	return autostarted(entry), err
}

func write(command []string) error {
	path, err := path()
	if err != nil {
		return err
	}
	return writeFile(path, autostart(command))
}

func remove() error {
	path, err := path()
	if err != nil {
		return err
	}
	return removeFile(path)
}
