package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// endless is an input that says when it is read, and then never gives anything.
type endless struct {
	read func()
	end  chan struct{}
}

func (e endless) Read([]byte) (int, error) {
	e.read()
	<-e.end
	return 0, io.EOF
}

func TestAnInterruptEndsACommandThatWaitsForInput(t *testing.T) {
	for name, args := range map[string][]string{
		"a recipe": {"check", "-"},
		"a secret": {"connect", "slack", "--name", "Shop", "--secret", "bot_token=-"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, interrupt := context.WithCancel(t.Context())
			in := endless{interrupt, make(chan struct{})}
			defer close(in.end)
			var out, complaints strings.Builder
			code := run(ctx, append(args, "--data", t.TempDir(), "--secrets", "file"), in, &out, &complaints)
			require.Equal(t, exitFailed, code)
			require.Equal(t, "Interrupted before it was done.\n", complaints.String())
			require.Empty(t, out.String())
		})
	}
}
