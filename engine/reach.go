package engine

import "time"

// Reach is whether deliveries from the internet arrive here.
type Reach struct {
	Way  Way
	Link Link
	// URL is the public address that apps send to, without a slash at its end; "" if there is none. The
	// last one known while the link is lost.
	URL string
	// Before is the public address that held before URL, for a week after it became another: apps that were
	// told it must be told the new one. "" if there is none.
	Before string
	// Checked is when Bellhop last called its own public address, and Worked when that last came through;
	// zero if never.
	Checked, Worked time.Time
	// Problem says why the last call did not come through, in a sentence; "" if it did. Fix is what a person
	// can do about it, "" if there is nothing but to wait, and Code is the tunnel's own word for it.
	Problem string
	Fix     LinkFix
	Code    string
	// OneWay is true if Bellhop cannot call itself at URL, as many routers do not let it, but what apps sent came in
	// all the same: then Worked is when the last of that came, and Problem is "".
	OneWay bool
	// Month is what has come in through the public address this month.
	Month Usage
	// Cut names the recipes that wait for deliveries which cannot arrive now. Polling are those of them
	// that ask for what they miss, and so go on, if later.
	Cut, Polling []string
}

// Reachable says whether deliveries are known to arrive.
func (r Reach) Reachable() bool { return r.Way != WayNone && r.Problem == "" && !r.Worked.IsZero() }

// Link is how a tunnel stands. A fixed address is always Up.
type Link struct {
	State LinkState
	// URL is the address that the tunnel gives; "" before it is known.
	URL   string
	Since time.Time // when State began
	// Problem says in a sentence what is wrong, and Code is the tunnel's own word for it, such as
	// ERR_NGROK_108; both "" if all is well.
	Problem, Code string
	// Fix is what a person can do about it; "" if there is nothing but to wait.
	Fix LinkFix
	// Plan is what the account's plan is called, such as "Free"; "" if that is not known.
	Plan string
}

// LinkState is where a tunnel is.
type LinkState string

// The states.
const (
	LinkOff        LinkState = "off"
	LinkConnecting LinkState = "connecting" // for the first time
	LinkUp         LinkState = "up"
	LinkLost       LinkState = "lost"      // it was up, and is being brought back
	LinkRefused    LinkState = "needs_you" // trying again would not help; see Fix
)

// LinkFix is what a person does about deliveries that do not arrive.
type LinkFix string

// The fixes. Those from FixAccount to FixMaker are done at the tunnel's maker.
const (
	FixToken    LinkFix = "token"    // paste the token again
	FixAddress  LinkFix = "address"  // choose another address, or mend what passes on what arrives at it
	FixAccount  LinkFix = "account"  // see to it in the account
	FixSessions LinkFix = "sessions" // end a connection of the account that is not needed
	FixTaken    LinkFix = "taken"    // find who has the address, or too many, and end that
	FixPlan     LinkFix = "plan"     // choose another plan
	FixDomain   LinkFix = "domain"   // point the domain's name to the tunnel's maker
	FixMaker    LinkFix = "maker"    // see whether the maker has an outage
	FixUpdate   LinkFix = "update"   // take a newer Bellhop
	FixNetwork  LinkFix = "network"  // see what keeps this computer from connecting: no internet, a firewall, a protection program
	FixPlace    LinkFix = "place"    // connect from another network, or without a VPN
	FixProxy    LinkFix = "proxy"    // choose another proxy, or none
)

// LinkFixes lists them all.
func LinkFixes() []LinkFix {
	return []LinkFix{FixToken, FixAddress, FixAccount, FixSessions, FixTaken, FixPlan, FixDomain, FixMaker, FixUpdate, FixNetwork, FixPlace, FixProxy}
}

// Usage counts what came in through a public address since Since.
type Usage struct {
	Since    time.Time `json:"since"` // the first of the month, UTC
	Requests int64     `json:"requests"`
	Bytes    int64     `json:"bytes"` // of bodies, in and out
}
