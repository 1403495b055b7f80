package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestThePasswordIsNotInTheAddressOfAProxy(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]struct{ address, password, user string }{
		"":                                       {},
		"http://proxy.example:3128":              {"http://proxy.example:3128", "", ""},
		"http://ann@proxy.example:3128":          {"http://ann@proxy.example:3128", "", "ann"},
		"http://ann:@proxy.example:3128":         {"http://ann@proxy.example:3128", "", "ann"},
		"http://ann:pw@proxy.example:3128":       {"http://ann@proxy.example:3128", "pw", "ann"},
		"socks5://a%40b:p%2Fw%3A@127.0.0.1:1080": {"socks5://a%40b@127.0.0.1:1080", "p/w:", "a@b"},
		"http://ann:p@w@proxy.example:3128":      {"http://ann@proxy.example:3128", "p@w", "ann"},
		"nonsense":                               {"nonsense", "", ""},
	} {
		address, password := engine.SplitProxy(typed)
		require.Equal(t, want.address, address, typed)
		require.Equal(t, want.password, password, typed)
		require.Equal(t, want.user, engine.ProxyUser(address), typed)
		again, same := engine.SplitProxy(engine.JoinProxy(address, password))
		require.Equal(t, want.address, again, typed)
		require.Equal(t, want.password, same, typed)
	}
}

// What is refused may be a password that was written with signs that end the host: the sentence does not repeat it.
func TestAnAddressOfAProxyThatMakesNoSenseIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, wrong := range []string{
		"http://ann:pr#xypass@proxy.example:3128", "http://ann:12/pr?xypass@proxy.example:3128", "http://ann:12#pr@proxy.example",
		"ann:prxypass@proxy.example", "http://ann:pr%zzxypass@proxy.example", "ftp://ann:prxypass@proxy.example",
		"http://proxy.example:0", "http://proxy.example:70000", "http://:3128",
	} {
		err := engine.Settings{Proxy: wrong}.Check()
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), wrong)
		require.NotContains(t, err.Error(), "xypass")
		require.NotContains(t, err.Error(), "#pr")
	}
	for _, right := range []string{"http://proxy.example:3128/", "https://proxy.example", "socks5://[::1]:1080", "http://ann@proxy.example:3128"} {
		require.NoError(t, engine.Settings{Proxy: right}.Check(), right)
	}
}
