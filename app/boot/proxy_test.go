package boot_test

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
)

// throughProxy is a recipe that asks an app to which only the proxy leads.
const throughProxy = `
recipe: 1
name: Through the proxy
trigger: {use: webhook.received}
steps:
  - {id: away, use: http.request, with: {method: POST, url: "http://api.example/x", json: {}}, retry: {times: 0}}
`

// aProxy lets everybody through, and notes who they said they are.
type aProxy struct {
	*httptest.Server
	mu   sync.Mutex
	said []string
}

func newProxy(t *testing.T) *aProxy {
	p := &aProxy{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		basic, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(r.Header.Get("Proxy-Authorization"), "Basic "))
		p.said = append(p.said, string(basic))
		_, _ = io.WriteString(w, `{"ok":true}`)
	}))
	t.Cleanup(p.Close)
	return p
}

// heard returns what was said since it was asked the last time.
func (p *aProxy) heard() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.said
	p.said = nil
	return said
}

// as is the proxy's address with a name, and maybe a password.
func (p *aProxy) as(user *url.Userinfo) string {
	u, _ := url.Parse(p.URL)
	u.User = user
	return u.String()
}

func chooseProxy(t *testing.T, s *boot.System, address string) engine.Settings {
	t.Helper()
	require.NoError(t, s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Proxy = address }))
	return settingsOf(t, s)
}

func settingsOf(t *testing.T, s *boot.System) engine.Settings {
	t.Helper()
	chosen, err := s.Settings(t.Context())
	require.NoError(t, err)
	return chosen
}

// requireNowhere looks for a text in all files of a data folder.
func requireNowhere(t *testing.T, dir, text string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found := strings.Contains(string(content), text) // a whole database is not to be printed
		require.False(t, found, path)
		return err
	}))
}

// TestThePasswordOfAProxyIsASecret: it is used, and kept where secrets are, for this proxy only.
func TestThePasswordOfAProxyIsASecret(t *testing.T) {
	p, dir := newProxy(t), t.TempDir()
	s := open(t, dir)
	_, address := start(t, s, []byte(throughProxy))
	goesOut := func(want string) {
		t.Helper()
		require.Equal(t, 200, post(t, address, `{}`))
		waitFor(t, func() bool {
			counts, err := s.StateCounts(t.Context())
			require.NoError(t, err)
			return counts[engine.Queued]+counts[engine.Running] == 0
		})
		require.Equal(t, []string{want}, p.heard())
	}
	chosen := chooseProxy(t, s, p.as(url.UserPassword("ann", "pr0xyp@ss")))
	require.Equal(t, p.as(url.User("ann")), chosen.Proxy)
	require.NotEmpty(t, chosen.ProxyPassword)
	goesOut("ann:pr0xyp@ss")
	requireNowhere(t, dir, "pr0xyp@ss")
	requireNowhere(t, dir, "pr0xyp%40ss")

	// What has nothing to do with it changes nothing; neither does the same address once more.
	require.NoError(t, s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Theme = engine.ThemeDark }))
	require.Equal(t, chosen.ProxyPassword, chooseProxy(t, s, chosen.Proxy).ProxyPassword)
	goesOut("ann:pr0xyp@ss")

	// Another process gives another password; the engine takes it up.
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	require.NoError(t, d.SetProxyPassword(t.Context(), "an0ther"))
	require.NoError(t, d.Close())
	goesOut("ann:an0ther")

	// Another proxy, or another user, does not get it.
	chosen = chooseProxy(t, s, p.as(url.User("bob")))
	require.Empty(t, chosen.ProxyPassword)
	goesOut("bob:")
	chosen = chooseProxy(t, s, p.as(url.User("ann")))
	require.Empty(t, chosen.ProxyPassword, "it was forgotten")
	goesOut("ann:")

	chooseProxy(t, s, p.URL)
	require.Equal(t, engine.Invalid, engine.ErrorCode(s.SetProxyPassword(t.Context(), "nobody's")))
	require.NoError(t, s.SetProxyPassword(t.Context(), ""), "nothing to forget")
	goesOut("")
}

// TestAProxyWhosePasswordIsLocked: the engine starts, runs say why they do not get through, and nothing goes out
// past the proxy. A keyring that is locked later does no harm.
func TestAProxyWhosePasswordIsLocked(t *testing.T) {
	p, dir := newProxy(t), t.TempDir()
	s := open(t, dir)
	chooseProxy(t, s, p.as(url.UserPassword("ann", "pr0xypass")))
	_, address := start(t, s, []byte(throughProxy))
	key, hidden := filepath.Join(dir, "secrets.key"), filepath.Join(dir, "hidden")
	require.Equal(t, 200, post(t, address, `{}`))
	newest(t, s, engine.Succeeded)
	require.NoError(t, os.Rename(key, hidden))
	require.NoError(t, s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Theme = engine.ThemeDark }))
	require.Equal(t, 200, post(t, address, `{}`))
	newest(t, s, engine.Succeeded)
	require.Equal(t, []string{"ann:pr0xypass", "ann:pr0xypass"}, p.heard(), "it is known by then")
	require.NoError(t, s.Close())

	s = open(t, dir)
	address = strings.Replace(address, address[:strings.Index(address, "/hook")], s.URL, 1)
	require.Equal(t, 200, post(t, address, `{}`))
	run := newest(t, s, engine.Failed)
	require.Contains(t, run.Failure.Message, "The password for the proxy cannot be read, so nothing goes out through it.")
	require.Empty(t, p.heard())
	err := s.SetProxyPassword(t.Context(), "an0ther")
	require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
	require.NoError(t, os.Rename(hidden, key))
	require.NoError(t, s.SetProxyPassword(t.Context(), "an0ther"))
	require.Equal(t, 200, post(t, address, `{}`))
	newest(t, s, engine.Succeeded)
	require.Equal(t, []string{"ann:an0ther"}, p.heard())
}

// TestAPasswordAmongTheSettingsIsMoved, as an earlier Bellhop kept it: once, and out of the file, also what settings
// were before. Until the keyring can be used it goes on to be used from there.
func TestAPasswordAmongTheSettingsIsMoved(t *testing.T) {
	p, dir := newProxy(t), t.TempDir()
	s := open(t, dir)
	_, address := start(t, s, []byte(throughProxy))
	require.NoError(t, s.Close())
	d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
	require.NoError(t, err)
	for _, settings := range []engine.Settings{
		{Proxy: p.as(url.UserPassword("ann", "f0rmer")), Language: strings.Repeat("long", 500)},
		{Proxy: p.as(url.UserPassword("ann", "pr0xypass"))},
		{Proxy: p.as(url.UserPassword("ann", "pr0xypass")), Language: "de"},
	} {
		require.NoError(t, d.Store.Update(t.Context(), func(tx engine.Tx) error {
			require.NoError(t, tx.SetSetting("settings_clean", ""))
			return engine.WriteSettings(tx, settings)
		}))
	}
	_, err = d.BackUp(t.Context(), "")
	require.NoError(t, err)
	require.NoError(t, d.Close())
	kept, err := os.ReadFile(filepath.Join(dir, boot.DatabaseFile))
	require.NoError(t, err)
	require.True(t, strings.Contains(string(kept), "pr0xypass") && strings.Contains(string(kept), "f0rmer"), "else this shows nothing")

	locked := filepath.Join(dir, "secrets.key")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "secrets.age"), []byte("of which the key is gone"), 0o600))
	s = open(t, dir)
	address = strings.Replace(address, address[:strings.Index(address, "/hook")], s.URL, 1)
	require.Equal(t, 200, post(t, address, `{}`))
	newest(t, s, engine.Succeeded)
	require.Equal(t, []string{"ann:pr0xypass"}, p.heard())
	require.NoError(t, s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Theme = engine.ThemeDark }), "others can be changed")
	require.Equal(t, p.as(url.UserPassword("ann", "pr0xypass")), settingsOf(t, s).Proxy)
	require.NoError(t, s.Close())
	require.NoFileExists(t, locked)
	require.NoError(t, os.Remove(filepath.Join(dir, "secrets.age")))

	s = open(t, dir)
	waitFor(t, func() bool {
		clean, err := s.Store.Setting(t.Context(), "settings_clean")
		require.NoError(t, err)
		return clean != ""
	})
	chosen := settingsOf(t, s)
	require.Equal(t, engine.Settings{Proxy: p.as(url.User("ann")), ProxyPassword: chosen.ProxyPassword, Language: "de", Theme: engine.ThemeDark}, chosen)
	for _, password := range []string{"pr0xypass", "f0rmer"} {
		requireNowhere(t, dir, password)
	}
	require.Equal(t, 200, post(t, strings.Replace(address, address[:strings.Index(address, "/hook")], s.URL, 1), `{}`))
	newest(t, s, engine.Succeeded)
	require.Equal(t, []string{"ann:pr0xypass"}, p.heard())
}

// TestABundleCarriesThePasswordOfAProxyOnlyWithSecrets: without them it is to be entered again, and says so.
func TestABundleCarriesThePasswordOfAProxyOnlyWithSecrets(t *testing.T) {
	p := newProxy(t)
	s := open(t, t.TempDir())
	_, _ = start(t, s, []byte(throughProxy))
	chooseProxy(t, s, p.as(url.UserPassword("ann", "pr0xypass")))
	for name, o := range map[string]boot.BundleOptions{"with secrets": {Secrets: true, Passphrase: "four words are enough", History: true}, "without": {}} {
		t.Run(name, func(t *testing.T) {
			path, dir := filepath.Join(t.TempDir(), "all.bellhop"), t.TempDir()
			_, err := s.Bundle(t.Context(), path, o)
			require.NoError(t, err)
			content, err := os.ReadFile(path)
			require.NoError(t, err)
			found := strings.Contains(string(content), "pr0xypass")
			require.False(t, found)
			_, _, err = boot.Restore(t.Context(), boot.Config{Dir: dir, Secrets: "file"}, path, boot.RestoreOptions{Passphrase: o.Passphrase})
			require.NoError(t, err)
			other := open(t, dir)
			require.Equal(t, p.as(url.User("ann")), settingsOf(t, other).Proxy)
			recipes, err := other.Recipes(t.Context())
			require.NoError(t, err)
			addresses, err := other.Addresses(t.Context(), recipes[0].Recipe)
			require.NoError(t, err)
			require.Equal(t, 200, post(t, addresses[0], `{}`))
			newest(t, other, engine.Succeeded)
			if o.Secrets {
				require.Equal(t, []string{"ann:pr0xypass"}, p.heard())
				return
			}
			require.Empty(t, settingsOf(t, other).ProxyPassword, "it does not say that one is kept")
			require.Equal(t, []string{"ann:"}, p.heard())
		})
	}
}
