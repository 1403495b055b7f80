package reach

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Pages of ngrok's. Source: https://ngrok.com/docs, November 2026.
const (
	ngrokSignUp   = "https://dashboard.ngrok.com/signup"
	ngrokToken    = "https://dashboard.ngrok.com/get-started/your-authtoken"
	ngrokDomains  = "https://dashboard.ngrok.com/domains"
	ngrokAccount  = "https://dashboard.ngrok.com"
	ngrokSessions = "https://dashboard.ngrok.com/agents"
	ngrokTaken    = "https://dashboard.ngrok.com/endpoints"
	ngrokPlans    = "https://dashboard.ngrok.com/billing/choose-a-plan"
	ngrokStatus   = "https://status.ngrok.com"
	ngrokErrors   = "https://ngrok.com/docs/errors/"
)

// troubleWords say what keeps deliveries from arriving.
func troubleWords(r engine.Reach) (tone theme.Tone, lead, text string) {
	switch {
	case r.Link.State == engine.LinkRefused:
		return theme.Bad, lang.L("This needs you."), phrase.Of(r.Link.Problem)
	case r.Link.State == engine.LinkLost:
		return theme.Warn, lang.L("The connection to ngrok is lost."), cmp.Or(phrase.Of(r.Link.Problem), lang.L("Bellhop brings it back by itself."))
	case r.Link.Problem != "":
		return theme.Warn, lang.L("It does not work yet."), phrase.Of(r.Link.Problem)
	}
	return theme.Bad, lang.L("What is sent to the address does not arrive."), phrase.Of(r.Problem)
}

// fixes are what can be done about it, the best first. again tries once more.
func (p *Page) fixes(r engine.Reach, again *widget.Button) []fyne.CanvasObject {
	var deeds []fyne.CanvasObject
	if words, deed := p.fix(r); deed != nil {
		deeds = append(deeds, widget.NewButton(words, deed))
	}
	deeds = append(deeds, again)
	if code := strings.ToLower(r.Code); strings.HasPrefix(code, "err_ngrok_") {
		deeds = append(deeds, widget.NewLink(lang.L("Read what ngrok says"), func() { p.open(ngrokErrors + code) }))
	}
	for _, deed := range deeds {
		p.follow(deed)
	}
	return deeds
}

// fix is what mends it, and the words for that; nil if there is nothing but to wait.
func (p *Page) fix(r engine.Reach) (words string, deed func()) {
	open := func(page string) func() { return func() { p.open(page) } }
	switch r.Fix {
	case engine.FixToken:
		return lang.L("Paste the token again"), func() { p.ngrok.beginAt(stepToken) }
	case engine.FixAddress:
		switch {
		case r.Way == engine.WayNgrok:
			return lang.L("Choose another address"), func() { p.ngrok.beginAt(stepAddress) }
		case p.view == p.own:
			return "", nil // it is on this page
		}
		return lang.L("Look at how it is set up"), p.own.begin
	case engine.FixAccount:
		return lang.L("Open my ngrok account"), open(ngrokAccount)
	case engine.FixSessions:
		return lang.L("Show what is connected to my account"), open(ngrokSessions)
	case engine.FixTaken:
		return lang.L("Show what uses my addresses"), open(ngrokTaken)
	case engine.FixPlan:
		return lang.L("See the plans of ngrok"), open(ngrokPlans)
	case engine.FixDomain:
		return lang.L("Show my addresses at ngrok"), open(ngrokDomains)
	case engine.FixMaker:
		return lang.L("See whether ngrok has an outage"), open(ngrokStatus)
	case engine.FixUpdate:
		return lang.L("How to update Bellhop"), p.aboutUpdates
	case engine.FixNetwork:
		return lang.L("What to look at"), p.aboutFirewalls
	case engine.FixPlace:
		return lang.L("What to look at"), p.aboutPlaces
	case engine.FixProxy:
		if p.OnProxy == nil {
			return lang.L("What to look at"), p.aboutProxies
		}
		return lang.L("Open the proxy’s setting"), p.OnProxy
	}
	return "", nil
}

// tell shows paragraphs about something.
func (p *Page) tell(title string, paragraphs ...string) {
	widget.NewMessage(p.Navigator.Dialogs(), title, strings.Join(paragraphs, "\n\n")).Show()
}

// aboutFirewalls says who may keep Bellhop from connecting.
func (p *Page) aboutFirewalls() {
	firewall := lang.L("A firewall decides which programs may use the internet. It may be part of this computer’s protection program, of your router, or of the network of an office, school or hotel.")
	if p.book.settings.Way == engine.WayNgrok {
		firewall += " " + lang.L("Look into the protection program for a message about Bellhop, and allow it. Somebody who looks after the network needs to know: Bellhop connects to connect.ngrok-agent.com, port 443, and what is sent there must not be opened on the way.")
	}
	p.tell(lang.L("Something keeps Bellhop from connecting"),
		lang.L("Open any web page in your browser. If none opens, this computer has no internet now, or the network asks you to sign in first. Bellhop goes on by itself once it is there."),
		firewall,
		lang.L("To see whether it is the network, connect this computer through your phone for a moment and try again."))
}

// aboutPlaces says what to do where ngrok does not let one in.
func (p *Page) aboutPlaces() {
	p.tell(lang.L("ngrok does not accept connections from here"),
		lang.L("ngrok goes by the internet address that this computer seems to have. If a VPN, Tor or a similar program is on, turn it off, and try again: such addresses are often refused, or belong to another country."),
		lang.L("If none is, connect this computer through your phone for a moment and try again. If that works, ngrok refuses your usual network: ask ngrok’s support why."),
		lang.L("In countries that ngrok does not serve, another way in is left: an address of your own. Under “Change”, choose “Another way…”."))
}

// aboutUpdates says how to get a newer Bellhop.
func (p *Page) aboutUpdates() {
	p.tell(lang.L("Update Bellhop"),
		lang.L("ngrok lets only programs in that are new enough. Get the newest Bellhop from where you have this one, quit Bellhop, and install it over this one. Your recipes, connections and runs stay."),
		lang.L("While Bellhop is quit, nothing arrives. Once it is back it asks those apps that can be asked for what it missed."),
		lang.L("If this one is the newest, choose another way in for now: an address of your own. Under “Change”, choose “Another way…”."))
}

// aboutProxies says what a proxy has to be like.
func (p *Page) aboutProxies() {
	p.tell(lang.L("The proxy is in the way"),
		lang.L("You find it in the settings, under Network. ngrok is reached directly, or through a proxy whose address begins with socks5://. If this computer reaches the internet without a proxy, leave the field empty."))
}
