package boot_test

import (
	"archive/zip"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// TestADiagnosisHoldsNoSecret: secrets and personal data are planted wherever they could lie, and looked for.
func TestADiagnosisHoldsNoSecret(t *testing.T) {
	dir := t.TempDir()
	a := newOutsideApp(t)
	s := open(t, dir)
	const secret, shop, order = `sk_live_"51&H8x`, "anns-flowers.example", "ann.miller@mail.example"
	require.NoError(t, s.SaveConnection(t.Context(), &engine.Connection{Name: "Shop", Connector: "http", BaseURL: "https://" + shop,
		Fields: map[string]string{"scheme": "header", "header": "X-Api-Key"}}, map[string]string{"secret": secret}))
	r, address := start(t, s, passOn(a))
	require.Equal(t, 200, post(t, address, `{"text":"order of `+order+`"}`))
	newest(t, s, engine.Succeeded)
	require.NoError(t, s.ChangeSettings(t.Context(), func(chosen *engine.Settings) {
		chosen.Proxy, chosen.Way, chosen.Address = "http://ann:pr0xypass@proxy.example:3128", engine.WayAddress, "https://anns-hooks.example.org"
	}))
	token := "rnd9x8c7v6b5n4m3a2s1"
	for _, name := range []string{"bellhop.log", "bellhop-2026-11-20T10-00-00.000.log"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(strings.Join([]string{
			"level=INFO plain " + secret, "quoted=" + strconv.Quote(secret), "GET /x?key=" + url.QueryEscape(secret), "to " + address,
			"from " + order, "at " + shop, "new " + token,
			"called https://anns-hooks.example.org/x through proxy.example:3128 with pr0xypass", "level=INFO what helps",
		}, "\n")), 0o600))
	}
	path := filepath.Join(t.TempDir(), "help.zip")
	require.NoError(t, s.Diagnose(t.Context(), path, boot.DiagnosisOptions{Doctor: "✓ fine " + secret, Recipes: true}))
	all := unzipped(t, path)
	for name, content := range all {
		for _, planted := range []string{secret, strconv.Quote(secret), url.QueryEscape(secret), "51&H8x", "51%26H8x", r.Token, order, "ann.miller", shop, token, "pr0xypass", "proxy.example", "anns-hooks", "order of"} {
			require.NotContains(t, name+content, planted, name)
		}
	}
	for _, name := range []string{"about.json", "doctor.txt", "settings.json", "numbers.json", "logs/bellhop.log", "logs/bellhop-2026-11-20T10-00-00.000.log", "recipes/Pass it on.yaml"} {
		require.Contains(t, all, name)
	}
	require.Contains(t, all["logs/bellhop.log"], "level=INFO what helps")
	require.Contains(t, all["numbers.json"], `"succeeded": 1`)
	require.Equal(t, engine.Conflict, engine.ErrorCode(s.Diagnose(t.Context(), path, boot.DiagnosisOptions{})))

	// Secrets that cannot be read cannot be taken out of the logs, so those are left out.
	require.NoError(t, os.Remove(filepath.Join(dir, "secrets.key")))
	locked := filepath.Join(t.TempDir(), "locked.zip")
	require.NoError(t, s.Diagnose(t.Context(), locked, boot.DiagnosisOptions{}))
	all = unzipped(t, locked)
	require.Contains(t, all, "no-logs.txt")
	require.NotContains(t, all, "logs/bellhop.log")
}

// unzipped returns what is in a zip file, by name.
func unzipped(t *testing.T, path string) map[string]string {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, z.Close()) }()
	all := map[string]string{}
	for _, f := range z.File {
		in, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(in)
		require.NoError(t, err)
		all[f.Name] = string(content)
	}
	return all
}
