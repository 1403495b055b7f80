package request_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/request"
)

func connection(shop string) map[string]any {
	return map[string]any{"connection": map[string]any{"shop": shop}}
}

func TestWhatPeoplePasteAsTheirShop(t *testing.T) {
	t.Parallel()
	base, err := request.CompileAddress("https://{{connection.shop}}.myshopify.com")
	require.NoError(t, err)
	for _, shop := range []string{
		"my-shop", " my-shop ", "My-Shop", "my-shop.myshopify.com", "https://my-shop.myshopify.com", "https://my-shop.myshopify.com/",
		"http://my-shop.myshopify.com/admin/orders?x=1#y", "my-shop.myshopify.com/admin",
	} {
		u, err := base.URL(connection(shop), nil)
		require.NoError(t, err, shop)
		require.Equal(t, "https://my-shop.myshopify.com", u.String(), shop)
	}
	for _, shop := range []string{
		"", " ", "www.my-shop.com", "https://", "evil.com#", "evil.com?", "a@evil.com", "a b", "my_shop\n", `evil\.com`, "evil:80", "[::1]", "-", "ümlaut", "a%2eb",
	} {
		_, err := base.URL(connection(shop), nil)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%q", shop)
	}
	_, err = base.URL(nil, map[string]any{"connection": map[string]any{"shop": "my-shop"}})
	require.Error(t, err, "a host depends on the connection only")
}

func TestPathsKeepValuesInTheirPlace(t *testing.T) {
	t.Parallel()
	base, err := request.CompileAddress("https://api.example.com/v1/{{id}}/notes/{{name | default: 'a/b'}}.json")
	require.NoError(t, err)
	tests := map[string]string{
		"42":            "/v1/42/notes/x.json",
		"a/b":           "/v1/a%2Fb/notes/x.json",
		"a..b/c...":     "/v1/a..b%2Fc.../notes/x.json",
		"a?b=c#d":       "/v1/a%3Fb=c%23d/notes/x.json",
		"a b%2e":        "/v1/a%20b%252e/notes/x.json",
		"é\r\nHost: x":  "/v1/%C3%A9%0D%0AHost:%20x/notes/x.json",
		"//evil.com/":   "/v1/%2F%2Fevil.com%2F/notes/x.json",
		"{{connection}": "/v1/%7B%7Bconnection%7D/notes/x.json",
	}
	for id, want := range tests {
		u, err := base.URL(nil, map[string]any{"id": id, "name": "x"})
		require.NoError(t, err, id)
		require.Equal(t, "https://api.example.com"+want, u.String(), id)
		require.Equal(t, want, u.EscapedPath())
	}
	for _, id := range []any{"", ".", "..", "../../admin", "5/../6", `..\admin`, nil} {
		_, err := base.URL(nil, map[string]any{"id": id, "name": "x"})
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%v", id)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	tests := []struct{ base, path, want string }{
		{"https://x.example", "/a", "https://x.example/a"},
		{"https://x.example/", "a", "https://x.example/a"},
		{"https://x.example/api/", "/a/b/", "https://x.example/api/a/b/"},
		{"https://x.example/api", "", "https://x.example/api"},
		{"https://x.example/a%2Fb", "/c", "https://x.example/a%2Fb/c"},
		{"https://x.example?key=1", "/c", "https://x.example/c?key=1"},
	}
	for _, test := range tests {
		base, err := request.ParseURL(test.base)
		require.NoError(t, err)
		path, err := request.CompilePath(test.path)
		require.NoError(t, err)
		u, err := path.Join(base, nil)
		require.NoError(t, err)
		require.Equal(t, test.want, u.String())
	}
}

func TestWholeAddresses(t *testing.T) {
	t.Parallel()
	a, err := request.CompileAddress("{{url}}")
	require.NoError(t, err)
	for given, want := range map[string]string{
		"https://example.com/a?b=c#d":      "https://example.com/a?b=c",
		" http://localhost:8080/x ":        "http://localhost:8080/x",
		"https://example.com/a b/ü?q=1 2":  "https://example.com/a%20b/%C3%BC?q=1%202",
		"HTTPS://example.com":              "https://example.com",
		"https://[2001:db8::1]:8443/a%2Fb": "https://[2001:db8::1]:8443/a%2Fb",
	} {
		u, err := a.URL(nil, map[string]any{"url": given})
		require.NoError(t, err, given)
		require.Equal(t, want, u.String())
	}
	for _, given := range []string{
		"", "example.com", "file:///etc/passwd", "ftp://example.com", "https://", "https:///x", "javascript:alert(1)",
		"https://user:hunter2@example.com", "https://user@example.com", "https://exa mple.com/", "http://example.com\r\nX: y", "//example.com", "unix:/x", "https://:8080/x",
	} {
		_, err := a.URL(nil, map[string]any{"url": given})
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%q", given)
		require.NotContains(t, err.Error(), "hunter2")
	}
}

func TestConnectorFilesMayNot(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		"example.com", "ftp://example.com", "https://", "https:///x", "https://{{a}}.{{b}}", "https://me@{{a}}", "https://{{a", "https://x.example/{{", "https://x.example/a?b={{c}}",
	} {
		_, err := request.CompileAddress(bad)
		require.Error(t, err, bad)
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("my-shop", "42")
	f.Add("https://my-shop.myshopify.com/", "../x")
	f.Add("a@b#c", "\x00%zz")
	base, err := request.CompileAddress("https://{{connection.shop}}.example.com/v1/{{id}}/x")
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, shop, id string) {
		u, err := base.URL(connection(shop), map[string]any{"id": id})
		if err != nil {
			require.Equal(t, engine.Invalid, engine.ErrorCode(err))
			return
		}
		// Whatever was filled in: the host is below the literal one, the path has its three parts.
		again, err := url.Parse(u.String())
		require.NoError(t, err)
		require.True(t, strings.HasSuffix(again.Host, ".example.com"), again.Host)
		require.Nil(t, again.User)
		require.Empty(t, again.RawQuery+again.Fragment)
		parts := strings.Split(again.EscapedPath(), "/")
		require.Len(t, parts, 4)
		value, err := url.PathUnescape(parts[2])
		require.NoError(t, err)
		require.Equal(t, id, value)
	})
}
