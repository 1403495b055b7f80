package editor_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
)

const anyWebhook = `{"recipe": 1, "name": "New recipe", "trigger": {"use": "webhook.received"}, "steps": []}`

// asking makes the app of bigOrders one that can be asked what was missed, and be told where to deliver.
func asking(k *kitchen) {
	trigger := &k.catalog.(shelf)[1].Triggers[0]
	trigger.CatchUp, trigger.Webhook.Subscription = &engine.CatchUpSpec{}, &engine.SubscriptionSpec{}
}

func TestTheAddressSaysWhetherTheInternetReachesIt(t *testing.T) {
	at := time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)
	none := engine.Reach{}
	works := engine.Reach{Way: engine.WayNgrok, URL: "https://shop.example", Link: engine.Link{State: engine.LinkUp}, Worked: at, Checked: at}
	broken := works
	broken.Problem = "Nothing answers."
	never := engine.Reach{Way: engine.WayNgrok, Link: engine.Link{State: engine.LinkConnecting, Problem: "No internet."}, Problem: "No internet."}
	const hourly = "asks Shopify every hour what is new"
	for _, test := range []struct {
		name, draft string
		change      func(k *kitchen)
		reach       engine.Reach
		says        string
		not         []string
		deed        string
	}{
		{name: "no way in", draft: anyWebhook, reach: none, says: "Apps on the internet cannot send here yet.", not: []string{"every hour"}, deed: "Make it reachable"},
		{name: "no way in, asks", draft: bigOrders, change: asking, reach: none, says: hourly, deed: "Make it reachable"},
		{name: "works", draft: anyWebhook, reach: works, says: "make a new one and paste this address", not: []string{"Make it reachable", "See why"}},
		{name: "works, Bellhop tells", draft: bigOrders, change: asking, reach: works, says: "Bellhop tells Shopify this address by itself", not: []string{"every hour", "paste this address"}},
		{name: "works, Bellhop tells and removes", draft: bigOrders, change: func(k *kitchen) {
			asking(k)
			k.catalog.(shelf)[1].Triggers[0].Webhook.Subscription.Unsubscribe = &engine.RequestSpec{}
		}, reach: works, says: "removes it there when the recipe is off for hours or deleted", not: []string{"paste this address"}},
		{name: "broken", draft: anyWebhook, reach: broken, says: "does not arrive now. Most apps send again", deed: "See why"},
		{name: "broken, asks", draft: bigOrders, change: asking, reach: broken, says: hourly, deed: "See why"},
		{name: "never came up", draft: bigOrders, change: asking, reach: never, says: "It works on this computer only", not: []string{"by itself"}, deed: "See why"},
		{name: "practice", draft: bigOrders, change: func(k *kitchen) {
			asking(k)
			practice := accounts[0]
			practice.Practice = true
			k.accounts = []engine.Connection{practice, accounts[1]}
		}, reach: none, says: "The practice account knows it already.", not: []string{"Make it reachable", "every hour", "paste"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			k := open(t, test.draft, func(k *kitchen) {
				if test.change != nil {
					test.change(k)
				}
				k.reach = func() engine.Reach { return test.reach }
			})
			require.Contains(t, k.words(), test.says)
			for _, not := range test.not {
				require.NotContains(t, k.words(), not)
			}
			if test.deed != "" {
				k.tap(test.deed)
				require.Equal(t, 1, k.reaching)
			}
		})
	}
}

func TestTheAddressBecomesPublicWhileOneLooks(t *testing.T) {
	reach := engine.Reach{}
	k := open(t, anyWebhook, func(k *kitchen) { k.reach = func() engine.Reach { return reach } })
	require.Contains(t, k.words(), "cannot send here yet")
	reach = engine.Reach{Way: engine.WayAddress, URL: "https://shop.example", Link: engine.Link{State: engine.LinkUp}, Worked: k.now}
	k.page.Apply([]engine.Change{{Kind: engine.ReachChanged}})
	k.loop.Turn()
	require.NotContains(t, k.words(), "cannot send here yet")
	require.NotContains(t, uitest.Words(k.page.Content()), "Make it reachable")
}
