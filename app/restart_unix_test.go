//go:build !headless && !windows

package main

import (
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

// The program that takes this one's place has its process, its arguments and its output.
func TestAProgramTakesThisOnesPlace(t *testing.T) {
	const asked = "BELLHOP_TEST_REPLACE"
	if os.Getenv(asked) != "" {
		require.NoError(t, replaceBy("/bin/sh", []string{"sh", "-c", "echo $$ is here again"}))
	}
	old := exec.Command(os.Args[0], "-test.run=^TestAProgramTakesThisOnesPlace$")
	old.Env = append(os.Environ(), asked+"=1")
	pipe, err := old.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, old.Start())
	said := make([]byte, 200)
	n, err := pipe.Read(said)
	require.NoError(t, err)
	require.Contains(t, string(said[:n]), "is here again")
	require.NoError(t, old.Wait())
}
