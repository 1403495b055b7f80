package boot_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
)

// A signature that covers the address is made of the one that the recipe shows, which is the public one as soon
// as there is one, and goes on to hold for what was told before.
func TestWhatIsSignedWithTheAddressThatWasTold(t *testing.T) {
	s := open(t, t.TempDir())
	c := engine.Connection{Name: "Till", Connector: "webhook", Fields: map[string]string{"scheme": "square"}}
	require.NoError(t, s.SaveConnection(t.Context(), &c, map[string]string{"secret": "hush"}))
	r, _, err := s.Import(t.Context(), "till.yaml", []byte("recipe: 1\nname: Till\ntrigger: {use: webhook.received, connection: Till}\nsteps:\n  - {id: halt, use: logic.stop}\n"))
	require.NoError(t, err)
	require.NoError(t, s.Switch(t.Context(), r.ID, true))
	shown, err := s.Addresses(t.Context(), r)
	require.NoError(t, err)
	local := shown[0]
	send := func(signedFor string) int {
		body := `{"type":"payment.updated"}`
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, local, strings.NewReader(body))
		require.NoError(t, err)
		require.NoError(t, signature.Sign(engine.SignatureSpec{Scheme: "square", Secret: "hush"}, req.Header, []byte(body), signedFor))
		res, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res.StatusCode
	}
	require.Equal(t, http.StatusOK, send(local))
	public := func(base string) string {
		require.NoError(t, s.ChangeSettings(t.Context(), func(to *engine.Settings) { to.Way, to.Address = engine.WayAddress, base }))
		shown, err := s.Addresses(t.Context(), r)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(shown[0], base), shown)
		return shown[0]
	}
	first := public("https://hooks.example.com")
	require.Equal(t, http.StatusOK, send(first))
	require.Equal(t, http.StatusUnauthorized, send(strings.Replace(first, "hooks.", "evil.", 1)))
	second := public("https://till.example.com")
	require.Equal(t, http.StatusOK, send(second))
	require.Equal(t, http.StatusOK, send(first), "the sender may not know yet")
}
