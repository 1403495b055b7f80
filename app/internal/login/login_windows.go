package login

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// Where Windows keeps what it starts at login, and what a person switched off of it in the Task Manager: a first
// byte that is odd means off.
const (
	runKey      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedKey = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
	valueName   = "Bellhop"
)

func read() ([]string, error) {
	if value, err := approved(); err == nil && len(value) > 0 && value[0]&1 == 1 {
		return nil, nil
	}
	key, err := registry.OpenKey(registry.CURRENT_USER, runKey, registry.QUERY_VALUE)
	if err != nil {
		return nil, missing(err)
	}
	defer func() { _ = key.Close() }() // it was read
	line, _, err := key.GetStringValue(valueName)
	if err != nil {
		return nil, missing(err)
	}
	return windows.DecomposeCommandLine(line)
}

func approved() ([]byte, error) {
	key, err := registry.OpenKey(registry.CURRENT_USER, approvedKey, registry.QUERY_VALUE)
	if err != nil {
		return nil, err
	}
	defer func() { _ = key.Close() }() // it was read
	value, _, err := key.GetBinaryValue(valueName)
	return value, err
}

func write(command []string) error {
	key, _, err := registry.CreateKey(registry.CURRENT_USER, runKey, registry.SET_VALUE)
	if err != nil {
		return err
	}
	return errors.Join(key.SetStringValue(valueName, windows.ComposeCommandLine(command)), key.Close(), forget(approvedKey))
}

func remove() error { return errors.Join(forget(runKey), forget(approvedKey)) }

// forget removes Bellhop's value from a key.
func forget(path string) error {
	key, err := registry.OpenKey(registry.CURRENT_USER, path, registry.SET_VALUE)
	if err != nil {
		return missing(err)
	}
	return errors.Join(missing(key.DeleteValue(valueName)), key.Close())
}

// missing forgives that something is not there.
func missing(err error) error {
	if errors.Is(err, registry.ErrNotExist) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
