package instance

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// ownerVariable makes this test binary own the folder it names, until it is killed or its input ends.
const ownerVariable = "BELLHOP_TEST_INSTANCE"

func TestMain(m *testing.M) {
	dir := os.Getenv(ownerVariable)
	if dir == "" {
		os.Exit(m.Run())
	}
	owner, err := Acquire(dir)
	if err == nil {
		err = owner.Serve(Handlers{Version: "second process"})
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("ready")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	if err := owner.Close(); err != nil {
		os.Exit(1)
	}
}

// process starts an owner of dir in a process of its own and returns once it answers.
func process(t *testing.T, dir string) (cmd *exec.Cmd, quit func()) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), ownerVariable+"="+dir, "GORACE=atexit_sleep_ms=20")
	input, err := cmd.StdinPipe()
	require.NoError(t, err)
	output, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(output).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	return cmd, func() {
		require.NoError(t, input.Close())
		require.NoError(t, cmd.Wait())
	}
}

func TestAnotherProcessOwnsTheFolder(t *testing.T) {
	dir := t.TempDir()
	cmd, quit := process(t, dir)

	_, err := Acquire(dir)
	require.ErrorIs(t, err, ErrRunning)
	require.Equal(t, Status{PID: cmd.Process.Pid, Version: "second process"}, connect(t, dir).Status())

	quit()
	_, err = Dial(dir)
	require.ErrorIs(t, err, ErrNotRunning)
	acquire(t, dir)
}

func TestAKilledOwnerLeavesTheFolderFree(t *testing.T) {
	dir := t.TempDir()
	cmd, _ := process(t, dir)
	client := connect(t, dir)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())

	require.ErrorIs(t, client.Changed(t.Context(), engine.Change{Kind: engine.RecipesChanged}), ErrNotRunning)
	stale, err := readControl(dir)
	require.NoError(t, err, "a killed process cannot clean up")
	_, err = Dial(dir)
	require.ErrorIs(t, err, ErrNotRunning)

	require.NoError(t, acquire(t, dir).Serve(Handlers{Version: "after the crash"}))
	require.Equal(t, "after the crash", connect(t, dir).Status().Version)
	fresh, err := readControl(dir)
	require.NoError(t, err)
	require.NotEqual(t, stale.Token, fresh.Token)
}
