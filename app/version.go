package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
)

// Set by the linker; see the Makefile.
var (
	version = "0.1.0"
	commit  = ""
)

// moduleVersion returns the version of a library that was built in, or "" if it was not.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}

// builtFrom returns the commit the program was built from, or "unknown".
func builtFrom() string {
	if commit != "" {
		return commit
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value
			}
		}
	}
	return "unknown"
}

func (c *cli) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the versions of Bellhop and what it is made of", Args: positional(cobra.NoArgs),
		// It needs no data folder, and so no home to find it in.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(*cobra.Command, []string) error {
			sqlite := boot.SQLiteVersion()
			fyne := moduleVersion("fyne.io/fyne/v2")
			if fyne == "" {
				fyne = "none (built without the window)"
			}
			return c.say(
				map[string]any{"version": version, "commit": builtFrom(), "go": runtime.Version(), "fyne": fyne, "sqlite": sqlite},
				"bellhop %s\ncommit  %s\ngo      %s\nfyne    %s\nsqlite  %s\n", version, builtFrom(), runtime.Version(), fyne, sqlite)
		},
	}
}
