package mapping

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDataStayInTheirPlaceWithinAnAddress(t *testing.T) {
	for _, c := range []struct{ name, written, value, want, refused string }{
		{"a segment", "https://a.example/orders/{{v}}", "5", "https://a.example/orders/5", ""},
		{"a segment is one whatever it holds", "https://a.example/orders/{{v}}/notes", "a/b?c#d e%2e", "https://a.example/orders/a%2Fb%3Fc%23d%20e%252e/notes", ""},
		{"a value of the query", "https://a.example/?q={{v}}&n=1", "a b&n=2#x", "https://a.example/?q=a+b%26n%3D2%23x&n=1", ""},
		{"up", "https://a.example/orders/{{v}}/notes", "..", "", "another address"},
		{"up, from within", "https://a.example/orders/{{v}}", "5/../../admin", "", "another address"},
		{"up, the other way round", "https://a.example/orders/{{v}}", `..\admin`, "", "another address"},
		{"half of up", "https://a.example/orders/.{{v}}", ".", "", "another address"},
		{"up, as a person wrote it", "https://a.example/orders/../{{v}}", "x", "https://a.example/orders/../x", ""},
		{"dots in a name", "https://a.example/{{v}}.json", "a..b", "https://a.example/a..b.json", ""},
		{"the host", "https://{{v}}/orders", "evil.example", "", "which host"},
		{"part of the host", "https://{{v}}.a.example/orders", "evil.example/?", "", "which host"},
		{"behind the host", "https://a.example{{v}}", ".evil.example", "", "which host"},
		{"a user name", "https://a.example{{v}}", "@evil.example", "", "which host"},
		{"the port", "https://a.example:80{{v}}", "80/", "", "which host"},
		{"the rest of the address", "https://a.example{{v}}", "/orders?page=2", "https://a.example/orders?page=2", ""},
		{"the whole address", "{{v}}", "https://b.example/x y", "https://b.example/x y", ""},
		{"the beginning of it", "{{v}}/orders", "https://b.example", "https://b.example/orders", ""},
		{"the beginning, and more of the host", "{{v}}.a.example/", "https://evil", "", "which host"},
		{"the scheme", "{{v}}://a.example/", "https", "", "which host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, err := Compile(map[string]any{"url": c.written, "text": "{{v}}"})
			require.NoError(t, err)
			got, err := v.Addresses("url").Eval(map[string]any{"v": c.value}, Env{})
			if c.refused != "" {
				require.ErrorContains(t, err, c.refused)
				return
			}
			require.NoError(t, err)
			require.Equal(t, map[string]any{"url": c.want, "text": c.value}, got, "only the address is encoded")
		})
	}
}

func TestAHostThatIsLeftOpenIsToldBefore(t *testing.T) {
	for written, want := range map[string]bool{
		"https://a.example/{{v}}": false, "https://a.example{{v}}": false, "{{v}}": false, "{{v}}/x": false, "https://a.example/?q={{v}}": false,
		"https://{{v}}": true, "https://{{v}}.a.example/": true, "https://a.{{v}}": true, "https://a{{v}}:80/": true,
	} {
		parsed, err := Parse(written)
		require.NoError(t, err)
		require.Equal(t, want, parsed.OpenHost(), written)
	}
}
