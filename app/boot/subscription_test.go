package boot_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/catchup"
	"bellhop/engine/practice"
)

// TestAShopIsToldToDeliverNoMore by the real engine and the real client, whatever ends the need for it.
func TestAShopIsToldToDeliverNoMore(t *testing.T) {
	elses := practice.Subscription{Topic: practice.TopicCreated, Address: "https://else.example/orders"}
	for name, end := range map[string]func(t *testing.T, s *boot.System, r engine.Recipe, dir string){
		"the recipe is deleted": func(t *testing.T, s *boot.System, r engine.Recipe, _ string) {
			require.NoError(t, s.Switch(t.Context(), r.ID, false))
			require.NoError(t, s.DeleteRecipe(t.Context(), r.ID))
		},
		"the connection is deleted": func(t *testing.T, s *boot.System, r engine.Recipe, _ string) {
			require.NoError(t, s.Switch(t.Context(), r.ID, false))
			c, err := s.FindConnection(t.Context(), "My shop")
			require.NoError(t, err)
			require.NoError(t, s.DeleteConnection(t.Context(), c))
		},
		"the connection is deleted while Bellhop does not run": func(t *testing.T, s *boot.System, r engine.Recipe, dir string) {
			require.NoError(t, s.Switch(t.Context(), r.ID, false))
			require.NoError(t, s.Close())
			d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
			require.NoError(t, err)
			defer func() { require.NoError(t, d.Close()) }()
			c, err := d.FindConnection(t.Context(), "My shop")
			require.NoError(t, err)
			require.NoError(t, d.DeleteConnection(t.Context(), c))
			made, err := d.Subscriptions(t.Context())
			require.NoError(t, err)
			require.Empty(t, made)
		},
		"the recipe is deleted while Bellhop does not run": func(t *testing.T, s *boot.System, r engine.Recipe, dir string) {
			require.NoError(t, s.Close())
			d, err := boot.OpenData(t.Context(), boot.Config{Dir: dir, Secrets: "file"})
			require.NoError(t, err)
			require.NoError(t, d.Switch(t.Context(), r.ID, false))
			require.NoError(t, d.DeleteRecipe(t.Context(), r.ID))
			require.NoError(t, d.Close())
			open(t, dir)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			shop := realShop(t, s)
			require.NoError(t, shop.Subscribe(elses.Topic, elses.Address))
			r, address := start(t, s, []byte(orders))
			waitFor(t, func() bool {
				made, err := s.Subscriptions(t.Context())
				require.NoError(t, err)
				return len(made) == 1 && made[0].ID != ""
			})
			require.Contains(t, shop.Subscriptions(), practice.Subscription{Topic: practice.TopicCreated, Address: address})
			end(t, s, r, dir)
			waitFor(t, func() bool { return len(shop.Subscriptions()) == 1 })
			require.Equal(t, []practice.Subscription{elses}, shop.Subscriptions())
		})
	}
}

// TestAConnectionToAnotherShop: the shop of before is told to deliver no more, while its secrets are there.
func TestAConnectionToAnotherShop(t *testing.T) {
	s := open(t, t.TempDir())
	before := realShop(t, s)
	start(t, s, []byte(orders))
	made := func() []catchup.Made {
		all, err := s.Subscriptions(t.Context())
		require.NoError(t, err)
		return all
	}
	waitFor(t, func() bool { return len(made()) == 1 && made()[0].ID != "" })
	first := made()[0]

	now := practice.New(practice.Params{})
	require.NoError(t, now.Start("127.0.0.1:0", "127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, now.Close()) })
	account := now.ShopAccount()
	c, err := s.FindConnection(t.Context(), "My shop")
	require.NoError(t, err)
	c.BaseURL, c.Fields = now.ShopURL(), map[string]string{"shop": account["shop"], "client_id": account["client_id"]}
	require.NoError(t, s.SaveConnection(t.Context(), &c, map[string]string{"client_secret": account["client_secret"]}))
	require.Empty(t, before.Subscriptions())
	waitFor(t, func() bool { return len(made()) == 1 && made()[0].ID != "" && made()[0].Account != first.Account })
	require.Len(t, now.Shop.Subscriptions(), 1)
}

// TestAShopIsToldTheNewAddress, of a computer that has another after a restart, and not the old one any more.
func TestAShopIsToldTheNewAddress(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	shop := realShop(t, s)
	_, first := start(t, s, []byte(orders))
	waitFor(t, func() bool { return len(shop.Subscriptions()) == 1 })
	require.NoError(t, s.Close())
	open(t, dir)
	waitFor(t, func() bool {
		all := shop.Subscriptions()
		return len(all) == 1 && all[0].Address != first
	})
}
