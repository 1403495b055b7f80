package reach

import (
	"cmp"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// Pages of ngrok's. Source: https://ngrok.com/docs, November 2026.
const (
	ngrokSignUp  = "https://dashboard.ngrok.com/signup"
	ngrokToken   = "https://dashboard.ngrok.com/get-started/your-authtoken"
	ngrokDomains = "https://dashboard.ngrok.com/domains"
	ngrokAccount = "https://dashboard.ngrok.com"
	ngrokErrors  = "https://ngrok.com/docs/errors/"
)

// troubleWords say what keeps deliveries from arriving.
func troubleWords(r engine.Reach) (tone theme.Tone, lead, text string) {
	switch {
	case r.Link.State == engine.LinkRefused:
		return theme.Bad, lang.L("This needs you."), r.Link.Problem
	case r.Link.State == engine.LinkLost:
		return theme.Warn, lang.L("The connection to ngrok is lost."), cmp.Or(r.Link.Problem, lang.L("Bellhop brings it back by itself."))
	case r.Link.Problem != "":
		return theme.Warn, lang.L("It does not work yet."), r.Link.Problem
	}
	return theme.Bad, lang.L("What is sent to the address does not arrive."), r.Problem
}

// fixes are what can be done about it, the best first. again tries once more.
func (p *Page) fixes(r engine.Reach, again *widget.Button) []fyne.CanvasObject {
	var deeds []fyne.CanvasObject
	add := func(text string, onTapped func()) { deeds = append(deeds, widget.NewButton(text, onTapped)) }
	switch r.Link.Fix {
	case engine.FixToken:
		add(lang.L("Paste the token again"), func() { p.ngrok.beginAt(stepToken) })
	case engine.FixAddress:
		add(lang.L("Choose another address"), func() { p.ngrok.beginAt(stepAddress) })
	case engine.FixAccount:
		add(lang.L("Open my ngrok account"), func() { p.open(ngrokAccount) })
	case engine.FixNetwork:
		add(lang.L("What to look at"), p.aboutFirewalls)
	}
	deeds = append(deeds, again)
	if code := strings.ToLower(r.Link.Code); strings.HasPrefix(code, "err_ngrok_") {
		deeds = append(deeds, widget.NewLink(lang.L("Read what ngrok says"), func() { p.open(ngrokErrors + code) }))
	}
	for _, deed := range deeds {
		p.follow(deed)
	}
	return deeds
}

// aboutFirewalls says who may keep Bellhop from connecting.
func (p *Page) aboutFirewalls() {
	widget.NewMessage(p.Navigator.Dialogs(), lang.L("Something keeps Bellhop from connecting"),
		lang.L("A firewall decides which programs may use the internet. It may be part of this computer’s protection program, of your router, or of the network of an office, school or hotel.")+"\n\n"+
			lang.L("Look into the protection program for a message about Bellhop, and allow it. Somebody who looks after the network needs to know: Bellhop connects to connect.ngrok-agent.com, port 443, and what is sent there must not be opened on the way.")+"\n\n"+
			lang.L("To see whether it is the network, connect this computer through your phone for a moment and try again.")).Show()
}
