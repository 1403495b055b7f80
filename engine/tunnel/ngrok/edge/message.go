package edge

import "strings"

// The kinds of a stream: its first four bytes, in big-endian order.
const (
	kindAuth      = 0
	kindBind      = 1
	kindUnbind    = 2
	kindProxy     = 3
	kindInfo      = 8
	kindStop      = 9
	kindHeartbeat = 0xFFFFFFFF
)

// Auth is what an agent introduces itself with. ClientID is "" the first time, and what it was given when it comes back.
type Auth struct {
	ClientID string `json:"ClientId"`
	Extra    struct {
		Authtoken, OS, Arch, Version, UserAgent, ClientType, Metadata, Cookie string
	}
}

type authAnswer struct {
	Version  string
	ClientID string `json:"ClientId"`
	Error    string
	Extra    struct{ Version, Region, Cookie, AccountName, PlanName, AgentSessionID string }
}

// Bind is how an agent asks for an address. Opts are the protocol's own, with the wish under URL.
type Bind struct {
	ID         string `json:"Id"`
	Proto      string
	ForwardsTo string // the program behind the address, which its owner sees in the account
	Opts       map[string]any
	Extra      struct {
		// Token is "" the first time, and what the agent was given when it asks for the same again.
		Token string
	}
}

type bindAnswer struct {
	ID    string `json:"Id"`
	URL   string
	Proto string
	Opts  map[string]any
	Error string
	Extra struct{ Token, TunnelID string }
}

// byID names an address by what its agent knows it as.
type byID struct {
	ID        string `json:"Id"`
	Message   string `json:",omitempty"`
	ErrorCode string `json:",omitempty"`
}

// proxyHeader is what the service begins a visitor's stream with.
type proxyHeader struct {
	ID         string `json:"Id"`
	ClientAddr string
	Proto      string
	EdgeType   string
}

type answer struct{ Error, Region string }

// texts are the service's own, shortened. Those about tokens quote the token, which is why nobody may show them
// as they are (ngrok.com/docs/errors/err_ngrok_105 and _107).
var texts = map[string]string{
	"ERR_NGROK_105":  "The authtoken you specified does not look like a proper ngrok authtoken.\nYour authtoken: %",
	"ERR_NGROK_107":  "The authtoken you specified is properly formed, but it is invalid.\nYour authtoken: %",
	"ERR_NGROK_108":  "Your account is limited to 1 simultaneous ngrok agent sessions.",
	"ERR_NGROK_320":  "This domain is reserved for another account.\nFailed to create an endpoint with the domain '%'.",
	"ERR_NGROK_334":  "The endpoint 'https://%' is already online.",
	"ERR_NGROK_4018": "This ngrok session is not authenticated.",
}

// refusal is an error as the service writes it: text, an empty line, the code.
func refusal(code, about string) string {
	text, known := texts[code]
	if !known {
		text = "The request was refused."
	}
	return strings.ReplaceAll(text, "%", about) + "\r\n\r\n" + code + "\r\n"
}
