package main

import (
	"context"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// The test binary is the program, too: scripts and end-to-end tests start it as real processes.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bellhop": func() {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		if code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr); code != exitFine {
			os.Exit(code)
		}
	}})
}

// The command line is a contract: testdata/script holds what people rely on, a script for each part.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("BELLHOP_DATA", e.WorkDir+"/data")
			e.Setenv("BELLHOP_SECRETS", "file")
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){"exits": exits},
	})
}

// exits runs a command and wants an exit code: `exits 2 bellhop nonsense`.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if failed, ok := err.(*exec.ExitError); ok {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}
