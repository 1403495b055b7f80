package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestAnAddressNearbyIsNotOfTheInternet(t *testing.T) {
	t.Parallel()
	for address, nearby := range map[string]bool{
		"":                               false,
		"https://hooks.example.com":      false,
		"https://93.184.216.34:8443":     false,
		"https://[2606:4700::1]":         false,
		"https://localhost.example.com":  false,
		"http://localhost:8420":          true,
		"http://LOCALHOST.":              true,
		"http://shop.localhost":          true,
		"http://till.local:8420":         true,
		"http://127.0.0.1:8420":          true,
		"http://127.1.2.3":               true,
		"http://[::1]:8420":              true,
		"http://[::ffff:127.0.0.1]:8420": true,
		"http://0.0.0.0:8420":            true,
		"http://192.168.1.20:8420":       true,
		"http://10.0.0.3":                true,
		"http://172.16.0.1":              true,
		"http://169.254.1.1":             true,
		"http://[fe80::1%25eth0]":        true,
		"http://[fd00::1]":               true,
		"https://100.64.0.7":             true,
		"https://100.128.0.7":            false,
		"http://shop-pc:8420":            true,
		"http://shop.lan":                true,
		"https://nas.fritz.box":          true,
		"https://shop.home.arpa":         true,
		"https://shop.example.internal":  true,
	} {
		require.Equal(t, nearby, engine.Reach{URL: address}.Nearby(), address)
	}
}

func TestADomainIsReadHoweverItWasCopied(t *testing.T) {
	t.Parallel()
	const shop = "shop.ngrok-free.app"
	for written, want := range map[string]string{
		"": "", " \n": "", shop: shop, " https://Shop.ngrok-free.app/ ": shop, "http://shop.ngrok-free.app": shop, shop + "/hooks?a#b": shop,
		shop + ":443": shop, shop + ".": shop, "hooks.my-shop.example": "hooks.my-shop.example", "xn--bcher-kva.example": "xn--bcher-kva.example",
	} {
		got, err := engine.CheckDomain(written)
		require.NoError(t, err, written)
		require.Equal(t, want, got, written)
	}
	for _, written := range []string{
		"what is this", "shop", "192.168.1.1", "[::1]", "tcp://1.tcp.ngrok.io", shop + ":8443", "me:secret@" + shop, "https://", "-a.example", "a..example", "*.example.com", "bücher.example",
	} {
		_, err := engine.CheckDomain(written)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), written)
		require.NotContains(t, engine.ErrorMessage(err), "secret")
		err = engine.Settings{Way: engine.WayNgrok, Address: written}.Check()
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), written)
	}
}

func TestWhatCannotBeAPublicAddress(t *testing.T) {
	t.Parallel()
	for address, says := range map[string]string{
		"https://hooks.example.com": "", "http://hooks.example.com:8080/shop": "", "https://bücher.example": "", "https://[2606:4700::1]": "", "http://192.168.1.20:8420": "",
		"hooks.example.com": "https://", "ftp://hooks.example.com": "https://", "https://": "https://", "https://a..b": "https://", "https://what is this": "https://",
		"https://hooks.example.com/?": "https://", "https://hooks.example.com/#x": "https://", "http://0.0.0.0:8420": "https://", "https://a|b": "https://",
		"https://me:secret@hooks.example.com": "no name and no password", "https://hooks.example.com:0": "There is no port 0", "https://hooks.example.com:70000": "There is no port 70000",
	} {
		err := engine.Settings{Way: engine.WayAddress, Address: address}.Check()
		if says == "" {
			require.NoError(t, err, address)
			continue
		}
		require.ErrorContains(t, err, says, address)
		require.NotContains(t, err.Error(), "secret")
	}
}

// What was kept as an address of ngrok's and is none costs only the address: deliveries come in by the account's own.
func TestAnAddressThatNgrokCannotGiveIsNotKept(t *testing.T) {
	t.Parallel()
	kept := drawer{"settings": `{"theme":"dark","way":"ngrok","address":"what is this"}`}
	got, err := engine.ReadSettings(t.Context(), kept)
	require.NoError(t, err)
	require.Equal(t, engine.Settings{Theme: engine.ThemeDark, Way: engine.WayNgrok}, got)
}
