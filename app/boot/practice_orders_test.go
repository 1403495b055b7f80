package boot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine/practice"
)

func TestThePretendShopGoesOnCounting(t *testing.T) {
	dir, names := t.TempDir(), []string{}
	for range 2 {
		s, err := boot.Open(t.Context(), boot.Config{Dir: dir, Listen: "127.0.0.1:0", Secrets: "file", Practice: true})
		require.NoError(t, err)
		for range 2 {
			o, err := s.Practice.Shop.Place(practice.NewOrder{})
			require.NoError(t, err)
			names = append(names, o.Name)
		}
		require.NoError(t, s.Close())
	}
	require.Equal(t, []string{"#1001", "#1002", "#1003", "#1004"}, names)
}
