package reach_test

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/ui/uitest"
	"bellhop/ui/widget"
)

const token = "2abcDEFghiJKLmnoPQRstuVWXyz_0123456789abcdefghij"

func TestWithNoWayInOneChooses(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	require.Contains(t, w.words(), "This computer has none")
	require.Contains(t, w.words(), "One of your recipes asks its app every hour")
	w.tap("Not now")
	require.Equal(t, 1, w.navigator.Backs)
}

func TestTheSetUpWithNgrokFromBeginningToEnd(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.tap("Set up with ngrok")
	w.tap("Open ngrok’s sign-up page")
	w.tap("I have an account")
	w.tap("Show me my token at ngrok")
	require.Equal(t, []string{"https://dashboard.ngrok.com/signup", "https://dashboard.ngrok.com/get-started/your-authtoken"}, w.browsed)

	w.tap("Next")
	require.Contains(t, w.words(), "Paste the token first.")
	fyne.CurrentApp().Clipboard().SetContent("  ngrok config add-authtoken " + token + "\n")
	w.tap("Paste the token")
	require.NotContains(t, w.words(), token, "it is hidden")
	w.tap("Next")
	require.Equal(t, token, w.engine.token)

	require.Contains(t, w.words(), "an address that stays the same")
	uitest.Tap(t, w.page.Content(), "Connect and test")
	require.Contains(t, w.words(), "Connecting to ngrok…")
	w.loop.Turn()
	require.Equal(t, engine.Settings{Way: engine.WayNgrok}, w.desk.settings)
	require.Equal(t, 1, w.engine.checks)

	w.reached(engine.Reach{Way: engine.WayNgrok, Link: engine.Link{State: engine.LinkConnecting, Since: now}})
	require.Contains(t, w.words(), "Connecting to ngrok…")
	half := up(now)
	half.Worked, half.Checked = time.Time{}, time.Time{}
	w.reached(half)
	require.Contains(t, w.words(), "Bellhop calls its own address over the internet…")
	require.NotContains(t, w.words(), "It works.")
	w.reached(up(now.Add(time.Second)))
	words := w.words()
	require.Contains(t, words, "It works.")
	require.Contains(t, words, public)
	require.Contains(t, words, "Bellhop tells Shopify by itself.")
	require.Contains(t, words, "In Stripe, paste the address where it asks for “Payment succeeded”.")
	require.NotContains(t, words, "Practice\n", "what practice accounts send never leaves this computer")
	require.NotContains(t, words, "Switched off")
	w.tap("Copy the address of Thank for payments")
	require.Equal(t, public+"/hooks/tokT", fyne.CurrentApp().Clipboard().Content())
	w.tap("Copy the address")
	require.Equal(t, public, fyne.CurrentApp().Clipboard().Content())
	w.tap("Done")
	require.Contains(t, w.words(), "1,204 of about 20,000 requests")
}

func TestWhatIsPastedMayBeMoreThanTheToken(t *testing.T) {
	for _, test := range []struct{ name, pasted, token string }{
		{"token", token, token},
		{"spaces around", "\n " + token + " ", token},
		{"command", "ngrok config add-authtoken " + token, token},
		{"configuration", "authtoken: \"" + token + "\"", token},
		{"environment", "NGROK_AUTHTOKEN=" + token, token},
		{"short", "abc", ""},
		{"sentence", "the quick brown fox jumps", ""},
		{"address", "https://dashboard.ngrok.com/get-started", ""},
		{"mail", "ana.silva.of.olive@example.com", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t).open()
			w.tap("Set up with ngrok")
			w.tap("I have an account")
			w.fill("Token", test.pasted)
			w.tap("Next")
			require.Equal(t, test.token, w.engine.token)
			if test.token == "" {
				require.Contains(t, w.words(), "does not look like a token")
			}
		})
	}
}

func TestATokenThatCannotBeKeptIsSaidAtTheField(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.tap("Set up with ngrok")
	w.tap("I have an account")
	w.engine.tokenErr = engine.Errorf(engine.Unavailable, "The keychain is locked. Unlock it and try again.")
	w.fill("Token", token)
	w.tap("Next")
	require.Contains(t, w.words(), "The keychain is locked.")
	w.engine.tokenErr = nil
	w.tap("Next")
	require.Equal(t, token, w.engine.token, "what was typed was not lost")
}

func TestAWrongTokenIsMended(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.engine.token = "wrong"
	w.open()
	w.tap("Set up with ngrok")
	w.engine.onCheck = func() { w.engine.reach = refused(w.now) }
	w.tap("Connect and test")
	require.Contains(t, w.words(), "ngrok does not accept this authtoken.")
	w.tap("Read what ngrok says")
	require.Equal(t, []string{"https://ngrok.com/docs/errors/err_ngrok_107"}, w.browsed)

	w.tap("Paste the token again")
	w.fill("Token", token)
	w.tap("Next")
	require.Equal(t, token, w.engine.token)
	w.now = now.Add(time.Minute)
	w.engine.onCheck = func() { w.engine.reach = up(w.now) }
	w.tap("Connect and test")
	require.Contains(t, w.words(), "It works.")
	require.NotContains(t, w.words(), "ngrok does not accept")
}

// Try again takes what ngrok refused up anew: it may have been mended in the account.
func TestTryAgainAfterARefusal(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = refused(now)
	w.engine.reach.Fix = engine.FixAccount
	w.open()
	w.tap("Open my ngrok account")
	require.Equal(t, []string{"https://dashboard.ngrok.com"}, w.browsed)
	w.engine.onCheck = func() { w.engine.reach = up(now) }
	w.tap("Try again")
	require.Equal(t, 1, w.desk.changes, "the settings are taken up once more")
	require.Contains(t, w.words(), "Reachable")
	require.NotContains(t, w.words(), "This needs you.")
}

func TestEachFixHasItsButton(t *testing.T) {
	for fix, want := range map[engine.LinkFix]struct{ button, page, says string }{
		engine.FixToken:    {"Paste the token again", "", "Your Authtoken"},
		engine.FixAddress:  {"Choose another address", "", "Connect and test"},
		engine.FixAccount:  {"Open my ngrok account", "https://dashboard.ngrok.com", ""},
		engine.FixSessions: {"Show what is connected to my account", "https://dashboard.ngrok.com/agents", ""},
		engine.FixTaken:    {"Show what uses my addresses", "https://dashboard.ngrok.com/endpoints", ""},
		engine.FixPlan:     {"See the plans of ngrok", "https://dashboard.ngrok.com/billing/choose-a-plan", ""},
		engine.FixDomain:   {"Show my addresses at ngrok", "https://dashboard.ngrok.com/domains", ""},
		engine.FixMaker:    {"See whether ngrok has an outage", "https://status.ngrok.com", ""},
		engine.FixUpdate:   {"How to update Bellhop", "", "install it over this one"},
		engine.FixNetwork:  {"What to look at", "", "firewall"},
		engine.FixPlace:    {"What to look at", "", "VPN"},
		engine.FixProxy:    {"Open the proxy’s setting", "", ""},
	} {
		t.Run(string(fix), func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t)
			w.desk.settings.Way = engine.WayNgrok
			w.engine.reach = refused(now)
			w.engine.reach.Fix = fix
			w.open()
			w.tap(want.button)
			if want.page != "" {
				require.Equal(t, []string{want.page}, w.browsed)
			}
			words := w.words()
			if top := w.dialog(); top != nil {
				words += uitest.Words(top)
			}
			require.Contains(t, words, want.says)
			require.Equal(t, fix == engine.FixProxy, w.proxies == 1)
		})
	}
}

// TestEachFixHasAButton: none that the engine knows was forgotten.
func TestEachFixHasAButton(t *testing.T) {
	for _, way := range []engine.Way{engine.WayNgrok, engine.WayAddress} {
		for _, fix := range engine.LinkFixes() {
			uitest.NewApp(t)
			w := newWorld(t)
			w.desk.settings.Way = way
			w.engine.reach = engine.Reach{Way: way, URL: public, Problem: "It does not work.", Fix: fix, Link: engine.Link{State: engine.LinkUp}}
			w.open()
			banner := uitest.Find(t, w.page.Content(), func(*widget.Banner) bool { return true })
			var buttons int
			for o := range uitest.Visible(banner) {
				if _, ok := o.(*widget.Button); ok {
					buttons++
				}
			}
			require.Equal(t, 2, buttons, "%s by %s: it, and to try again", fix, way)
		}
	}
}

// TestAProblemOfACallHasItsButton, though the tunnel itself believes that all is well.
func TestAProblemOfACallHasItsButton(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = up(now.Add(-time.Hour))
	w.engine.reach.Problem, w.engine.reach.Fix, w.engine.reach.Code = "What your ngrok plan allows in a month is used up.", engine.FixPlan, "ERR_NGROK_727"
	w.open()
	w.tap("See the plans of ngrok")
	w.tap("Read what ngrok says")
	require.Equal(t, []string{"https://dashboard.ngrok.com/billing/choose-a-plan", "https://ngrok.com/docs/errors/err_ngrok_727"}, w.browsed)
}

func TestWhatToLookAtIsAboutTheWayInUse(t *testing.T) {
	for way, ngrok := range map[engine.Way]bool{engine.WayNgrok: true, engine.WayAddress: false} {
		uitest.NewApp(t)
		w := newWorld(t)
		w.desk.settings.Way = way
		w.engine.reach = engine.Reach{Way: way, URL: public, Problem: "This computer is offline.", Fix: engine.FixNetwork, Link: engine.Link{State: engine.LinkUp}}
		w.open()
		w.tap("What to look at")
		require.Contains(t, uitest.Words(w.dialog()), "Open any web page")
		require.Equal(t, ngrok, contains(uitest.Words(w.dialog()), "connect.ngrok-agent.com"))
	}
}

func TestAProblemOfOnesOwnAddressLeadsToItsSetUp(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings = engine.Settings{Way: engine.WayAddress, Address: "https://hooks.example.com"}
	w.engine.reach = engine.Reach{Way: engine.WayAddress, URL: "https://hooks.example.com", Checked: now, Problem: "Another program answers.", Fix: engine.FixAddress, Link: engine.Link{State: engine.LinkUp}}
	w.open()
	w.tap("Look at how it is set up")
	require.Contains(t, w.words(), "tailscale funnel 8420")
	w.tap("Save and test")
	require.Contains(t, w.words(), "Another program answers.")
	require.NotContains(t, w.words(), "Look at how it is set up", "it is in sight")
}

func TestARouterThatDoesNotLetBellhopCallItself(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings = engine.Settings{Way: engine.WayAddress, Address: "https://hooks.example.com"}
	w.engine.reach = engine.Reach{Way: engine.WayAddress, URL: "https://hooks.example.com", Checked: now, Worked: now.Add(-4 * time.Minute), OneWay: true, Link: engine.Link{State: engine.LinkUp}}
	w.open()
	words := w.words()
	require.Contains(t, words, "Reachable")
	require.Contains(t, words, "Bellhop cannot call itself at this address, which some routers do not allow, but calls from outside arrive (last: 4 min ago).")
	require.NotContains(t, words, "Try again")
	w.tap("Change")
	uitest.Pick(t, w.navigator.Window, "The address…")
	w.loop.Turn()
	w.tap("Save and test")
	require.Contains(t, w.words(), "what an app sent from outside has arrived here")
	require.NotContains(t, w.words(), "called its own address over the internet")
}

// TestAnAddressThatWorksForSomeOnly: nearby, or without encryption.
func TestAnAddressThatWorksForSomeOnly(t *testing.T) {
	for address, want := range map[string]struct{ meter, test, not string }{
		"http://192.168.1.20:8420":  {"Only this computer and those in its network can call it; apps on the internet cannot.", "It works, but only nearby.", "over the internet last arrived"},
		"http://hooks.example.com":  {"Apps such as Shopify, Stripe and Slack deliver only where it begins with https://", "It works, but not for every app.", "Only this computer"},
		"https://hooks.example.com": {"A call over the internet last arrived: just now.", "called its own address over the internet", "http://"},
	} {
		t.Run(address, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t)
			w.desk.settings = engine.Settings{Way: engine.WayAddress, Address: address}
			w.engine.reach = engine.Reach{Way: engine.WayAddress, URL: address, Checked: now, Worked: now, Link: engine.Link{State: engine.LinkUp}}
			w.open()
			require.Contains(t, w.words(), want.meter)
			require.NotContains(t, w.words(), want.not)
			w.tap("Change")
			uitest.Pick(t, w.navigator.Window, "The address…")
			w.loop.Turn()
			w.tap("Save and test")
			require.Contains(t, w.words(), want.test)
		})
	}
}

func TestADomainIsTakenAsPeopleWriteIt(t *testing.T) {
	for _, test := range []struct{ written, domain, says string }{
		{"hooks.example.com", "hooks.example.com", ""},
		{" https://Hooks.Example.com/some/where ", "hooks.example.com", ""},
		{"", "", "Write the address"},
		{"my shop", "", "not an address that ngrok can give"},
		{"hooks.example.com:8443", "", "not an address that ngrok can give"},
	} {
		t.Run(test.written, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t)
			w.engine.token = token
			w.open()
			w.tap("Set up with ngrok")
			w.tap("Another address of my account")
			w.fill("Address", test.written)
			w.tap("Connect and test")
			require.Equal(t, test.domain, w.desk.settings.Address)
			require.Contains(t, w.words(), test.says)
		})
	}
}

func TestAnAddressOfOnesOwn(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.tap("Use my address")
	require.Contains(t, w.words(), "tailscale funnel 8420")
	w.tap("Save and test")
	require.Contains(t, w.words(), "Write the address first")
	w.fill("Address", "https://hooks.example.com/?x=1")
	w.tap("Save and test")
	require.Contains(t, w.words(), "is not an address that apps can send to")
	require.Equal(t, engine.WayNone, w.desk.settings.Way)

	w.engine.onCheck = func() {
		w.engine.reach = engine.Reach{Way: engine.WayAddress, URL: "https://hooks.example.com", Checked: w.now, Link: engine.Link{State: engine.LinkUp},
			Problem: "Another program answers at hooks.example.com, not this Bellhop."}
	}
	w.fill("Address", "hooks.example.com/")
	w.tap("Save and test")
	require.Equal(t, engine.Settings{Way: engine.WayAddress, Address: "https://hooks.example.com"}, w.desk.settings)
	require.Contains(t, w.words(), "Another program answers at hooks.example.com")
	w.now = now.Add(time.Minute)
	w.engine.onCheck = func() { w.engine.reach.Problem, w.engine.reach.Worked, w.engine.reach.Checked = "", w.now, w.now }
	w.tap("Try again")
	require.Contains(t, w.words(), "It works.")
	require.NotContains(t, w.words(), "Another program answers")
	w.tap("Done")
	require.Contains(t, w.words(), "An address of your own")
	require.NotContains(t, w.words(), "of about", "there are no limits of a plan")
}

func TestTheMeterWhileDeliveriesDoNotArrive(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = lost(now.Add(-28 * time.Minute))
	w.open()
	words := w.words()
	require.Contains(t, words, "Unreachable since 14:02")
	require.Contains(t, words, "The connection to ngrok is lost. No connection to ngrok.")
	require.Contains(t, words, "Goes on: Shopify is asked every hour")
	require.Contains(t, words, "Gets nothing from Stripe now")
	require.Contains(t, words, "29 min ago")
	w.tap("Thank for payments")
	require.Equal(t, []int64{2}, w.opened)
	w.reached(up(now))
	require.Contains(t, w.words(), "Reachable")
	require.NotContains(t, w.words(), "Gets nothing")
}

func TestTheMeterTestsNow(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = up(now.Add(-9 * time.Minute))
	w.open()
	require.Contains(t, w.words(), "9 min ago")
	w.engine.onCheck = func() { w.engine.reach = up(now) }
	uitest.Tap(t, w.page.Content(), "Test now")
	require.Contains(t, w.words(), "Testing…")
	w.loop.Turn()
	require.Equal(t, 1, w.engine.checks)
	require.Contains(t, w.words(), "just now")
	require.Contains(t, w.words(), "Test now")
}

func TestTheLimitsAreThoseOfTheFreePlanOnly(t *testing.T) {
	for _, test := range []struct {
		plan         string
		requests     int64
		says         []string
		without      string
		warns, limit bool
	}{
		{plan: "Free", requests: 1, says: []string{"1 of about 20,000 requests", "31.4 MB of about 1 GB of data"}, limit: true},
		{plan: "free", requests: 17_000, says: []string{"17,000 of about 20,000"}, warns: true, limit: true},
		{plan: "Personal", requests: 17_000, says: []string{"17,000 requests", "31.4 MB of data"}},
		{plan: "", requests: 1, says: []string{"1 request\n"}},
	} {
		t.Run(test.plan, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t)
			w.desk.settings.Way = engine.WayNgrok
			w.engine.reach = up(now)
			w.engine.reach.Link.Plan, w.engine.reach.Month.Requests = test.plan, test.requests
			w.open()
			words := w.words()
			for _, says := range test.says {
				require.Contains(t, words, says)
			}
			require.Equal(t, test.warns, contains(words, "close to what the free plan carries"))
			require.Equal(t, test.limit, contains(words, "of about"))
		})
	}
}

func TestAnAddressThatChangedIsSaidLoudly(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = up(now)
	w.engine.reach.Before = "https://old.ngrok-free.app"
	w.open()
	require.Contains(t, w.words(), "The address is a new one. Before, it was https://old.ngrok-free.app.")
}

func TestTurningOffSaysWhatStops(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings = engine.Settings{Way: engine.WayNgrok, Address: "hooks.example.com", Theme: engine.ThemeDark}
	w.engine.reach = up(now)
	w.open()
	w.tap("Turn off…")
	require.Contains(t, uitest.Words(w.dialog()),
		"2 recipes stop getting deliveries: “Tell the team about big orders”, “Thank for payments”. 1 of them goes on by asking its app every hour.")
	require.Equal(t, engine.WayNgrok, w.desk.settings.Way, "asked first")
	uitest.Tap(t, w.dialog(), "Turn off")
	w.loop.Turn()
	require.Equal(t, engine.Settings{Theme: engine.ThemeDark}, w.desk.settings)
	require.Contains(t, w.words(), "Choose how it should")
}

func TestAnotherWayIsLookedForAndLeft(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = up(now)
	w.open()
	require.False(t, w.page.Escape(), "the page itself is left")
	w.tap("Change")
	uitest.Pick(t, w.navigator.Window, "Another way…")
	w.loop.Turn()
	require.Contains(t, w.words(), "I have an address of my own")
	w.reached(up(now.Add(time.Second)))
	require.Contains(t, w.words(), "I have an address of my own", "a call that came through is no reason to leave")
	w.tap("Use my address")
	require.True(t, w.page.Escape())
	require.Contains(t, w.words(), "Who waits for deliveries")
	require.False(t, w.page.Escape())
}

func TestThePageThatCannotBeRead(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.err = engine.Errorf(engine.Unavailable, "The disk cannot be read.")
	w.open()
	require.Contains(t, w.words(), "The disk cannot be read.")
	w.desk.err = nil
	w.tap("Try again")
	require.Contains(t, w.words(), "Set up with ngrok")
	require.NotContains(t, w.words(), "The disk cannot be read.")
}

func TestABrowserThatDoesNotOpen(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.browseErr = errors.New("no browser")
	w.tap("Set up with ngrok")
	w.tap("Open ngrok’s sign-up page")
	require.Contains(t, uitest.Words(w.dialog()), "https://dashboard.ngrok.com/signup")
}

func TestTheTimesGoOn(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = up(now.Add(-time.Minute))
	w.open()
	require.Contains(t, w.words(), "1 min ago")
	w.now = now.Add(4 * time.Minute)
	w.timers[0]()
	w.loop.Turn()
	require.Contains(t, w.words(), "5 min ago")
	w.page.Hide()
	before := len(w.timers)
	w.timers[before-1]()
	w.loop.Turn()
	require.Len(t, w.timers, before, "nothing goes on behind the user's back")
}

// Everything that can be pressed has a name, and nothing asks for more room than a small window has.
func TestEverythingHasANameAndRoom(t *testing.T) {
	for _, look := range looks {
		t.Run(look.name, func(t *testing.T) {
			uitest.NewApp(t)
			w := newWorld(t).open()
			look.show(w)
			for o := range uitest.Visible(w.page.Content()) {
				if a, ok := o.(fyne.Accessible); ok {
					if _, ok := o.(fyne.Focusable); ok {
						require.NotEmpty(t, a.AccessibilityLabel(), "%T", o)
					}
				}
			}
			require.LessOrEqual(t, w.page.Content().MinSize().Width, float32(900))
		})
	}
}

func TestTheTokenIsForgotten(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.engine.token = token
	w.open()
	w.tap("Set up with ngrok")
	w.tap("Change: Paste your token")
	w.tap("Forget the saved token")
	require.Empty(t, w.engine.token, "nothing uses it")
	require.Equal(t, []string{"The token is forgotten."}, w.navigator.Toasts)
	require.NotContains(t, w.words(), "Keep the saved one")

	w.engine.token = token
	w.desk.settings.Way = engine.WayNgrok
	w.reached(up(now))
	w.tap("Forget the saved token")
	require.Equal(t, token, w.engine.token, "asked first, since it is in use")
	w.engine.tokenErr = engine.Errorf(engine.Unavailable, "The keychain is locked.")
	uitest.Tap(t, w.dialog(), "Forget it")
	w.loop.Turn()
	require.Contains(t, w.words(), "The keychain is locked.")
}

// What the keyboard comes to is seen, also in a low window.
func TestThePageFollowsTheKeyboard(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = up(now)
	w.open()
	w.navigator.Window.Resize(fyne.NewSize(900, 400))
	scroll := uitest.Find(t, w.page.Content(), func(*container.Scroll) bool { return true })
	require.Zero(t, scroll.Offset.Y)
	last := uitest.Find(t, w.page.Content(), func(b *widget.Button) bool { return b.Name == "Copy the address of Thank for payments" })
	w.navigator.Window.Canvas().Focus(last)
	require.Positive(t, scroll.Offset.Y)
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject(last)
	require.Less(t, place.Y+last.Size().Height, float32(400))
	first := uitest.Find(t, w.page.Content(), func(b *widget.Button) bool { return b.Name == "Copy the address" })
	w.navigator.Window.Canvas().Focus(first)
	require.Less(t, scroll.Offset.Y, float32(60))
}

func TestTheTestOfOnesOwnAddressIsScrolledTo(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t).open()
	w.navigator.Window.Resize(fyne.NewSize(900, 500))
	w.tap("Use my address")
	w.fill("Address", "hooks.example.com")
	w.engine.onCheck = func() {
		w.engine.reach = engine.Reach{Way: engine.WayAddress, URL: "https://hooks.example.com", Checked: w.now, Worked: w.now, Link: engine.Link{State: engine.LinkUp}}
	}
	w.tap("Save and test")
	scroll := uitest.Find(t, w.page.Content(), func(*container.Scroll) bool { return true })
	require.InDelta(t, scroll.Content.MinSize().Height-scroll.Size().Height, scroll.Offset.Y, 1)
}

func TestARecipeThatWasNeverPublishedWaitsForNothing(t *testing.T) {
	uitest.NewApp(t)
	w := newWorld(t)
	w.desk.settings.Way = engine.WayNgrok
	w.engine.reach = up(now)
	w.desk.recipes = append(w.desk.recipes, recipe(6, "Half made", "shopify.order_created", "My shop", true))
	w.open()
	require.Contains(t, w.words(), "Tell the team about big orders")
	require.NotContains(t, w.words(), "Half made")
}
