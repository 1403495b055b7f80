package body_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/body"
)

func open(t *testing.T) (*body.Store, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := body.Open(dir)
	require.NoError(t, err)
	return s, filepath.Join(dir, body.Folder)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	all := []string{}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// keep keeps a file with that content.
func keep(t *testing.T, s *body.Store, content string) string {
	t.Helper()
	f, err := s.Create()
	require.NoError(t, err)
	_, err = io.WriteString(f, content)
	require.NoError(t, err)
	name, err := f.Keep()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return name
}

func TestABodyIsKeptAndRead(t *testing.T) {
	s, dir := open(t)
	f, err := s.Create()
	require.NoError(t, err)
	for _, piece := range []string{"one", "two"} {
		_, err = io.WriteString(f, piece)
		require.NoError(t, err)
		before, err := io.ReadAll(f.Content())
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(string(before), piece), "what was written can be checked")
	}
	require.Len(t, names(t, dir), 1)
	_, err = s.Open(names(t, dir)[0])
	require.Equal(t, engine.NotFound, engine.ErrorCode(err), "it is not kept yet")
	name, err := f.Keep()
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Equal(t, []string{name}, names(t, dir))
	require.GreaterOrEqual(t, len(name), 26, "nobody guesses it")
	r, err := s.Open(name)
	require.NoError(t, err)
	got, err := io.ReadAll(r)
	require.NoError(t, err)
	require.NoError(t, r.Close())
	require.Equal(t, "onetwo", string(got))
	size, err := s.Size()
	require.NoError(t, err)
	require.Equal(t, int64(6), size)
}

func TestABodyThatIsNotKeptIsGone(t *testing.T) {
	s, dir := open(t)
	f, err := s.Create()
	require.NoError(t, err)
	_, err = io.WriteString(f, "half")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.Empty(t, names(t, dir))

	f, err = s.Create()
	require.NoError(t, err)
	_, err = f.Keep()
	require.NoError(t, err)
	f.Remove()
	require.NoError(t, f.Close())
	require.Empty(t, names(t, dir), "its event could not be stored")
}

func TestOnlyNamesOfBodiesAreOpened(t *testing.T) {
	s, dir := open(t)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "..", "secret"), []byte("x"), 0o600))
	for _, name := range []string{"", ".", "..", "../secret", "/etc/passwd", "nothing", "a/b", "x.part"} {
		_, err := s.Open(name)
		require.Error(t, err, name)
		require.NotEmpty(t, engine.ErrorMessage(err))
	}
}

func TestLeftoversAreSwept(t *testing.T) {
	s, dir := open(t)
	_, err := s.Create() // cut off
	require.NoError(t, err)
	used, stray, young := keep(t, s, "used"), keep(t, s, "stray"), keep(t, s, "young")
	require.Len(t, names(t, dir), 4)
	require.NoError(t, s.Clear())
	require.ElementsMatch(t, []string{used, stray, young}, names(t, dir))

	now := time.Now()
	for _, name := range []string{used, stray} {
		require.NoError(t, os.Chtimes(filepath.Join(dir, name), now.Add(-2*time.Hour), now.Add(-2*time.Hour)))
	}
	removed, err := s.Sweep(t.Context(), now.Add(-time.Hour), func(context.Context) (map[string]bool, error) { return map[string]bool{used: true}, nil })
	require.NoError(t, err)
	require.Equal(t, 1, removed)
	require.ElementsMatch(t, []string{used, young}, names(t, dir))

	broken := engine.Errorf(engine.Unavailable, "The database is away.")
	_, err = s.Sweep(t.Context(), now.Add(time.Hour), func(context.Context) (map[string]bool, error) { return nil, broken })
	require.ErrorIs(t, err, broken)
	require.Len(t, names(t, dir), 2, "whoever does not know what is used removes nothing")
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, body.Folder), nil, 0o600))
	_, err := body.Open(dir)
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))

	s, folder := open(t)
	require.NoError(t, os.RemoveAll(folder))
	_, err = s.Create()
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	_, err = s.Size()
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
}
