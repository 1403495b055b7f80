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
	} {
		require.Equal(t, nearby, engine.Reach{URL: address}.Nearby(), address)
	}
}
