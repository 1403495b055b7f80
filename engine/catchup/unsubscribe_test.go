package catchup_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/catchup"
	"bellhop/engine/practice"
)

const (
	oldHost = "https://old.example"
	newHost = "https://new.example"
)

func created(host string) practice.Subscription {
	return practice.Subscription{Topic: practice.TopicCreated, Address: host + "/hooks/abc"}
}

// newReal is a bench with a shop on the internet, to which somebody else's subscription belongs too.
func newReal(t *testing.T) *bench {
	b := newBench(t)
	b.account.Practice, b.account.BaseURL, b.account.Fields["shop"] = false, "", "my-shop"
	b.store.connections[0] = b.account.Connection
	require.NoError(t, b.shop.Subscribe(practice.TopicCreated, elses))
	b.moveTo(oldHost)
	return b
}

// elses is where somebody else's subscription leads, which must stay whatever happens.
const elses = "https://else.example/orders"

// moveTo makes deliveries arrive at another address.
func (b *bench) moveTo(host string) { b.address = b.at(host) }

// deliversTo makes sure that the shop delivers to these hosts, and to somebody else.
func (b *bench) deliversTo(hosts ...string) {
	b.t.Helper()
	want := []practice.Subscription{{Topic: practice.TopicCreated, Address: elses}}
	for _, host := range hosts {
		want = append(want, created(host))
	}
	require.ElementsMatch(b.t, want, b.shop.Subscriptions())
}

func (b *bench) made() []catchup.Made {
	all, err := catchup.AllMade(b.t.Context(), b.store)
	require.NoError(b.t, err)
	return all
}

// restart ends the fetcher and starts another, such as with another address.
func (b *bench) restart() {
	b.stop()
	b.start()
}

func (b *bench) meets(what func(body string) (*http.Response, error)) {
	b.with(func() { b.meet = what })
}

func (b *bench) deleteRecipe() {
	b.store.mu.Lock()
	b.store.recipes = nil
	b.store.mu.Unlock()
	b.reload()
}

// leftOver is of how many was told that they cannot be removed.
func (b *bench) leftOver() (n int) {
	b.with(func() { n = b.left })
	return n
}

// changes are the mutations that were sent to the shop.
func (b *bench) changes() (names []string) {
	b.with(func() { names = slices.Clone(b.mutations) })
	return names
}

func answered(status int, body string) (*http.Response, error) {
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

// TestAnotherAddress: the new subscription comes first and is seen, then the old one goes.
func TestAnotherAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.start()
		b.deliversTo(oldHost)
		require.Len(t, b.made(), 1)
		require.True(t, strings.HasPrefix(b.made()[0].ID, "gid://shopify/WebhookSubscription/"), "the shop's own id is known")
		b.moveTo(newHost)
		b.restart()
		b.deliversTo(newHost)
		require.Equal(t, []string{"webhookSubscriptionCreate", "webhookSubscriptionCreate", "webhookSubscriptionDelete"}, b.changes())
		require.Len(t, b.made(), 1)
		require.Equal(t, newHost+"/hooks/abc", b.made()[0].Address)
		require.Nil(t, b.trouble())
		b.stop()
	})
}

// TestTheOldOneStaysUntilTheNewOneIsThere, however long that takes.
func TestTheOldOneStaysUntilTheNewOneIsThere(t *testing.T) {
	for name, meet := range map[string]func(string) (*http.Response, error){
		"it cannot be made": func(body string) (*http.Response, error) {
			if strings.Contains(body, "webhookSubscriptionCreate") {
				return answered(500, `{"errors":"internal"}`)
			}
			return nil, nil
		},
		"it is made and not listed": func(body string) (*http.Response, error) {
			if strings.Contains(body, "webhookSubscriptionCreate") {
				return answered(200, `{"data":{"webhookSubscriptionCreate":{"webhookSubscription":{"id":"gid://shopify/WebhookSubscription/1"},"userErrors":[]}}}`)
			}
			return nil, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newReal(t)
				b.start()
				b.moveTo(newHost)
				b.meets(meet)
				b.restart()
				pass(30 * time.Hour)
				b.deliversTo(oldHost)
				require.NotContains(t, b.changes(), "webhookSubscriptionDelete")
				b.meets(nil)
				pass(2 * time.Hour)
				b.deliversTo(newHost)
				b.stop()
			})
		})
	}
}

// TestRemovingFails in every way, and the new one works meanwhile.
func TestRemovingFails(t *testing.T) {
	const gone = `{"data":{"webhookSubscriptionDelete":{"deletedWebhookSubscriptionId":null,"userErrors":[{"field":["id"],"message":"Webhook subscription does not exist"}]}}}`
	tests := []struct {
		name string
		// does answers a deletion; the shop has done it if done is true.
		does func() (*http.Response, error)
		done bool
		// says is why it has not worked yet; "" if nothing is to be said.
		says string
	}{
		{"500", func() (*http.Response, error) { return answered(500, `{"errors":"internal"}`) }, false, "Shopify"},
		{"a timeout", func() (*http.Response, error) { return nil, context.DeadlineExceeded }, false, "Shopify"},
		{"no network", func() (*http.Response, error) { return nil, errors.New("connect: network is unreachable") }, false, "Shopify"},
		{"it is done, and the answer is lost", func() (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, true, "Shopify"},
		{"404, and it is gone", func() (*http.Response, error) { return answered(404, `{"errors":"Not Found"}`) }, true, ""},
		{"404, and it is there", func() (*http.Response, error) { return answered(404, `{"errors":"Not Found"}`) }, false, "Shopify"},
		{"it is gone, as GraphQL says it", func() (*http.Response, error) { return answered(200, gone) }, true, ""},
		{"401", func() (*http.Response, error) {
			return answered(401, `{"errors":"[API] Invalid API key or access token"}`)
		}, false, "Shopify"},
		{"429", func() (*http.Response, error) { return answered(429, `{"errors":"Exceeded 2 calls per second"}`) }, false, "Shopify"},
		{"a web page", func() (*http.Response, error) { return answered(200, "<!DOCTYPE html><html>Log in</html>") }, false, "Shopify"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newReal(t)
				b.start()
				b.moveTo(newHost)
				b.meets(func(body string) (*http.Response, error) {
					if !strings.Contains(body, "webhookSubscriptionDelete") {
						return nil, nil
					}
					if test.done {
						b.shop.Unsubscribe(practice.TopicCreated, oldHost+"/hooks/abc")
					}
					return test.does()
				})
				b.restart()
				require.Contains(t, b.shop.Subscriptions(), created(newHost), "nothing keeps the new one from being made")
				require.Nil(t, b.trouble(), "the recipe is well")
				if test.says == "" {
					require.Len(t, b.made(), 1)
				} else {
					require.Len(t, b.made(), 2)
					require.Contains(t, b.made()[0].Why, test.says)
				}
				b.place(1)
				require.NoError(t, b.Ask(t.Context(), recipe))
				require.Equal(t, 1, b.runs())
				pass(5 * time.Hour)
				require.Less(t, len(b.changes()), 30, "it is not tried all the time")
				b.meets(nil)
				pass(2 * time.Hour)
				b.deliversTo(newHost)
				require.Len(t, b.made(), 1)
				b.stop()
			})
		})
	}
}

// TestARecipeThatIsOff keeps its subscription for some hours, and gets it back when it is on again.
func TestARecipeThatIsOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.start()
		b.switchOff()
		b.reload()
		pass(time.Hour)
		b.deliversTo(oldHost)
		b.switchOn()
		b.reload()
		pass(10 * time.Hour)
		b.deliversTo(oldHost)
		require.Equal(t, []string{"webhookSubscriptionCreate"}, b.changes(), "an hour changes nothing")

		b.switchOff()
		b.reload()
		pass(time.Hour)
		b.restart() // the hours go on when Bellhop is started again
		pass(2*time.Hour - time.Minute)
		b.deliversTo(oldHost)
		pass(2 * time.Minute)
		b.deliversTo()
		require.Empty(t, b.made())
		pass(100 * time.Hour)
		require.Len(t, b.changes(), 2)

		b.switchOn()
		b.reload()
		synctest.Wait()
		b.deliversTo(oldHost)
		b.stop()
	})
}

// TestNoWayInAnyMore: an address that leads nowhere is removed, though there is no other.
func TestNoWayInAnyMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.start()
		b.moveTo("http://127.0.0.1:8420")
		b.restart()
		pass(2 * time.Hour)
		b.deliversTo(oldHost)
		pass(2 * time.Hour)
		b.deliversTo()
		b.stop()
	})
}

// TestARecipeIsDeleted, or listens to something else: its subscription goes at once.
func TestARecipeIsDeleted(t *testing.T) {
	for name, change := range map[string]func(b *bench){
		"deleted": func(b *bench) { b.deleteRecipe() },
		"deleted while Bellhop was not there": func(b *bench) {
			b.stop()
			b.store.recipes = nil
			b.start()
		},
		"other news": func(b *bench) {
			b.publish("slack.new_message")
			b.reload()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newReal(t)
				b.start()
				b.deliversTo(oldHost)
				change(b)
				synctest.Wait()
				b.deliversTo()
				require.Empty(t, b.made())
				b.stop()
			})
		})
	}
}

// TestADeletedRecipeWithoutNetwork is tried again when the network is back.
func TestADeletedRecipeWithoutNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.start()
		b.with(func() { b.down = true })
		b.deleteRecipe()
		pass(50 * time.Hour)
		b.deliversTo(oldHost)
		require.NotEmpty(t, b.made()[0].Why)
		b.with(func() { b.down = false })
		b.Wake()
		synctest.Wait()
		b.deliversTo()
		require.Empty(t, b.made())
		b.stop()
	})
}

// TestItIsGivenUp after days, told of for some more, and forgotten.
func TestItIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.start()
		b.meets(func(body string) (*http.Response, error) {
			if strings.Contains(body, "webhookSubscriptions") {
				return answered(401, `{"errors":"[API] Invalid API key or access token"}`)
			}
			return nil, nil
		})
		b.deleteRecipe()
		pass(6 * 24 * time.Hour)
		require.False(t, b.made()[0].GivenUp)
		pass(2 * 24 * time.Hour)
		require.True(t, b.made()[0].GivenUp)
		require.NotEmpty(t, b.made()[0].Why)
		asked := b.requests()
		pass(20 * 24 * time.Hour)
		require.Equal(t, asked, b.requests(), "nothing is tried any more")
		require.Equal(t, 1, b.leftOver(), "it was told once")
		require.Len(t, b.made(), 1, "and it is still told of")
		pass(12 * 24 * time.Hour)
		require.Empty(t, b.made())
		b.stop()
	})
}

// TestAConnectionIsDeleted: what it made is removed first, or said to be left.
func TestAConnectionIsDeleted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.start()
		b.switchOff()
		b.reload()
		synctest.Wait()
		b.Leave(t.Context(), b.account.Connection)
		b.deliversTo()
		require.Empty(t, b.made())
		b.stop()
	})
}

// TestAConnectionIsDeletedWithoutNetwork: another to the same account does it later, if there is ever one.
func TestAConnectionIsDeletedWithoutNetwork(t *testing.T) {
	for name, shop := range map[string]string{"the same account": "my-shop", "another account": "another-shop"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newReal(t)
				b.start()
				b.switchOff()
				b.reload()
				synctest.Wait()
				b.with(func() { b.down = true })
				b.Leave(t.Context(), b.account.Connection)
				require.Equal(t, 1, b.leftOver())
				b.store.mu.Lock()
				b.store.connections = nil
				b.store.mu.Unlock()
				b.with(func() { b.down = false })
				b.reload()
				pass(24 * time.Hour)
				b.deliversTo(oldHost)
				require.Contains(t, b.made()[0].Why, `The connection "My shop" is not there any more`)

				other := b.account.Connection
				other.ID, other.Name, other.Fields = 2, "Shop again", map[string]string{"shop": shop}
				b.store.mu.Lock()
				b.store.connections = []engine.Connection{other}
				b.store.mu.Unlock()
				b.reload()
				pass(2 * time.Hour)
				if shop == "my-shop" {
					b.deliversTo()
					require.Empty(t, b.made())
				} else {
					b.deliversTo(oldHost)
				}
				b.stop()
			})
		})
	}
}

// TestWhatOthersMadeStays, though it leads to this recipe.
func TestWhatOthersMadeStays(t *testing.T) {
	t.Run("it was there before", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newReal(t)
			require.NoError(t, b.shop.Subscribe(practice.TopicCreated, oldHost+"/hooks/abc"))
			b.start()
			require.Empty(t, b.made())
			b.moveTo(newHost)
			b.restart()
			b.deleteRecipe()
			synctest.Wait()
			b.deliversTo(oldHost)
			b.stop()
		})
	})
	t.Run("somebody put one in the place of Bellhop's", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			b := newReal(t)
			b.start()
			b.shop.Unsubscribe(practice.TopicCreated, oldHost+"/hooks/abc")
			require.NoError(t, b.shop.Subscribe(practice.TopicCreated, oldHost+"/hooks/abc"))
			b.deleteRecipe()
			synctest.Wait()
			b.deliversTo(oldHost)
			require.Empty(t, b.made())
			b.stop()
		})
	})
}

// TestAnAnswerToMakingIsLost: what was made all the same is known as Bellhop's, also after a restart.
func TestAnAnswerToMakingIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.meets(func(body string) (*http.Response, error) {
			if !strings.Contains(body, "webhookSubscriptionCreate") {
				return nil, nil
			}
			require.NoError(t, b.shop.Subscribe(practice.TopicCreated, oldHost+"/hooks/abc"))
			return nil, io.ErrUnexpectedEOF
		})
		b.start()
		b.meets(nil)
		b.restart()
		require.NotEmpty(t, b.made()[0].ID)
		b.deleteRecipe()
		synctest.Wait()
		b.deliversTo()
		b.stop()
	})
}

// TestTheStoreFailsWhileItIsTold: nothing is made that would not be remembered.
func TestTheStoreFailsWhileItIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.store.cutAt = 2 // the first begins anew
		b.start()
		require.Empty(t, b.changes())
		pass(time.Hour)
		b.deliversTo(oldHost)
		require.Len(t, b.made(), 1)
		b.stop()
	})
}

// keeping is a catalog whose operations keep a secret of the answer to making a subscription, as Stripe's do.
type keeping struct{ engine.Catalog }

func (k keeping) Operation(use string) (engine.Connector, engine.Operation, bool) {
	c, o, ok := k.Catalog.Operation(use)
	webhook, spec := *o.Webhook, *o.Webhook.Subscription
	spec.Keep = map[string]string{"signing": "data.webhookSubscriptionCreate.secret"}
	webhook.Subscription, o.Webhook = &spec, &webhook
	return c, o, ok
}

// manyTo is an app that takes several subscriptions to one address.
type manyTo struct {
	made   int
	listed map[string]string // addresses by id
}

func (m *manyTo) meet(body string) (*http.Response, error) {
	var sent struct{ Variables struct{ URI, ID string } }
	if err := json.Unmarshal([]byte(body), &sent); err != nil {
		return nil, err
	}
	switch mutation.FindString(body) {
	case "webhookSubscriptionCreate":
		m.made++
		id := fmt.Sprint("we_", m.made)
		m.listed[id] = sent.Variables.URI
		return answered(200, fmt.Sprintf(`{"data":{"webhookSubscriptionCreate":{"secret":"whsec_%d","userErrors":[]}}}`, m.made))
	case "webhookSubscriptionDelete":
		delete(m.listed, sent.Variables.ID)
		return answered(200, `{"data":{"webhookSubscriptionDelete":{"userErrors":[]}}}`)
	}
	var nodes []string
	for id, uri := range m.listed {
		nodes = append(nodes, fmt.Sprintf(`{"id":%q,"uri":%q}`, id, uri))
	}
	return answered(200, `{"data":{"webhookSubscriptions":{"nodes":[`+strings.Join(nodes, ",")+`]}}}`)
}

// TestASecretThatWasLost: another subscription is made, whose secret is known, and the one before is removed. Somebody
// else's to the same address stays.
func TestASecretThatWasLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		app := &manyTo{listed: map[string]string{"we_0": oldHost + "/hooks/abc"}}
		orders := func(body string) (*http.Response, error) {
			if !strings.Contains(body, "webhookSubscription") {
				return nil, nil
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			return app.meet(body)
		}
		b.meet = orders
		b.keeps = true
		b.start()
		require.Equal(t, map[string]string{"we_0": oldHost + "/hooks/abc", "we_1": oldHost + "/hooks/abc"}, app.listed)
		require.Equal(t, "we_1", b.made()[0].ID)
		b.with(func() { delete(b.account.Secrets, engine.KeptName("signing", recipe)) })
		b.restart()
		require.Equal(t, map[string]string{"we_0": oldHost + "/hooks/abc", "we_2": oldHost + "/hooks/abc"}, app.listed)
		require.Len(t, b.made(), 1)
		require.Equal(t, "we_2", b.made()[0].ID)
		b.deleteRecipe()
		synctest.Wait()
		require.Equal(t, map[string]string{"we_0": oldHost + "/hooks/abc"}, app.listed)
		b.stop()
	})
}

// TestOneThatLeadsElsewhereNow was given another address by a person, at the app: it is theirs.
func TestOneThatLeadsElsewhereNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		app := &manyTo{listed: map[string]string{}}
		b.meet = func(body string) (*http.Response, error) {
			if !strings.Contains(body, "webhookSubscription") {
				return nil, nil
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			return app.meet(body)
		}
		b.start()
		require.Len(t, b.made(), 1)
		b.with(func() { app.listed["we_1"] = "https://theirs.example" })
		b.deleteRecipe()
		synctest.Wait()
		require.Equal(t, map[string]string{"we_1": "https://theirs.example"}, app.listed)
		require.Empty(t, b.made())
		b.stop()
	})
}

// TestARecipeIsDeletedWhileItsSubscriptionIsMade: it is made then, and removed.
func TestARecipeIsDeletedWhileItsSubscriptionIsMade(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newReal(t)
		b.meets(func(body string) (*http.Response, error) {
			if strings.Contains(body, "webhookSubscriptionCreate") {
				b.deleteRecipe()
				time.Sleep(time.Second) // who removes what is not needed finds nothing yet
			}
			return nil, nil
		})
		b.start()
		pass(10 * time.Second)
		b.deliversTo()
		require.Equal(t, []string{"webhookSubscriptionCreate", "webhookSubscriptionDelete"}, b.changes())
		require.Empty(t, b.made())
		b.stop()
	})
}

func TestAnAddressIsShownWithoutItsToken(t *testing.T) {
	for address, shown := range map[string]string{
		"https://old.example/hooks/jkddal3vx7pbwzs3464yuryi5m": "https://old.example/hooks/jkdd…",
		"https://old.example/hooks/abc":                        "https://old.example/hooks/abc",
	} {
		require.Equal(t, shown, catchup.Made{Address: address}.Shown())
	}
}
