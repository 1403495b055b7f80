package login

import (
	"os"
	"path/filepath"
)

func path() (string, error) {
	home, err := os.UserHomeDir()
	return filepath.Join(home, "Library", "LaunchAgents", agentLabel+".plist"), err
}

func read() ([]string, error) {
	path, err := path()
	if err != nil {
		return nil, err
	}
	plist, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return agentCommand(plist)
}

func write(command []string) error {
	path, err := path()
	if err != nil {
		return err
	}
	return writeFile(path, agent(command))
}

func remove() error {
	path, err := path()
	if err != nil {
		return err
	}
	return removeFile(path)
}
