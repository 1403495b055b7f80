package catchup_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/practice"
)

// TestADayOff is the whole of it: what came while Bellhop did not run, runs when it does, once each, with the
// body that the webhook would have had; and nothing of before it was switched on.
func TestADayOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.place(1) // in the second in which it was switched on
		time.Sleep(time.Minute)
		b.switchOn()
		b.start()
		require.Zero(t, b.runs(), "nothing older than the switch")
		b.stop()

		time.Sleep(time.Hour)
		b.place(3)
		time.Sleep(23 * time.Hour)
		b.start()
		require.Equal(t, 3, b.runs())
		require.Equal(t, 3, b.jobs)
		for i, order := range b.shop.Orders()[1:] {
			event := b.store.events[i]
			require.Equal(t, strconv.FormatInt(order.ID, 10), keyOf(event))
			require.JSONEq(t, string(order.Body), string(event.Body))
			require.Equal(t, map[string]string{"X-Shopify-Topic": "orders/create"}, event.Request.Headers)
		}
		b.stop()
		b.start()
		pass(5 * time.Hour)
		require.Equal(t, 3, b.runs(), "never twice")
		b.stop()
	})
}

func TestWhenAppsAreAsked(t *testing.T) {
	tests := []struct {
		name string
		when func(b *bench)
		runs bool
	}{
		{"every hour", func(*bench) { pass(time.Hour) }, true},
		{"not all the time", func(*bench) { pass(50 * time.Minute) }, false},
		{"when the computer wakes", func(b *bench) { b.night(8 * time.Hour); pass(11 * time.Second) }, true},
		{"not for a pause of a moment", func(b *bench) { b.night(20 * time.Second); pass(11 * time.Second) }, false},
		{"when somebody asks", func(b *bench) { require.NoError(b.t, b.Ask(b.t.Context(), recipe)) }, true},
		{"when somebody asks for all", func(b *bench) { require.NoError(b.t, b.Ask(b.t.Context(), 0)) }, true},
		{"after an outage", func(b *bench) { b.Noticed(); b.Resume(); synctest.Wait() }, true},
		{"not while it lasts", func(b *bench) { b.Noticed(); synctest.Wait() }, false},
		{"not where there was none", func(b *bench) { b.Resume(); synctest.Wait() }, false},
		{"after it was published again", func(b *bench) { b.publish("shopify.order_created"); b.reload(); synctest.Wait() }, true},
		{"not when something else was changed", func(b *bench) { b.reload(); synctest.Wait() }, false},
		{"when the clock is set a day ahead", func(b *bench) { b.with(func() { b.off += 24 * time.Hour }); pass(11 * time.Second) }, true},
		{"within the hour when it is set back a day", func(b *bench) { b.with(func() { b.off -= 24 * time.Hour }); pass(time.Hour) }, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.start()
				pass(time.Minute)
				b.place(2)
				before := b.requests()
				test.when(b)
				require.Equal(t, map[bool]int{true: 2}[test.runs], b.runs())
				require.LessOrEqual(t, b.requests()-before, 2)
				b.stop()
			})
		})
	}
}

func TestThousandsMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start()
		time.Sleep(time.Minute)
		b.place(1000) // as many as the pretend shop remembers
		require.NoError(t, b.Ask(t.Context(), recipe))
		require.Equal(t, 1000, b.runs())
		for i, order := range b.shop.Orders() {
			require.Equal(t, strconv.FormatInt(order.ID, 10), keyOf(b.store.events[i]), "in the order in which they came")
		}
		require.Less(t, b.requests(), 20)
		b.stop()
	})
}

// TestAStoreThatFails lets each of the commits fail that a catch-up makes: nothing is lost and nothing runs
// twice.
func TestAStoreThatFails(t *testing.T) {
	for cut := range 8 {
		synctest.Test(t, func(t *testing.T) {
			b := newBench(t)
			b.store.cutAt = cut + 1
			b.start()
			time.Sleep(time.Minute)
			b.place(250) // three pages
			pass(2 * time.Hour)
			require.Equal(t, 250, b.runs())
			b.stop()
		})
	}
}

func TestAnAppThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start()
		time.Sleep(time.Minute)

		b.place(1)
		require.NoError(t, b.shop.Fail(practice.Fault{Mode: practice.Broken}))
		err := b.Ask(t.Context(), recipe)
		require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
		before := b.requests()
		pass(30 * time.Minute)
		require.Contains(t, b.trouble().Message, "Shopify")
		require.Equal(t, 1, b.told)
		require.Less(t, b.requests()-before, 30, "it is left alone more and more")
		require.NoError(t, b.shop.Fail(practice.Fault{Mode: practice.Fine}))
		pass(time.Hour)
		require.Equal(t, 1, b.runs())
		require.Nil(t, b.trouble())
		require.Equal(t, 2, b.told)

		// Without a network, it is there soon after there is one.
		b.place(1)
		b.with(func() { b.down = true })
		b.Wake()
		pass(6 * time.Hour)
		require.NotNil(t, b.trouble())
		b.with(func() { b.down = false })
		pass(2 * time.Minute)
		require.Equal(t, 2, b.runs())
		require.Nil(t, b.trouble())

		// An app that asks to be left alone is.
		require.NoError(t, b.shop.Fail(practice.Fault{Mode: practice.Limited, RetryAfter: 600, Times: 1}))
		b.place(1)
		require.Error(t, b.Ask(t.Context(), recipe))
		before = b.requests()
		pass(9 * time.Minute)
		require.Equal(t, before, b.requests())
		pass(3 * time.Minute)
		require.Equal(t, 3, b.runs())
		b.stop()
	})
}

// closed is a gate that lets nobody through until a time.
type closed struct{ until time.Time }

func (c closed) Enter(context.Context, action.Call) (func(action.Result, error), error) {
	if time.Now().Before(c.until) {
		return nil, &action.Paused{Until: c.until, Why: "Shopify is away.", For: "My shop", Code: engine.Unavailable}
	}
	return func(action.Result, error) {}, nil
}

// TestAnAppThatIsLeftAlone is not asked either, and asked soon when that is over.
func TestAnAppThatIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.gate = closed{time.Now().Add(20 * time.Minute)}
		b.address = b.at("https://bell.example")
		b.start()
		time.Sleep(time.Minute)
		b.place(1)
		require.ErrorContains(t, b.Ask(t.Context(), recipe), "Shopify is away.")
		require.Equal(t, "Shopify is away.", b.trouble().Message)
		pass(18 * time.Minute)
		require.Zero(t, b.requests())
		pass(3 * time.Minute)
		require.Equal(t, 1, b.runs())
		require.Nil(t, b.trouble())
		require.Len(t, b.shop.Subscriptions(), 1)
		b.stop()
	})
}

func TestATokenThatIsRevoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start()
		time.Sleep(time.Minute)
		b.shop.Revoke()
		b.place(4)
		require.Equal(t, engine.Unauthorized, engine.ErrorCode(b.Ask(t.Context(), recipe)))
		require.Equal(t, engine.Unauthorized, b.trouble().Code)
		pass(26 * time.Hour)
		require.Zero(t, b.runs())

		// Somebody enters the new one: the shop is the same.
		b.with(func() {
			b.account.Secrets = map[string]string{"access_token": b.shop.AccessToken(), "client_secret": "hush"}
			b.account.UpdatedAt = time.Now()
			b.account.Fields = map[string]string{"shop": "x", "client_id": "another"}
			b.store.connections[0] = b.account.Connection
		})
		b.reload()
		synctest.Wait()
		require.Equal(t, 4, b.runs())
		require.Nil(t, b.trouble())
		b.stop()
	})
}

func TestAConnectionThatCannotAsk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.account.Secrets = map[string]string{"client_secret": "hush"}
		b.start()
		pass(3 * time.Hour)
		require.Equal(t, engine.Invalid, b.trouble().Code)
		require.Contains(t, b.trouble().Message, `"My shop" cannot ask Shopify`)
		require.Zero(t, b.requests())
		require.Equal(t, 1, b.told)
		b.stop()
	})
}

// TestWhereItBegins is about what runs when the recipe begins to listen, to this or to something else.
func TestWhereItBegins(t *testing.T) {
	tests := []struct {
		name   string
		change func(b *bench)
		runs   int // of an order before the change, and one after it
	}{
		{"nothing has changed", func(*bench) {}, 2},
		{"another version", func(b *bench) { b.publish("shopify.order_created") }, 2},
		{"off and on", func(b *bench) {
			b.switchOff()
			b.reload()
			pass(time.Minute)
			b.switchOn()
		}, 1},
		{"off and on before anybody noticed", func(b *bench) { b.switchOn() }, 1},
		{"another shop", func(b *bench) {
			b.with(func() { b.account.BaseURL = "http://127.0.0.1:9999" })
			b.store.connections[0] = b.account.Connection
		}, 1},
		{"data of an older Bellhop", func(b *bench) { b.stop(); b.store.state[place(recipe, engine.TriggerCaughtUp)] = ""; b.start() }, 1},
		{"data that cannot be read", func(b *bench) { b.stop(); b.store.state[place(recipe, engine.TriggerCaughtUp)] = "{{"; b.start() }, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.start()
				time.Sleep(time.Hour / 2)
				b.place(1)
				time.Sleep(5 * time.Minute)
				test.change(b)
				b.reload()
				synctest.Wait()
				time.Sleep(5 * time.Minute)
				b.place(1)
				pass(3 * time.Hour)
				require.Equal(t, test.runs, b.runs())
				b.stop()
			})
		})
	}
}

// TestAClockThatIsWrong switches a recipe on while the clock is a day off: what begins is told by the shop's.
func TestAClockThatIsWrong(t *testing.T) {
	for _, off := range []time.Duration{-24 * time.Hour, 24 * time.Hour, -time.Hour, 30 * time.Second} {
		t.Run(off.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBench(t)
				b.place(5)
				time.Sleep(10 * time.Minute)
				b.with(func() { b.off = off })
				b.switchOn()
				b.start()
				require.Zero(t, b.runs())
				time.Sleep(10 * time.Minute)
				b.place(2)
				b.with(func() { b.off = 0 }) // it is mended
				pass(2 * time.Hour)
				require.Equal(t, 2, b.runs())
				b.stop()
			})
		})
	}
}

// TestJumpsAndSummerTime lets a day pass in which the clock is set again and again, and the hours change.
func TestJumpsAndSummerTime(t *testing.T) {
	lisbon, err := time.LoadLocation("Europe/Lisbon")
	require.NoError(t, err)
	for _, begin := range []string{"2000-03-25T23:00:00Z", "2000-10-28T23:00:00Z"} {
		synctest.Test(t, func(t *testing.T) {
			at, err := time.Parse(time.RFC3339, begin)
			require.NoError(t, err)
			b := newBench(t)
			b.zone = lisbon
			time.Sleep(time.Until(at))
			b.switchOn()
			b.start()
			for hour := range 12 {
				before := b.requests()
				pass(29 * time.Minute)
				b.place(1)
				b.with(func() { b.off = time.Duration(hour%3-1) * 24 * time.Hour })
				pass(31 * time.Minute)
				require.LessOrEqual(t, b.requests()-before, 4, "no storm")
			}
			pass(time.Hour)
			require.Equal(t, 12, b.runs())
			b.stop()
		})
	}
}

// TestPaymentsOfBefore is about orders that were paid before the recipe was switched on and are changed
// afterwards: their payment is no news.
func TestPaymentsOfBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		paid := func() practice.Order {
			o, err := b.shop.Place(practice.NewOrder{Topic: practice.TopicPaid})
			require.NoError(t, err)
			return o
		}
		old := paid()
		time.Sleep(20 * 24 * time.Hour)
		b.publish("shopify.order_paid")
		b.switchOn()
		b.start()
		time.Sleep(time.Hour)
		require.NoError(t, b.shop.Touch(old.ID)) // it is sent off
		b.place(1)                               // one that is not paid
		fresh := paid()
		pass(2 * time.Hour)
		require.Equal(t, 1, b.runs())
		require.Equal(t, strconv.FormatInt(fresh.ID, 10), keyOf(b.store.events[0]))
		b.stop()
	})
}

// TestManyRecipes lets many recipes wake at once: all are asked for, a few at a time.
func TestManyRecipes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		for id := int64(2); id <= 60; id++ {
			r := b.store.recipes[0]
			r.ID, r.Token = id, fmt.Sprint("token", id)
			b.store.recipes = append(b.store.recipes, r)
			b.store.versions[place(id, 1)] = b.store.versions[place(recipe, 1)]
			for _, key := range []string{engine.TriggerThrough, engine.TriggerCaughtUp} {
				b.store.state[place(id, key)] = b.store.state[place(recipe, key)]
			}
		}
		b.start()
		time.Sleep(time.Minute)
		b.place(2)
		b.night(time.Hour)
		pass(11 * time.Second)
		require.Equal(t, 120, b.runs())
		require.NoError(t, b.Ask(t.Context(), 0))
		require.Equal(t, engine.NotFound, engine.ErrorCode(b.Ask(t.Context(), 61)))
		b.stop()
	})
}

func TestWhatIsRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		b.start()
		require.NoError(t, b.Ask(t.Context(), recipe))
		var memo struct{ At time.Time }
		require.NoError(t, json.Unmarshal([]byte(b.store.state[place(recipe, engine.TriggerCaughtUp)]), &memo))
		require.Equal(t, b.now().Truncate(time.Second), memo.At)
		b.stop()
	})
}
