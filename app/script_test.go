package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a script waits for what happens in another process.
const patience = 20 * time.Second

// raceOptions keep a process built with the race detector from sleeping for a second as it exits:
// what a late report would tell of is over by then. Hundreds of processes are started here.
const raceOptions = "atexit_sleep_ms=20"

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
			e.Setenv("GORACE", raceOptions)
			e.Values[serversKey] = servers{}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "start": start, "quit": quit, "crash": crash, "post": post, "get": get, "until": until,
			"remember": remember, "away": away,
		},
	})
}

// exits runs a command and wants an exit code: `exits 2 bellhop nonsense`.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if failed, ok := errors.AsType[*exec.ExitError](err); ok {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// servers are a script's commands that go on: serve, practice.
type servers map[string]*server

const serversKey = "servers"

type server struct {
	*exec.Cmd
	complaints bytes.Buffer
}

// start starts a command that goes on, and returns once it is ready. What it prints until then, a
// name and a value a line, becomes variables: `start serve --listen 127.0.0.1:0` sets $ready.
func start(ts *testscript.TestScript, _ bool, args []string) {
	s := &server{Cmd: exec.Command("bellhop", args...)}
	s.Dir, s.Stderr = ts.MkAbs("."), &s.complaints
	for _, name := range []string{"PATH", "HOME", "BELLHOP_DATA", "BELLHOP_SECRETS"} {
		s.Env = append(s.Env, name+"="+ts.Getenv(name))
	}
	out, err := s.StdoutPipe()
	ts.Check(err)
	ts.Check(s.Start())
	ts.Defer(func() {
		_ = s.Process.Kill() // unless the script has ended it
		_ = s.Wait()
	})
	ts.Value(serversKey).(servers)[args[0]] = s
	for lines := bufio.NewScanner(out); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), " ")
		ts.Setenv(name, strings.TrimSpace(value))
		if name == "ready" {
			return
		}
	}
	_ = s.Wait() // it has ended
	ts.Fatalf("%s is not ready: %s", args[0], &s.complaints)
}

// quit asks such a command to end, and wants it to do so well and without a complaint; with ! before it, it
// wants complaints. (It cannot be called stop: testscript has a command of that name, which ends the script.)
func quit(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value(serversKey).(servers)[args[0]]
	ts.Check(s.Process.Signal(syscall.SIGTERM))
	if err := s.Wait(); err != nil || s.complaints.Len() > 0 != neg {
		ts.Fatalf("%s ended with %v: %s", args[0], err, &s.complaints)
	}
}

// crash ends such a command as a power cut would.
func crash(ts *testscript.TestScript, _ bool, args []string) {
	s := ts.Value(serversKey).(servers)[args[0]]
	ts.Check(s.Process.Kill())
	_ = s.Wait() // it says that it was killed
}

// post sends JSON and wants a status: `post 200 $address '{"text":"hello"}'`. The answer is printed.
func post(ts *testscript.TestScript, _ bool, args []string) {
	res, err := http.Post(args[1], "application/json", strings.NewReader(strings.Join(args[2:], " ")))
	ts.Check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(body)
	ts.Check(err)
	if strconv.Itoa(res.StatusCode) != args[0] {
		ts.Fatalf("status %d, want %s", res.StatusCode, args[0])
	}
}

// until runs a command again and again until what it prints matches: `until '"succeeded"' bellhop runs`.
func until(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	for deadline := time.After(patience); ; {
		ts.Check(ts.Exec(args[1], args[2:]...))
		if want.MatchString(ts.ReadFile("stdout")) {
			return
		}
		select {
		case <-deadline:
			ts.Fatalf("it does not happen: %s", args[0])
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// remember keeps what was printed last as a variable: `remember address` sets $address.
func remember(ts *testscript.TestScript, _ bool, args []string) {
	ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile("stdout")))
}
