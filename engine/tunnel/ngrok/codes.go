package ngrok

import (
	"regexp"
	"strings"

	"bellhop/engine"
)

// remedy says what is to be done about a refusal.
type remedy int

const (
	stop   remedy = iota // trying again would not help: a person has to do something
	slowly               // a new session after pauses.limit
	anew                 // a new session soon, at last every pauses.taken
)

// refusal is what one of ngrok's codes means.
type refusal struct {
	problem string // a sentence for people
	fix     engine.LinkFix
	then    remedy
}

// refusals are ngrok's codes that a tunnel's owner can come to see; what they mean is at
// https://ngrok.com/docs/errors/ with the code in lower case behind. Each names no limit in numbers: those
// change, and differ by plan.
var refusals = map[string]refusal{
	// The token: badly formed, revoked, unknown, none.
	"ERR_NGROK_105":  badToken,
	"ERR_NGROK_106":  badToken,
	"ERR_NGROK_107":  badToken,
	"ERR_NGROK_4018": badToken,

	// The account.
	"ERR_NGROK_108": {"Your ngrok account is already connected as often as its plan allows, probably from another computer. " +
		"Quit ngrok or Bellhop there. Bellhop goes on trying.", engine.FixAccount, slowly},
	"ERR_NGROK_123":  {"ngrok wants your e-mail address confirmed first. Open the e-mail that ngrok sent you, or have it sent again in your ngrok account.", engine.FixAccount, stop},
	"ERR_NGROK_324":  {"Your ngrok plan does not allow another address at the same time. Stop one that you do not need in your ngrok account.", engine.FixAccount, stop},
	"ERR_NGROK_9009": {"Your ngrok plan does not allow connecting through a proxy. Remove the proxy in Bellhop's settings, or change the plan.", engine.FixAccount, stop},

	// The program, and where it connects from.
	"ERR_NGROK_121":  {"This Bellhop is too old for ngrok. Update Bellhop.", engine.FixUpdate, stop},
	"ERR_NGROK_116":  badPlace,
	"ERR_NGROK_9040": badPlace,

	// The address.
	"ERR_NGROK_313": badAddress,
	"ERR_NGROK_314": badAddress,
	"ERR_NGROK_319": badAddress,
	"ERR_NGROK_320": badAddress,
	"ERR_NGROK_334": {"This address is in use, probably by Bellhop on another computer, or by a connection of before that ngrok has not given up yet. " +
		"Bellhop goes on trying.", engine.FixAccount, anew},

	// The traffic. Going by their words these reach visitors, not agents; engine/reach tells of those.
	"ERR_NGROK_702": tooFast,
	"ERR_NGROK_703": tooFast,
	"ERR_NGROK_714": tooFast,
	"ERR_NGROK_734": tooFast,
	"ERR_NGROK_725": usedUp,
	"ERR_NGROK_726": usedUp,
	"ERR_NGROK_727": usedUp,
	"ERR_NGROK_735": usedUp,
}

var (
	badToken = refusal{"ngrok does not accept this authtoken. Copy it again from your ngrok account, as a whole, and paste it here.", engine.FixToken, stop}
	badPlace = refusal{"ngrok does not accept connections from this network or country. Turn off a VPN or Tor if you use one, or connect from another network.",
		engine.FixNetwork, stop}
	badAddress = refusal{"This address is not one of your ngrok account, or not in its plan. Leave it empty to use the account's own.", engine.FixAddress, stop}
	tooFast    = refusal{"Too many requests came at once, and ngrok slows them down. Their senders will send them again.", engine.FixAccount, slowly}
	usedUp     = refusal{"What your ngrok plan allows in a month is used up. It begins anew on the first of the month; another plan allows more.",
		engine.FixAccount, slowly}
)

// refused returns what a code means. Unknown ones are taken for lasting: trying for ever what was refused
// makes accounts blocked.
func refused(code string) refusal {
	if r, ok := refusals[code]; ok {
		return r
	}
	return refusal{"ngrok refused: " + code + ". What that means is written at ngrok.com/docs/errors/" + strings.ToLower(code) + ".", engine.FixAccount, stop}
}

// Codes come as a method of some errors, in the text of others, and in lower case within a web address.
var codePattern = regexp.MustCompile(`(?i)\berr_ngrok_\d{1,6}\b`)

// codeIn returns the first code in a text in upper case, or "".
func codeIn(text string) string { return strings.ToUpper(codePattern.FindString(text)) }
