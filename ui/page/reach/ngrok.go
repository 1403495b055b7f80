package reach

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// The steps of the set-up with ngrok.
const (
	stepAccount = iota + 1
	stepToken
	stepAddress
	stepTest
)

// ngrok is the guided set-up with ngrok: an account, its token, the address, a test.
type ngrok struct {
	page *Page
	at   int

	lead                             *widget.Text
	account, token, address, testing *step

	secret      *widget.Entry
	secretFrame *widget.FormField
	keep        *widget.Button
	forget      *widget.Button
	saveToken   *widget.Button

	free, ours  *widget.Choice
	own         bool
	domain      *widget.Entry
	domainFrame *widget.FormField
	domainBox   *fyne.Container
	connect     *widget.Button

	test   *test
	finish fyne.CanvasObject
	object fyne.CanvasObject
}

func newNgrok(p *Page) *ngrok {
	n := &ngrok{page: p}
	n.account = p.newStep(stepAccount, lang.L("Make a free account at ngrok"), lang.L("Show"), n.accountBody(), func() { n.goTo(stepAccount) })
	n.token = p.newStep(stepToken, lang.L("Paste your token"), lang.L("Change"), n.tokenBody(), func() { n.goTo(stepToken) })
	n.address = p.newStep(stepAddress, lang.L("Choose the address"), lang.L("Change"), n.addressBody(), func() { n.goTo(stepAddress) })
	n.test = newTest(p, engine.WayNgrok)
	n.finish = widget.Row(0, widget.Spacer(), widget.NewFilledButton("", lang.L("Done"), p.finish))
	n.testing = p.newStep(stepTest, lang.L("Test it"), "", widget.Column(theme.Space3, n.test.object, n.finish), nil)
	n.lead = widget.NewText(lang.L("ngrok gives this computer an address on the internet and passes on what arrives there, over a connection that Bellhop opens. Nothing on this computer but the addresses of your recipes can be reached that way. ngrok could read what passes through; who sent it, Bellhop checks itself."))
	n.object = widget.Column(theme.Space3, n.lead, n.account.object, n.token.object, n.address.object, n.testing.object)
	return n
}

func (n *ngrok) accountBody() fyne.CanvasObject {
	words := widget.NewText(lang.L("Sign up with your e-mail address. ngrok then sends you an e-mail: confirm it, and come back here."))
	open := widget.NewFilledButton(theme.IconOpen, lang.L("Open ngrok’s sign-up page"), func() { n.page.open(ngrokSignUp) })
	next := widget.NewButton(lang.L("I have an account"), func() { n.goTo(stepToken) })
	return widget.Column(theme.Space4, words, widget.Row(theme.Space2, open, next, widget.Spacer()))
}

func (n *ngrok) tokenBody() fyne.CanvasObject {
	where := widget.NewText(lang.L("The token lets Bellhop use your account. On ngrok’s page it is called “Your Authtoken”: press the copy button there, then Paste here."))
	n.secret = widget.NewSecretEntry(lang.L("Token"))
	n.secret.PlaceHolder = lang.L("Your Authtoken")
	n.secret.OnChanged = func(string) { n.tokenProblem("") }
	n.secret.OnSubmitted = func(string) { n.submitToken() }
	paste := widget.NewButton(lang.L("Paste"), func() {
		n.secret.SetText(strings.TrimSpace(fyne.CurrentApp().Clipboard().Content()))
	})
	paste.Icon, paste.Name = theme.IconInsert, lang.L("Paste the token")
	n.secretFrame = widget.NewFormField(lang.L("Token"), false, n.page.follow(widget.Row(theme.Space2, widget.Grow(n.secret), paste)),
		lang.L("It is kept encrypted on this computer and shown to nobody."))
	n.saveToken = widget.NewFilledButton("", lang.L("Next"), n.submitToken)
	n.keep = widget.NewButton(lang.L("Keep the saved one"), func() { n.goTo(stepAddress) })
	n.forget = widget.NewButton(lang.L("Forget it"), n.forgetToken)
	n.forget.Style, n.forget.Name = widget.Danger, lang.L("Forget the saved token")
	open := widget.NewButton(lang.L("Show me my token at ngrok"), func() { n.page.open(ngrokToken) })
	open.Icon = theme.IconOpen
	return widget.Column(theme.Space4, where, widget.Row(theme.Space2, open, widget.Spacer()), n.secretFrame,
		widget.Row(theme.Space2, n.forget, widget.Spacer(), n.keep, n.saveToken))
}

func (n *ngrok) addressBody() fyne.CanvasObject {
	n.free = widget.NewChoice(lang.L("The address that comes with my account"), func() { n.choose(false) })
	n.ours = widget.NewChoice(lang.L("Another address of my account"), func() { n.choose(true) })
	n.domain = widget.NewEntry(lang.L("Address"))
	n.domain.PlaceHolder = "hooks.example.com"
	n.domain.OnChanged = func(string) { n.domainProblem("") }
	n.domain.OnSubmitted = func(string) { n.submitAddress() }
	n.domainFrame = widget.NewFormField(lang.L("Address"), false, n.page.follow(n.domain), lang.L("One that is listed in your ngrok account under Domains. Without https://."))
	link := widget.NewLink(lang.L("Show my addresses at ngrok"), func() { n.page.open(ngrokDomains) })
	n.domainBox = widget.Column(theme.Space2, n.domainFrame, widget.Row(0, link))
	n.connect = widget.NewFilledButton("", lang.L("Connect and test"), n.submitAddress)
	words := widget.NewText(lang.L("Every ngrok account comes with an address that stays the same, so that the apps that send to it need not be told again."))
	return widget.Column(theme.Space4, words, widget.Row(theme.Space2, n.free, n.ours, widget.Spacer()), n.domainBox,
		widget.Row(0, widget.Spacer(), n.connect))
}

func (n *ngrok) content() fyne.CanvasObject { return n.object }

// begin shows the set-up at the first step that is not done.
func (n *ngrok) begin() {
	at := stepAccount
	if n.page.book.token {
		at = stepAddress
	}
	n.beginAt(at)
}

// beginAt shows the set-up at a step.
func (n *ngrok) beginAt(at int) {
	p := n.page
	if p.view != n {
		n.test.stop()
		n.secret.SetText("")
		n.own = p.book.settings.Way == engine.WayNgrok && p.book.settings.Address != ""
		n.domain.SetText("")
		if n.own {
			n.domain.SetText(p.book.settings.Address)
		}
	}
	n.goTo(at)
}

func (n *ngrok) goTo(at int) {
	n.at = at
	if at != stepTest {
		n.test.stop()
	}
	n.page.goTo(n)
	focus := n.page.Navigator.Dialogs().Canvas()
	focus.Unfocus() // what had the keyboard may be out of sight
	switch {
	case at == stepToken:
		focus.Focus(n.secret)
	case at == stepAddress && n.own:
		focus.Focus(n.domain)
	case at == stepAddress:
		focus.Focus(n.connect)
	}
}

func (n *ngrok) choose(own bool) {
	n.own = own
	n.domainProblem("")
	n.page.refresh()
	if own {
		n.page.Navigator.Dialogs().Canvas().Focus(n.domain)
	}
}

func (n *ngrok) tokenProblem(sentence string) {
	n.secretFrame.SetError(sentence)
	n.secret.Mark(sentence != "")
}

func (n *ngrok) domainProblem(sentence string) {
	n.domainFrame.SetError(sentence)
	n.domain.Mark(sentence != "")
}

// submitToken keeps the token that was typed.
func (n *ngrok) submitToken() {
	if n.page.busy {
		return
	}
	token := tokenOf(n.secret.Text)
	switch {
	case token == "" && n.page.book.token:
		n.goTo(stepAddress)
		return
	case token == "":
		n.tokenProblem(lang.L("Paste the token first."))
		return
	case len(token) < shortestToken || strings.ContainsAny(token, " \t\r\n@/"):
		n.tokenProblem(lang.L("This does not look like a token of ngrok: a long row of letters and digits. Copy it once more with the button on ngrok’s page."))
		return
	}
	n.page.do(func(ctx context.Context) error { return n.page.Engine.SetToken(ctx, token) }, func(err error) {
		if err != nil {
			n.tokenProblem(phrase.Error(err))
			return
		}
		n.secret.SetText("")
		n.page.book.token = true
		if n.page.view == n {
			n.goTo(stepAddress)
		}
	})
}

// forgetToken removes the token that is kept, after a question if it is in use.
func (n *ngrok) forgetToken() {
	p := n.page
	forget := func() {
		p.do(func(ctx context.Context) error { return p.Engine.SetToken(ctx, "") }, func(err error) {
			if err != nil {
				n.tokenProblem(phrase.Error(err))
				return
			}
			p.book.token = false
			p.Navigator.Toast(lang.L("The token is forgotten."))
		})
	}
	if p.book.settings.Way != engine.WayNgrok {
		forget()
		return
	}
	widget.NewConfirm(p.Navigator.Dialogs(), lang.L("Forget the token?"),
		lang.L("Without it Bellhop cannot connect to ngrok any more, and nothing from the internet arrives."), lang.L("Forget it"), true, forget).Show()
}

// shortestToken is far below the length of any token, which is some 49 letters.
const shortestToken = 16

// tokenOf finds the token in what was pasted, which may be the whole command that ngrok's page shows.
func tokenOf(text string) string {
	text = strings.TrimSpace(text)
	for _, before := range []string{"add-authtoken", "authtoken:", "NGROK_AUTHTOKEN="} {
		if _, after, ok := strings.Cut(text, before); ok {
			text = strings.TrimSpace(after)
		}
	}
	return strings.Trim(text, `"'`)
}

// submitAddress takes the way into use, and tests it.
func (n *ngrok) submitAddress() {
	if n.page.busy {
		return
	}
	domain := ""
	if n.own {
		var err error
		if domain, err = engine.CheckDomain(n.domain.Text); err != nil {
			n.domainProblem(phrase.Error(err))
			return
		}
		if domain == "" {
			n.domainProblem(lang.L("Write the address, such as hooks.example.com."))
			return
		}
	}
	n.test.begin(func(s *engine.Settings) { s.Way, s.Address = engine.WayNgrok, domain }, func(err error) {
		n.goTo(stepAddress)
		n.own = true
		n.domainProblem(phrase.Error(err))
	})
	n.goTo(stepTest)
}

func (n *ngrok) refresh() {
	b := n.page.book
	widget.SetVisible(n.lead, n.at == stepAccount) // it was read by then
	n.account.set(n.at, "")
	saved := ""
	if b.token {
		saved = lang.L("Saved")
	}
	n.token.set(n.at, saved)
	widget.SetVisible(n.keep, b.token)
	widget.SetVisible(n.forget, b.token)
	if b.tokenErr != nil {
		n.secretFrame.SetHelp(phrase.Error(b.tokenErr))
	} else {
		n.secretFrame.SetHelp(lang.L("It is kept encrypted on this computer and shown to nobody."))
	}
	address := lang.L("The one that comes with my account")
	if n.own {
		address = engine.Domain(n.domain.Text)
	}
	n.address.set(n.at, address)
	n.free.Set(n.free.Text, !n.own)
	n.ours.Set(n.ours.Text, n.own)
	widget.SetVisible(n.domainBox, n.own)
	n.test.refresh()
	n.testing.set(n.at, "")
	widget.SetVisible(n.finish, n.test.worked())
	for _, button := range []*widget.Button{n.saveToken, n.connect} {
		widget.SetEnabled(button, !n.page.busy)
	}
}
