//go:build !headless

package main

import (
	"log/slog"

	"bellhop/app/boot"
	"bellhop/app/internal/login"
	"bellhop/ui/page/settings"
)

// login is what starts Bellhop at login as it was started now, in the tray.
func (c *cli) login() (*login.Entry, error) {
	args := []string{"--hidden"}
	if usual, err := boot.DefaultDir(); err != nil || usual != c.dir {
		args = append(args, "--data", c.dir)
	}
	if c.secrets != "" {
		args = append(args, "--secrets", c.secrets)
	}
	return login.New(login.Params{Args: args})
}

// mendLogin has the program started at login from where it is now.
func (c *cli) mendLogin(log *slog.Logger) {
	entry, err := c.login()
	if err != nil {
		log.Warn("it is not known whether Bellhop starts at login", "error", err)
		return
	}
	switch mended, err := entry.Mend(); {
	case err != nil:
		log.Warn("it is not known whether Bellhop starts at login", "error", err)
	case mended:
		log.Info("Bellhop was moved, and is started at login from where it is now")
	}
}

// atLogin is the settings page's switch.
type atLogin struct{ *desktop }

var _ settings.Login = atLogin{}

// entry is made when it is needed: the page is put together before the call is known.
func (l atLogin) entry() (*login.Entry, error) {
	if l.cli == nil {
		return (&cli{dir: l.Dir}).login()
	}
	return l.cli.login()
}

func (l atLogin) On() (bool, error) {
	entry, err := l.entry()
	if err != nil {
		return false, err
	}
	return entry.On()
}

func (l atLogin) Set(on bool) error {
	entry, err := l.entry()
	if err != nil {
		return err
	}
	return entry.Set(on)
}
