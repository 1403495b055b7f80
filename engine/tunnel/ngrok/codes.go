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
	rarely               // a new session after pauses.unknown
	anew                 // a new session soon, at last every pauses.taken
)

// refusal is what one of ngrok's codes means.
type refusal struct {
	problem string // a sentence for people
	fix     engine.LinkFix
	then    remedy
}

// refusals are ngrok's codes that a tunnel's owner can come to see; what they mean is at
// https://ngrok.com/docs/errors/reference. None names a limit in numbers: those change, and differ by plan.
var refusals = map[string]refusal{
	// The token: badly formed, of long ago, unknown, revoked, none.
	"ERR_NGROK_105":  badToken,
	"ERR_NGROK_106":  badToken,
	"ERR_NGROK_107":  badToken,
	"ERR_NGROK_300":  badToken,
	"ERR_NGROK_4018": badToken,

	// The account.
	"ERR_NGROK_102":  suspended,
	"ERR_NGROK_103":  suspended,
	"ERR_NGROK_336":  suspended,
	"ERR_NGROK_337":  suspended,
	"ERR_NGROK_338":  suspended,
	"ERR_NGROK_108":  full,
	"ERR_NGROK_348":  full,
	"ERR_NGROK_123":  unconfirmed,
	"ERR_NGROK_382":  unconfirmed,
	"ERR_NGROK_324":  another,
	"ERR_NGROK_350":  another,
	"ERR_NGROK_9009": {"Your ngrok plan does not allow connecting through a proxy. Remove the proxy in Bellhop's settings, or change the plan.", engine.FixProxy, stop},

	// The program, and where it connects from.
	"ERR_NGROK_119":  old,
	"ERR_NGROK_120":  old,
	"ERR_NGROK_121":  old,
	"ERR_NGROK_115":  badPlace,
	"ERR_NGROK_116":  badPlace,
	"ERR_NGROK_9040": badPlace,

	// The address: not the account's, not in its plan, not for this token, not for this region, no name for the internet.
	"ERR_NGROK_313": badAddress,
	"ERR_NGROK_314": badAddress,
	"ERR_NGROK_316": badAddress,
	"ERR_NGROK_319": badAddress,
	"ERR_NGROK_320": badAddress,
	"ERR_NGROK_322": badAddress,
	"ERR_NGROK_330": badAddress,
	"ERR_NGROK_331": badAddress,
	"ERR_NGROK_347": badAddress,
	"ERR_NGROK_354": badAddress,
	"ERR_NGROK_334": {"This address is in use, probably by Bellhop on another computer, or by a connection of before that ngrok has not given up yet. " +
		"Quit the other one. Bellhop goes on trying.", engine.FixTaken, anew},

	// What an agent that comes back is known by: a new one needs neither.
	"ERR_NGROK_110": forgotten,
	"ERR_NGROK_335": forgotten,

	// Too often, too much. Going by their words the last eight reach visitors, not agents; engine/reach tells of those.
	"ERR_NGROK_349": tooOften,
	"ERR_NGROK_351": tooOften,
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
	badToken  = refusal{"ngrok does not accept this authtoken. Copy it again from your ngrok account, as a whole, and paste it here.", engine.FixToken, stop}
	suspended = refusal{"ngrok has suspended your account, perhaps because a payment failed. Your ngrok account says why.", engine.FixAccount, stop}
	full      = refusal{"Your ngrok account is already connected as often as its plan allows, probably from another computer. " +
		"Quit ngrok or Bellhop there. Bellhop goes on trying.", engine.FixSessions, slowly}
	unconfirmed = refusal{"ngrok wants your e-mail address confirmed first. Open the e-mail that ngrok sent you, or have it sent again in your ngrok account.",
		engine.FixAccount, stop}
	another = refusal{"Your ngrok plan does not allow another address at the same time. Stop one that you do not need in your ngrok account.",
		engine.FixTaken, stop}
	old      = refusal{"This Bellhop is too old for ngrok. Update Bellhop.", engine.FixUpdate, stop}
	badPlace = refusal{"ngrok does not accept connections from this network or country. Turn off a VPN or Tor if you use one, or connect from another network.",
		engine.FixPlace, stop}
	badAddress = refusal{"This address is not one of your ngrok account, or not in its plan. Take one that is listed in your ngrok account, or the one that comes with it.", engine.FixAddress, stop}
	forgotten  = refusal{"ngrok no longer knows the connection of before. Bellhop connects anew.", "", anew}
	tooOften   = refusal{"Bellhop connected to ngrok too often in a short time. It tries again in a moment.", "", slowly}
	tooFast    = refusal{"Too many requests came at once, and ngrok slows them down. Their senders will send them again.", engine.FixPlan, slowly}
	usedUp     = refusal{"What your ngrok plan allows in a month is used up. It begins anew on the first of the month; another plan allows more.",
		engine.FixPlan, slowly}
)

// refused returns what a code means. An unknown one may be a passing trouble of ngrok's own, so it is tried
// again, but rarely: who never stops asking for what was refused is taken for an attacker.
func refused(code string) refusal {
	if r, ok := refusals[code]; ok {
		return r
	}
	return refusal{"ngrok refused: " + code + ". What that means is written at ngrok.com/docs/errors/" + strings.ToLower(code) + ". Bellhop tries again now and then.",
		engine.FixAccount, rarely}
}

// Codes come as a method of some errors, in the text of others, and in lower case within a web address.
var codePattern = regexp.MustCompile(`(?i)\berr_ngrok_\d{1,6}\b`)

// codeIn returns the first code in a text in upper case, or "".
func codeIn(text string) string { return strings.ToUpper(codePattern.FindString(text)) }
