package poll_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/poll"
)

// outside is what triggers look at in these tests: lists by the field "at". It lists all it has, each time.
type outside struct {
	engine.Catalog
	mu     sync.Mutex
	lists  map[string][]string
	looks  []poll.Look
	err    error
	took   time.Duration                   // how long a look takes
	during func(at string)                 // called in the midst of a look
	found  func(look poll.Look) poll.Found // instead of the lists
	closed int
	now    func() time.Time
	at     []time.Time // when it was looked
}

func (o *outside) Operation(use string) (engine.Connector, engine.Operation, bool) {
	if use != "place.new" {
		return catalog{}.Operation(use)
	}
	return engine.Connector{Name: "place", Title: "The place"}, engine.Operation{Name: "new", Watch: engine.WatchFeed, Fields: engine.LookFields()}, true
}

func (o *outside) Account(context.Context, string) (engine.Account, error) {
	return engine.Account{}, nil
}

func (o *outside) put(at string, keys ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.lists[at] = append(o.lists[at], keys...)
}

func (o *outside) set(change func(o *outside)) {
	o.mu.Lock()
	defer o.mu.Unlock()
	change(o)
}

// forget forgets the looks so far.
func (o *outside) forget() { o.set(func(o *outside) { o.looks, o.at = nil, nil }) }

func (o *outside) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.looks)
}

func (o *outside) last() poll.Look {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.looks[len(o.looks)-1]
}

type looker struct {
	*outside
	where string
}

func (l looker) Close() error {
	l.set(func(o *outside) { o.closed++ })
	return nil
}

func (l looker) Look(ctx context.Context, look poll.Look) (poll.Found, error) {
	l.set(func(o *outside) {
		o.looks = append(o.looks, look)
		o.at = append(o.at, o.now())
	})
	if l.took > 0 && strings.HasPrefix(l.where, "slow") {
		select {
		case <-ctx.Done():
			return poll.Found{}, ctx.Err()
		case <-time.After(l.took):
		}
	}
	if l.during != nil {
		l.during(l.where)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return poll.Found{}, l.err
	}
	if l.outside.found != nil {
		return l.outside.found(look), nil
	}
	found := poll.Found{State: strconv.Itoa(len(l.lists[l.where])) + " listed"}
	for _, key := range l.lists[l.where] {
		found.Items = append(found.Items, poll.Item{Key: key, Body: []byte(strconv.Quote(key)), ContentType: "application/json"})
	}
	return found, nil
}

// watchBench is a bench with something outside to look at.
type watchBench struct {
	*bench
	outside  *outside
	troubled int
}

func watching(t *testing.T, test func(t *testing.T, b *watchBench)) {
	t.Helper()
	t.Parallel()
	inBubble(t, func(t *testing.T, b *bench) {
		w := &watchBench{bench: b, outside: &outside{lists: map[string][]string{}, now: b.now}}
		b.Params.Catalog = w.outside
		b.Params.Sources = &poll.Sources{Catalog: w.outside, Accounts: w.outside, Factories: map[string]poll.Factory{
			engine.WatchFeed: func(t poll.Trigger) (poll.Source, error) {
				where, _ := t.With["at"].(string)
				if where == "nowhere" {
					return nil, engine.Errorf(engine.Invalid, "There is no such place.")
				}
				return looker{w.outside, where}, nil
			},
		}}
		b.Params.Troubled = func(int64) {
			b.mu.Lock()
			defer b.mu.Unlock()
			w.troubled++
		}
		test(t, w)
	})
}

// keys returns the keys of the events that have a run, in the order in which they came.
func (b *watchBench) keys() []string {
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	require.Len(b.t, b.store.runs, len(b.store.events))
	list := []string{}
	for i, e := range b.store.events {
		require.Equal(b.t, e.ID, b.store.runs[i].EventID)
		list = append(list, e.Key)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Len(b.t, b.jobs, len(list), "every run is told of, and once")
	return list
}

func (b *watchBench) trouble(id int64) *engine.Trouble {
	kept, err := b.store.TriggerState(b.t.Context(), id, engine.TriggerTrouble)
	require.NoError(b.t, err)
	return engine.ParseTrouble(kept)
}

// switchTo switches a recipe on or off as a desk does.
func (b *watchBench) switchTo(id int64, on bool) {
	b.store.change(id, func(r *engine.Recipe) { r.On = on })
	if on {
		b.store.begin(id, b.now())
	}
	b.reload()
	synctest.Wait()
}

func at(where string, more ...any) map[string]any {
	with := map[string]any{"at": where}
	for i := 0; i < len(more); i += 2 {
		with[more[i].(string)] = more[i+1]
	}
	return with
}

func TestFirstLookOnlyNotes(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.outside.put("here", "a", "b", "c")
		b.store.publish(1, "place.new", at("here"))
		b.store.publish(2, "place.new", at("here", "first", json.Number("2")))
		b.start()
		require.Equal(t, []string{"b", "c"}, b.keys(), "only the last two, and only for the recipe that asks for them")
		b.store.set(func(s *store) { require.Equal(t, int64(2), s.runs[0].RecipeID) })
		b.outside.put("here", "d")
		b.pass(time.Minute)
		require.Equal(t, []string{"b", "c", "d", "d"}, b.keys())
		require.Equal(t, "3 listed", b.outside.last().State)
		require.False(t, b.outside.last().Quiet)
	})
}

func TestNewItemsRunOnceAndInOrder(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here"))
		b.start()
		b.outside.put("here", "a", "b", "b", "a", strings.Repeat("long", 100), "")
		b.pass(time.Minute)
		keys := b.keys()
		require.Len(t, keys, 4, "what has the same key is the same")
		require.Equal(t, []string{"a", "b"}, keys[:2])
		require.Less(t, len(keys[2]), 250)
		require.Len(t, keys[3], 32, "what has no key is told apart by what it is")
		b.stop()
		b.outside.put("here", "c")
		b.start() // after a restart, it goes on
		require.Equal(t, "c", b.keys()[4])
		b.pass(time.Hour)
		require.Len(t, b.keys(), 5)
	})
}

func TestHowOftenItLooks(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here", "every", "10", "unit", "seconds"))
		b.start()
		b.outside.forget()
		b.pass(time.Minute)
		require.Equal(t, 6, b.outside.count())
		b.store.set(func(s *store) { require.Equal(t, 1, s.updates, "it writes when there is something to write") })

		// A source that knows better is asked when it says, but not more often than every ten seconds.
		for says, want := range map[time.Duration]time.Duration{5 * time.Minute: 5 * time.Minute, time.Second: 10 * time.Second} {
			b.outside.set(func(o *outside) {
				o.found = func(poll.Look) poll.Found { return poll.Found{State: "0 listed", Next: says} }
			})
			b.pass(10 * time.Minute)
			b.outside.set(func(o *outside) {
				n := len(o.at)
				require.Equal(t, want, o.at[n-1].Sub(o.at[n-2]))
			})
		}
	})
}

func TestErrorNeverMovesTheState(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here"))
		b.outside.put("here", "a")
		b.start()
		b.pass(2*time.Minute + time.Second) // the looks so far: 0, 1 and 2 minutes
		b.outside.set(func(o *outside) { o.err = engine.Errorf(engine.Unavailable, "The place is closed.") })
		b.outside.put("here", "b")
		b.outside.forget()
		b.store.set(func(s *store) { s.updates = 0 })
		b.pass(24 * time.Hour)
		require.Empty(t, b.keys())
		require.Equal(t, "1 listed", b.outside.last().State)
		require.Equal(t, &engine.Trouble{Code: engine.Unavailable, Message: "The place is closed.", Since: time.Date(2000, 1, 1, 0, 3, 0, 0, time.UTC)}, b.trouble(1))
		b.outside.set(func(o *outside) {
			require.Less(t, len(o.at), 24*6, "it looks less and less often")
			require.Greater(t, len(o.at), 24)
			for i := 1; i < len(o.at); i++ {
				wait := o.at[i].Sub(o.at[i-1])
				require.GreaterOrEqual(t, wait, engine.ShortestLook)
				require.LessOrEqual(t, wait, time.Hour)
			}
		})
		b.store.set(func(s *store) { require.Equal(t, 1, s.updates, "the same trouble is written once") })
		b.mu.Lock()
		require.Equal(t, 1, b.troubled)
		b.mu.Unlock()

		b.outside.set(func(o *outside) { o.err = nil })
		b.pass(time.Hour)
		require.Equal(t, []string{"b"}, b.keys(), "nothing was lost")
		require.Nil(t, b.trouble(1))
		b.mu.Lock()
		require.Equal(t, 2, b.troubled)
		b.mu.Unlock()
	})
}

// What looks rarely is not given up for as long, when a look fails.
func TestLooksThatAreRareAndFail(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here", "every", "744", "unit", "hours"))
		b.outside.set(func(o *outside) { o.err = engine.Errorf(engine.Unavailable, "The place is closed.") })
		b.start()
		b.pass(48 * time.Hour)
		require.Greater(t, b.outside.count(), 24)
	})
}

func TestAppsAskToBeLeftAlone(t *testing.T) {
	now := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, err := range map[string]error{
		"Retry-After":   &action.Failure{Err: engine.Errorf(engine.Limited, "Slow down."), RetryAfter: 3 * time.Hour, Phase: action.Answered, Retry: true},
		"a closed gate": &action.Paused{Until: now.Add(3 * time.Hour), Why: "The place has enough to do.", Code: engine.Limited},
	} {
		t.Run(name, func(t *testing.T) {
			watching(t, func(t *testing.T, b *watchBench) {
				b.store.publish(1, "place.new", at("here"))
				b.outside.set(func(o *outside) { o.err = err })
				b.start()
				b.pass(3*time.Hour - time.Second)
				require.Equal(t, 1, b.outside.count())
				b.pass(time.Second)
				require.Equal(t, 2, b.outside.count())
			})
		})
	}
}

// While there is no network, it is looked often enough to notice soon that there is one again.
func TestOfflineIsNotForLong(t *testing.T) {
	for name, err := range map[string]error{
		"no network": &action.Failure{Err: engine.Errorf(engine.Unavailable, "Offline."), Phase: action.Before, Retry: true},
		"a gate that is closed meanwhile": &action.Paused{
			Until: time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC), Why: "The place is away.", Code: engine.Unavailable,
		},
	} {
		t.Run(name, func(t *testing.T) {
			watching(t, func(t *testing.T, b *watchBench) {
				b.store.publish(1, "place.new", at("here"))
				b.outside.set(func(o *outside) { o.err = err })
				b.start()
				b.pass(12 * time.Hour)
				require.Less(t, b.outside.count(), 12*60)
				b.outside.set(func(o *outside) { o.err = nil })
				b.outside.forget()
				b.pass(5 * time.Minute)
				require.Positive(t, b.outside.count())
			})
		})
	}
}

func TestWhatCameWhileItWasOff(t *testing.T) {
	for name, test := range map[string]struct {
		with map[string]any
		want []string
	}{
		"is left out":       {at("here"), []string{"a", "d"}},
		"or runs on demand": {at("here", "while_off", "run"), []string{"a", "b", "c", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			watching(t, func(t *testing.T, b *watchBench) {
				b.store.publish(1, "place.new", test.with)
				b.start()
				b.outside.put("here", "a")
				b.pass(time.Minute)
				b.switchTo(1, false)
				b.outside.put("here", "b", "c")
				b.outside.forget()
				b.pass(time.Hour)
				require.Zero(t, b.outside.count(), "off is off")
				b.switchTo(1, true)
				require.Equal(t, "1 listed", b.outside.last().State, "it goes on from where it was")
				b.outside.put("here", "d")
				b.pass(time.Minute)
				require.Equal(t, test.want, b.keys())
			})
		})
	}
}

// What came while the computer was off always runs, whatever its clock did meanwhile.
func TestNothingResetsIt(t *testing.T) {
	for name, away := range map[string]func(b *watchBench){
		"a restart":              func(b *watchBench) { b.stop(); b.pass(time.Hour); b.start() },
		"sleep":                  func(b *watchBench) { b.jump(8 * time.Hour); b.pass(time.Minute) },
		"a clock set a day back": func(b *watchBench) { b.jump(-24 * time.Hour); b.pass(time.Minute + 30*time.Second) },
		"a clock set a day forward and back": func(b *watchBench) {
			b.jump(24 * time.Hour)
			b.pass(time.Minute)
			b.jump(-24 * time.Hour)
			b.pass(2 * time.Minute)
		},
		"a restart with the clock set back": func(b *watchBench) { b.stop(); b.jump(-48 * time.Hour); b.start() },
		"publishing it with another pace": func(b *watchBench) {
			b.store.publish(1, "place.new", at("here", "every", "30", "unit", "seconds"))
			b.reload()
			b.pass(30 * time.Second)
		},
		"importing it as it was": func(b *watchBench) {
			b.store.publish(1, "place.new", at("here"))
			b.reload()
			b.pass(time.Minute)
		},
		"reloading": func(b *watchBench) { b.reload(); b.pass(time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			watching(t, func(t *testing.T, b *watchBench) {
				b.outside.put("here", "old")
				b.store.publish(1, "place.new", at("here"))
				b.start()
				b.pass(10 * time.Minute)
				b.outside.put("here", "a", "b")
				away(b)
				require.Equal(t, []string{"a", "b"}, b.keys())
				b.outside.put("here", "c")
				b.pass(2 * time.Minute)
				require.Equal(t, []string{"a", "b", "c"}, b.keys())
			})
		})
	}
}

// A trigger that looks elsewhere starts anew there; keys that are the same there are other things.
func TestLookingElsewhereStartsAnew(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here"))
		b.start()
		b.outside.put("here", "1", "2")
		b.outside.put("there", "1")
		b.pass(time.Minute)
		b.store.publish(1, "place.new", at("there"))
		b.reload()
		b.pass(time.Second)
		require.True(t, b.outside.looks[len(b.outside.looks)-1].Quiet)
		require.Empty(t, b.outside.last().State)
		require.Equal(t, []string{"1", "2"}, b.keys())
		b.outside.put("there", "2")
		b.pass(time.Minute)
		require.Equal(t, []string{"1", "2", "2 (1)"}, b.keys())
		b.store.publish(1, "place.new", at("here"))
		b.outside.put("here", "3")
		b.reload()
		b.pass(time.Second)
		require.Len(t, b.keys(), 3, "back again, what is there is only noted")
		b.store.set(func(s *store) { require.Len(t, s.seen, 3, "what was seen elsewhere is forgotten") })
		b.outside.put("here", "4")
		b.pass(time.Minute)
		require.Equal(t, "4 (2)", b.keys()[3])
	})
}

func TestRecipeChangedInMidLook(t *testing.T) {
	for name, change := range map[string]func(b *watchBench){
		"published":         func(b *watchBench) { b.store.publish(1, "place.new", at("here")) },
		"switched off":      func(b *watchBench) { b.store.change(1, func(r *engine.Recipe) { r.On = false }) },
		"off, and on again": func(b *watchBench) { b.store.begin(1, b.now().Add(time.Second)) },
		"deleted":           func(b *watchBench) { b.store.set(func(s *store) { s.recipes = nil }) },
		"to look elsewhere": func(b *watchBench) { b.store.publish(1, "place.new", at("there")) },
		"looked at meanwhile": func(b *watchBench) {
			b.store.set(func(s *store) { s.state[place(1, engine.TriggerLooked)] = `{"place":"x"}` })
		},
	} {
		t.Run(name, func(t *testing.T) {
			watching(t, func(t *testing.T, b *watchBench) {
				b.store.publish(1, "place.new", at("here"))
				b.start()
				b.outside.put("here", "a")
				var once sync.Once
				b.outside.set(func(o *outside) { o.during = func(string) { once.Do(func() { change(b) }) } })
				b.pass(time.Minute)
				require.Empty(t, b.keys(), "what was found for what it was is not for what it is")
				if name != "published" {
					return
				}
				b.reload()
				b.pass(time.Minute)
				require.Equal(t, []string{"a"}, b.keys(), "it is found again")
				b.store.set(func(s *store) { require.Equal(t, 2, s.runs[0].Version) })
			})
		})
	}
}

func TestCommitThatFails(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here"))
		b.start()
		b.outside.put("here", "a")
		b.store.set(func(s *store) { s.cut = true }) // all is done, and then the commit fails
		b.pass(time.Minute)
		require.Empty(t, b.keys())
		b.pass(10 * time.Second)
		require.Equal(t, []string{"a"}, b.keys())

		b.outside.put("here", "b")
		b.store.set(func(s *store) { s.full = true })
		b.pass(time.Hour)
		require.Nil(t, b.trouble(1), "a full disk is no trouble of the place")
		b.store.set(func(s *store) { s.full = false })
		b.pass(10 * time.Second)
		require.Equal(t, []string{"a", "b"}, b.keys())
	})
}

// Ten thousand at once are stored piece by piece. Wherever it is cut off, none is lost and none runs twice,
// be it that the source lists all each time or only what follows on its state.
func TestBurstThatIsCutOff(t *testing.T) {
	want := []string{}
	for i := range 10_000 {
		want = append(want, fmt.Sprintf("item %05d", i))
	}
	for name, exact := range map[string]bool{"listed each time": false, "told once": true} {
		t.Run(name, func(t *testing.T) {
			watching(t, func(t *testing.T, b *watchBench) {
				b.store.publish(1, "place.new", at("here"))
				b.start()
				b.outside.put("here", want...)
				if exact {
					b.outside.set(func(o *outside) {
						o.found = func(look poll.Look) poll.Found {
							told, _ := strconv.Atoi(strings.TrimSuffix(look.State, " listed"))
							f := poll.Found{State: fmt.Sprint(len(want), " listed")}
							for _, key := range want[told:] {
								f.Items = append(f.Items, poll.Item{Key: key})
							}
							return f
						}
					})
				}
				for n := range 5 {
					b.store.set(func(s *store) { s.updates, s.cutAt = 0, 2+3*n })
					b.pass(time.Minute)
					b.stop() // and with each cut, Bellhop is killed
					require.Less(t, len(b.keys()), 10_000)
					require.Equal(t, want[:len(b.keys())], b.keys())
					b.start()
				}
				b.store.set(func(s *store) { s.cutAt = 0 })
				b.pass(time.Minute)
				require.Equal(t, want, b.keys())
			})
		})
	}
}

func TestMoreFollowsAtOnce(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.outside.set(func(o *outside) {
			o.found = func(look poll.Look) poll.Found { // ten pages of three
				page, _ := strconv.Atoi(look.State)
				f := poll.Found{State: strconv.Itoa(page + 1), More: page < 9}
				for i := range 3 {
					f.Items = append(f.Items, poll.Item{Key: fmt.Sprint(page, ".", i)})
				}
				return f
			}
		})
		b.store.publish(1, "place.new", at("here", "first", "2"))
		b.start()
		require.Equal(t, 10, b.outside.count())
		require.Equal(t, []string{"9.1", "9.2"}, b.keys(), "a first look is quiet to its last page, and runs for the last items of that")
		b.outside.set(func(o *outside) {
			o.found = func(poll.Look) poll.Found { return poll.Found{State: "stuck", More: true} }
		})
		b.outside.forget()
		b.pass(10 * time.Minute)
		require.LessOrEqual(t, b.outside.count(), 12, "more that is never had is not asked for without end")
	})
}

func TestSlowAppHoldsUpNobody(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.outside.set(func(o *outside) { o.took = time.Hour })
		for i := range int64(100) {
			b.store.publish(100+i, "place.new", at(fmt.Sprint("slow ", i)))
			b.store.set(func(s *store) {
				d := s.versions[place(100+i, 1)]
				d.Trigger.Connection = "Slow app"
				s.versions[place(100+i, 1)] = d
			})
		}
		b.store.publish(1, "place.new", at("here"))
		b.start()
		b.outside.put("here", "a")
		b.pass(time.Minute)
		require.Equal(t, []string{"a"}, b.keys())
		b.pass(10 * time.Minute)
		require.Contains(t, b.trouble(100).Message, "too long")
		require.Nil(t, b.trouble(1))
	})
}

func TestManyLooksAreBounded(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.outside.set(func(o *outside) { o.took = time.Second })
		for i := range int64(300) {
			b.store.publish(1+i, "place.new", at(fmt.Sprint("slow ", i)))
		}
		b.start()
		require.Equal(t, 32, b.outside.count())
		b.pass(time.Second)
		require.Equal(t, 64, b.outside.count())
		b.pass(10 * time.Second)
		require.GreaterOrEqual(t, b.outside.count(), 300, "all have their turn")
	})
}

func TestSourceThatPanics(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here"))
		b.store.publish(2, "place.new", at("there"))
		b.outside.put("here", "x")
		b.start()
		b.outside.set(func(o *outside) {
			o.during = func(at string) {
				if at == "here" {
					panic("what came from outside was odd")
				}
			}
		})
		b.outside.put("there", "a")
		b.pass(time.Minute)
		require.Equal(t, []string{"a"}, b.keys(), "the others go on")
		require.Equal(t, engine.Internal, b.trouble(1).Code)
		require.NotContains(t, b.trouble(1).Message, "odd", "what is not for people is in the log")
	})
}

func TestWhatIsWrongWithATriggerIsTold(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("nowhere"))
		b.store.publish(2, "place.new", at("here", "every", "never"))
		b.start()
		require.Equal(t, "There is no such place.", b.trouble(1).Message)
		require.Contains(t, b.trouble(2).Message, "whole number")
		require.Zero(t, b.outside.count())
		b.store.publish(1, "place.new", at("here"))
		b.reload()
		b.pass(0)
		require.Nil(t, b.trouble(1))
	})
}

// A connection that was mended is tried at once.
func TestConnectionThatWasMended(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here"))
		b.store.set(func(s *store) {
			s.connections = []engine.Connection{{Name: "Shop"}}
			d := s.versions[place(1, 1)]
			d.Trigger.Connection = "Shop"
			s.versions[place(1, 1)] = d
		})
		b.outside.set(func(o *outside) { o.err = engine.Errorf(engine.Unauthorized, "Reconnect it.") })
		b.start()
		b.pass(12 * time.Hour)
		b.outside.set(func(o *outside) { o.err = nil })
		b.store.set(func(s *store) { s.connections = slices.Clone(s.connections); s.connections[0].UpdatedAt = b.now() })
		b.reload()
		b.pass(0)
		require.Nil(t, b.trouble(1))
	})
}

func TestSourcesAreClosed(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		b.store.publish(1, "place.new", at("here"))
		b.start()
		b.switchTo(1, false)
		b.outside.set(func(o *outside) { require.Equal(t, 1, o.closed) })
	})
}

func TestSampleOfASource(t *testing.T) {
	watching(t, func(t *testing.T, b *watchBench) {
		trigger := engine.Trigger{Use: "place.new", With: at("here")}
		_, ok, err := b.Params.Sources.Sample(t.Context(), trigger, b.now())
		require.NoError(t, err)
		require.False(t, ok)
		b.outside.put("here", "a", "b")
		item, ok, err := b.Params.Sources.Sample(t.Context(), trigger, b.now())
		require.NoError(t, err)
		require.True(t, ok)
		require.Equal(t, "b", item.Key)
		_, _, err = b.Params.Sources.Sample(t.Context(), engine.Trigger{Use: "schedule.every"}, b.now())
		require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	})
}
