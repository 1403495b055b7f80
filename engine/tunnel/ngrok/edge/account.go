package edge

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// address is a public one that an agent has.
type address struct {
	id        string
	session   *session
	transport *http.Transport // to the agent
}

// auth lets an agent in, or not.
func (e *Edge) auth(s *session, q Auth) authAnswer {
	e.wait(e.faulty().AuthDelay)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.auths = append(e.auths, q)
	others := 0
	for o := range e.sessions {
		switch {
		case !o.accepted:
		case o.clientID == q.ClientID: // back before its old connection was seen to die
			o.accepted = false
			o.cut()
		default:
			others++
		}
	}
	code := e.faults.AuthError
	switch {
	case code != "":
	case q.Extra.Authtoken == "":
		code = "ERR_NGROK_4018"
	case len(e.options.Tokens) > 0 && !slices.Contains(e.options.Tokens, q.Extra.Authtoken):
		code = "ERR_NGROK_107"
	case e.options.MaxSessions > 0 && others >= e.options.MaxSessions:
		code = "ERR_NGROK_108"
	}
	var a authAnswer
	if code != "" {
		a.Error = refusal(code, q.Extra.Authtoken)
		return a
	}
	s.accepted, s.clientID = true, q.ClientID
	if s.clientID == "" {
		s.clientID = rand.Text()
	}
	a.Version, a.ClientID = "3", s.clientID
	a.Extra.Version, a.Extra.Region, a.Extra.Cookie = "test", region, s.clientID
	a.Extra.AccountName, a.Extra.PlanName, a.Extra.AgentSessionID = "Test account", "Free", "ts_"+rand.Text()
	return a
}

// bind gives an agent an address, or not.
func (e *Edge) bind(s *session, q Bind) bindAnswer {
	e.wait(e.faulty().BindDelay)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.binds = append(e.binds, q)
	host, code := e.host(q)
	switch old := e.addresses[host]; {
	case !s.accepted:
		code = "ERR_NGROK_4018"
	case e.faults.BindError != "":
		code = e.faults.BindError
	case code == "" && old != nil && old.session != s && e.live(old):
		code = "ERR_NGROK_334"
	}
	if code != "" {
		return bindAnswer{Error: refusal(code, host)}
	}
	a := bindAnswer{ID: q.ID, Proto: q.Proto, URL: q.Proto + "://" + host, Opts: q.Opts}
	if e.options.Local {
		a.URL = "http://" + e.plain
	}
	if a.ID == "" {
		a.ID = rand.Text()
	}
	if a.Extra.Token = q.Extra.Token; a.Extra.Token == "" {
		a.Extra.Token = "tok_" + rand.Text()
	}
	a.Extra.TunnelID = "tn_" + rand.Text()
	e.granted[a.Extra.Token] = host
	header := proxyHeader{ID: a.ID, ClientAddr: Visitor, Proto: q.Proto, EdgeType: "0"}
	e.addresses[host] = &address{id: a.ID, session: s, transport: &http.Transport{
		DisableCompression: true, MaxIdleConnsPerHost: 64,
		DialContext: func(context.Context, string, string) (net.Conn, error) { return s.open(kindProxy, true, header) },
	}}
	return a
}

// host returns the host that an agent gets, and the code if it may not have it. The lock is held.
func (e *Edge) host(q Bind) (host, code string) {
	if granted := e.granted[q.Extra.Token]; granted != "" {
		return granted, "" // asked for again after a reconnect
	}
	wish, _ := q.Opts["URL"].(string)
	if u, err := url.Parse(wish); err == nil && u.Host != "" {
		wish = u.Host
	}
	switch {
	case wish == "" && len(e.options.Domains) > 0:
		return e.options.Domains[0], ""
	case wish == "":
		return strings.ToLower(rand.Text()) + ".ngrok-free.app", ""
	case slices.Contains(e.options.Domains, wish):
		return wish, ""
	default:
		return wish, "ERR_NGROK_320"
	}
}

// unbind takes an address back from its agent.
func (e *Edge) unbind(s *session, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for host, a := range e.addresses {
		if a.session == s && a.id == id {
			delete(e.addresses, host)
			a.transport.CloseIdleConnections()
		}
	}
}

// Stop takes an address from its agent and tells it so, as the account's owner can in the dashboard.
func (e *Edge) Stop(host, code, text string) error {
	e.mu.Lock()
	a := e.addresses[host]
	delete(e.addresses, host)
	e.mu.Unlock()
	if a == nil {
		return errors.New("nobody has the address " + host)
	}
	stream, err := a.session.open(kindStop, false, byID{ID: a.id, Message: text, ErrorCode: code})
	if err != nil {
		return err
	}
	_ = stream.Close() // an agent that was told may be gone already
	return nil
}
