package login

import (
	"testing"

	"github.com/stretchr/testify/require"
)

var commands = map[string][]string{
	"plain":         {"/usr/bin/bellhop", "--hidden"},
	"with spaces":   {"/home/ana silva/Apps/bellhop", "--hidden", "--data", "/home/ana silva/My data"},
	"with signs":    {`/opt/a"b/$HOME/` + "`x`" + `/back\slash/100%/bellhop`, "--hidden"},
	"with entities": {"/opt/<R&D>/bellhop", "--hidden"},
	"with nothing":  {"/opt/bellhop", ""},
	"in Portuguese": {"/home/joão/aplicação/bellhop"},
}

func TestAnAutostartEntryIsReadAsItWasWritten(t *testing.T) {
	for name, command := range commands {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, command, autostarted(autostart(command)))
		})
	}
	require.Contains(t, autostart(commands["with spaces"]), `Exec="/home/ana silva/Apps/bellhop" --hidden --data "/home/ana silva/My data"`+"\n")
	require.Contains(t, autostart(commands["with signs"]), `a\\"b/\\$HOME/`, "escaped twice, as the specification has it")
}

func TestAnAutostartEntryThatTheDesktopSwitchedOffIsOff(t *testing.T) {
	on := autostart([]string{"/usr/bin/bellhop"})
	for _, off := range []string{
		on + "Hidden=true\n",
		"[Desktop Entry]\nExec=/usr/bin/bellhop\nX-GNOME-Autostart-enabled=false\n",
		"", "nonsense",
	} {
		require.Empty(t, autostarted(off))
	}
	require.NotEmpty(t, autostarted(on+"[Desktop Action new]\nHidden=true\n"))
}

func TestALaunchAgentIsReadAsItWasWritten(t *testing.T) {
	for name, command := range commands {
		t.Run(name, func(t *testing.T) {
			got, err := agentCommand(agent(command))
			require.NoError(t, err)
			require.Equal(t, command, got)
		})
	}
	got, err := agentCommand("")
	require.NoError(t, err)
	require.Empty(t, got)
	_, err = agentCommand("<plist")
	require.Error(t, err)
}
