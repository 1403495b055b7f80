package catchup_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/practice"
)

// at lets a recipe's deliveries arrive at an address.
func (b *bench) at(address string) func(context.Context, engine.Recipe) string {
	return func(_ context.Context, r engine.Recipe) string {
		if address == "" {
			return ""
		}
		return address + "/hooks/" + r.Token
	}
}

func TestSubscriptions(t *testing.T) {
	const local, public = "http://127.0.0.1:8420", "https://bell.example"
	sub := func(base string) practice.Subscription {
		return practice.Subscription{Topic: practice.TopicCreated, Address: base + "/hooks/abc"}
	}
	other := practice.Subscription{Topic: practice.TopicPaid, Address: public + "/hooks/abc"}
	tests := []struct {
		name    string
		address string
		real    bool // it is no pretend shop
		before  []practice.Subscription
		after   []practice.Subscription // once the computer is awake again, and those of before were deleted
		trouble string
	}{
		{"a pretend shop is told of this computer", local, false, nil, []practice.Subscription{sub(local)}, ""},
		{"and again", local, false, []practice.Subscription{sub(local)}, []practice.Subscription{sub(local)}, ""},
		{"a real shop is not", local, true, nil, nil, ""},
		{"but it is noticed that it has deleted it", local, true, []practice.Subscription{sub("https://my.example")}, nil, "does not deliver to this recipe any more"},
		{"a real shop is told what is known outside", public, true, []practice.Subscription{other}, []practice.Subscription{sub(public)}, ""},
		{"and again", public, true, []practice.Subscription{sub(public)}, []practice.Subscription{sub(public)}, ""},
		{"an address that is not known any more is replaced", public, true, []practice.Subscription{sub("https://old.example")}, []practice.Subscription{sub(public)}, ""},
		{"nothing is known", "", false, nil, nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				if test.real {
					b.account.Practice, b.account.BaseURL, b.account.Fields["shop"] = false, "", "my-shop"
					b.store.connections[0] = b.account.Connection
				}
				for _, one := range test.before {
					require.NoError(t, b.shop.Subscribe(one.Topic, one.Address))
				}
				b.address = b.at(test.address)
				b.start()
				pass(time.Minute)
				require.Nil(t, b.trouble())
				for _, one := range test.before {
					b.shop.Unsubscribe(one.Topic, one.Address)
				}
				b.place(1)
				b.night(8 * time.Hour)
				pass(11 * time.Second)
				require.ElementsMatch(t, test.after, b.shop.Subscriptions())
				require.Equal(t, 1, b.runs(), "whatever is with the subscription, what was missed is fetched")
				if test.trouble == "" {
					require.Nil(t, b.trouble())
					b.stop()
					return
				}
				require.Contains(t, b.trouble().Message, test.trouble)
				require.NoError(t, b.shop.Subscribe(test.before[0].Topic, test.before[0].Address)) // somebody adds it again
				require.NoError(t, b.Ask(t.Context(), recipe))
				require.Nil(t, b.trouble())
				b.stop()
			})
		})
	}
}

// TestASubscriptionThatCannotBeMade is told, and does not keep what was missed from being fetched.
func TestASubscriptionThatCannotBeMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.address = b.at("ftp://bell.example")
		b.start()
		time.Sleep(time.Minute)
		b.place(1)
		require.Equal(t, engine.Refused, engine.ErrorCode(b.Ask(t.Context(), recipe)))
		require.Equal(t, 1, b.runs())
		require.NotNil(t, b.trouble())
		b.stop()
	})
}
