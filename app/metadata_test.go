package main

import (
	"os"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"
)

// Plain go commands do not read FyneApp.toml, so the program says the same once more.
func TestMetadataIsThatOfFyneApp(t *testing.T) {
	var file struct {
		Details struct{ Name, ID, Version, Icon string }
	}
	_, err := toml.DecodeFile("../FyneApp.toml", &file)
	require.NoError(t, err)
	require.Equal(t, "Bellhop", file.Details.Name)
	require.Equal(t, appID, file.Details.ID)
	require.Equal(t, version, file.Details.Version)
	_, err = os.Stat("../" + file.Details.Icon)
	require.NoError(t, err)
}
