package boot_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/store/body"
)

// TestALargeBodyRunsAndGoesWithItsEvent: a delivery of 3 MB is a file while its event is there, and what its
// recipe reads of it is what arrived.
func TestALargeBodyRunsAndGoesWithItsEvent(t *testing.T) {
	ctx := t.Context()
	dir := t.TempDir()
	s, err := boot.Open(ctx, boot.Config{Dir: dir, Listen: "127.0.0.1:0", Secrets: "file"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	r, _, err := s.Import(ctx, "large.yaml", []byte(`
recipe: 1
name: Large
trigger: {use: webhook.received, max_bytes: 8388608, answer: {when: result}}
steps:
  - {id: say, use: logic.respond, with: {body: "{{trigger.name}} sent {{trigger.items[2].title}}"}}
`))
	require.NoError(t, err)
	require.NoError(t, s.Switch(ctx, r.ID, true))
	addresses, err := s.Addresses(ctx, r)
	require.NoError(t, err)
	large := `{"items":[{"title":"Shirt"},1,{"title":"Hat"}` + strings.Repeat(`,{"title":"Sock"}`, 3<<20/17) + `],"name":"Ana"}`
	res, err := http.Post(addresses[0], "application/json", strings.NewReader(large))
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	answer := make([]byte, 100)
	n, _ := res.Body.Read(answer)
	require.Equal(t, "Ana sent Hat", string(answer[:n]))

	files, err := os.ReadDir(filepath.Join(dir, body.Folder))
	require.NoError(t, err)
	require.Len(t, files, 1)
	used, err := s.Store.BodyFiles(ctx)
	require.NoError(t, err)
	require.Equal(t, map[string]bool{files[0].Name(): true}, used)
	runs, err := s.Runs(ctx, engine.RunFilter{})
	require.NoError(t, err)
	detail, err := s.Run(ctx, runs[0].ID)
	require.NoError(t, err)
	require.Equal(t, "Ana", detail.Data.(map[string]any)["name"], "it is shown")

	require.NoError(t, s.Switch(ctx, r.ID, false))
	require.NoError(t, s.DeleteRecipe(ctx, r.ID))
	used, err = s.Store.BodyFiles(ctx)
	require.NoError(t, err)
	require.Empty(t, used, "so the next sweep removes the file")
}
