package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// pseudoTerminal returns both ends of a terminal: what a person has, and what a program reads.
func pseudoTerminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = person.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(person.Fd()), unix.TIOCSPTLCK, 0))
	number, err := unix.IoctlGetInt(int(person.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = program.Close() })
	return person, program
}

// shows says whether a terminal shows what is typed.
func shows(t *testing.T, terminal *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(terminal.Fd()), unix.TCGETS)
	require.NoError(t, err)
	return state.Lflag&unix.ECHO != 0
}

func becomes(t *testing.T, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); <-time.After(time.Millisecond) {
		require.True(t, time.Now().Before(deadline), "it does not happen")
	}
}

// written is what a program wrote to a terminal.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *written) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *written) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

func TestAPassphraseIsNotShownAsItIsTyped(t *testing.T) {
	person, program := pseudoTerminal(t)
	said := &written{}
	c := &cli{in: program, err: said}
	type outcome struct {
		passphrase string
		err        error
	}
	for name, test := range map[string]struct {
		isNew bool
		typed []string
		want  string
	}{
		"a new one is typed twice":     {true, []string{"four words are enough", "four words are enough"}, "four words are enough"},
		"and must be the same":         {true, []string{"four words are enough", "four words are enouhg"}, ""},
		"one that there is, only once": {false, []string{"caf\u00e9 au lait"}, "caf\u00e9 au lait"},
	} {
		t.Run(name, func(t *testing.T) {
			done := make(chan outcome, 1)
			go func() {
				passphrase, err := c.passphrase(t.Context(), "", test.isNew)
				done <- outcome{passphrase, err}
			}()
			for _, line := range test.typed {
				becomes(t, func() bool { return !shows(t, program) })
				_, err := person.WriteString(line + "\n")
				require.NoError(t, err)
				becomes(t, func() bool { return shows(t, program) || strings.HasSuffix(said.String(), "Once more: ") })
			}
			got := <-done
			require.Equal(t, test.want, got.passphrase)
			require.Equal(t, test.want == "", got.err != nil)
			require.True(t, shows(t, program), "afterwards it shows again")
		})
	}
	require.Contains(t, said.String(), "it is not shown as you type")
	_, err := program.WriteString("end")
	require.NoError(t, err)
	echoed := make([]byte, 1000)
	n, err := person.Read(echoed)
	require.NoError(t, err)
	require.NotContains(t, string(echoed[:n]), "words")
	require.NotContains(t, string(echoed[:n]), "lait")
}

// TestATerminalShowsAgainWhatIsTyped after somebody had enough of being asked.
func TestATerminalShowsAgainWhatIsTyped(t *testing.T) {
	_, program := pseudoTerminal(t)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := (&cli{in: program, err: &written{}}).askHidden(ctx, "Passphrase: ")
		done <- err
	}()
	becomes(t, func() bool { return !shows(t, program) })
	stop()
	require.ErrorIs(t, <-done, context.Canceled)
	require.True(t, shows(t, program))
}
