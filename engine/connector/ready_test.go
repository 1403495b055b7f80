package connector_test

import (
	"io/fs"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine/connector"
)

// counted is a file system that notes what is read of it.
type counted struct {
	fs.FS
	mu    sync.Mutex
	reads map[string]int
}

func (c *counted) Open(name string) (fs.File, error) {
	c.mu.Lock()
	c.reads[name]++
	c.mu.Unlock()
	return c.FS.Open(name)
}

func TestAConnectorIsReadWhenItIsAskedFor(t *testing.T) {
	t.Parallel()
	files := &counted{FS: assets.Connectors(), reads: map[string]int{}}
	ready, err := connector.Ready(files)
	require.NoError(t, err)
	delete(files.reads, ".")
	require.Empty(t, files.reads)
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			if _, _, ok := ready.Operation("slack.send_message"); !ok {
				t.Error("it is there")
			}
		})
	}
	work.Wait()
	_, _, ok := ready.Operation("nobody.knows")
	require.False(t, ok)
	require.Equal(t, map[string]int{"slack.yaml": 1}, files.reads)

	all, err := connector.Load(assets.Connectors())
	require.NoError(t, err)
	require.Equal(t, all.Connectors(), ready.Connectors())
	require.Equal(t, 1, files.reads["slack.yaml"])
}

func TestOwnConnectorsOverThoseThatAreReady(t *testing.T) {
	t.Parallel()
	slack, err := fs.ReadFile(assets.Connectors(), "slack.yaml")
	require.NoError(t, err)
	ready, err := connector.Ready(fstest.MapFS{"slack.yaml": {Data: slack}, "broken.yaml": {Data: []byte("connector: 1")}, "notes.txt": {Data: []byte("x")}})
	require.NoError(t, err)
	own := fstest.MapFS{
		"slack.yaml": {Data: append([]byte("# mine\n"), slack...)},
		"shop.yaml":  {Data: []byte("connector: 1")},
	}
	c, err := ready.With(own)
	require.NoError(t, err)
	require.NotEmpty(t, c.Problems(), "what is wrong with own files is told")
	require.Empty(t, ready.Problems())
	mine, ok := c.Connector("slack")
	require.True(t, ok)
	theirs, ok := ready.Connector("slack")
	require.True(t, ok)
	require.Equal(t, theirs.Title, mine.Title)
	require.Len(t, c.Connectors(), 1, "what is wrong is not there")
	_, ok = c.Connector("broken")
	require.False(t, ok)
}
