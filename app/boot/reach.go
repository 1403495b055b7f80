package boot

import (
	"context"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"bellhop/app/internal/instance"
	"bellhop/engine"
	"bellhop/engine/reach"
	"bellhop/engine/tunnel"
	"bellhop/engine/tunnel/ngrok"
	"bellhop/engine/webhook"
)

// ownTunnel is the name under which the token of the tunnel's account is kept.
const ownTunnel = "tunnel"

// reachTime bounds how long Reach may take to find out who is affected.
const reachTime = 2 * time.Second

// For tests and trials, other services can stand in for ngrok: where agents connect, as host:port; the file
// with the certificate they are trusted by, in PEM; and where all public addresses lead, without TLS.
const (
	envNgrokServer = "BELLHOP_NGROK_SERVER"
	envNgrokCA     = "BELLHOP_NGROK_CA"
	envNgrokPublic = "BELLHOP_NGROK_PUBLIC"
)

// newKeeper makes what keeps the way in from the internet.
func (s *System) newKeeper() *reach.Keeper {
	return reach.New(reach.Params{
		Store: s.reading, Catalog: s.connectors, Token: s.token, Proxy: s.tunnelProxy, Tunnel: s.newTunnel,
		Deliveries: s.hooks, Visit: s.visitors(), Publisher: s.Bus,
		Server: func(h http.Handler) *http.Server {
			server := webhook.NewServer(h, s.log)
			server.WriteTimeout = 0 // a deadline that passes while something is written breaks the tunnel's connection
			return server
		},
		Moved: func() { s.fetcher.Wake() }, // it sees to it that apps deliver to where they can
		Local: func() string { return s.URL }, Log: s.log,
	})
}

func (s *System) newTunnel(w reach.Setup) tunnel.Tunnel {
	p := ngrok.Params{Token: w.Token, Domain: w.Domain, Proxy: w.Proxy, Server: os.Getenv(envNgrokServer), Log: s.log, Now: time.Now}
	if path := os.Getenv(envNgrokCA); path != "" {
		ca, err := os.ReadFile(path)
		if err != nil {
			s.log.Error("the certificate of what stands in for ngrok cannot be read", "error", err)
		}
		p.CA = ca
	}
	return ngrok.New(p)
}

// visitors is the way that anybody on the internet takes to this computer: names are looked up, and
// certificates checked, anew each time.
func (s *System) visitors() http.RoundTripper {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	t := &http.Transport{
		Proxy: s.proxy.of, DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second,
		DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10,
	}
	if public := os.Getenv(envNgrokPublic); public != "" {
		t.Proxy = nil
		t.DialTLSContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, public)
		}
	}
	return t
}

// reachChosen takes up how a person wants deliveries to come in.
func (s *System) reachChosen(ctx context.Context, anew bool) error {
	if err := s.readProxy(ctx); err != nil {
		return err
	}
	return s.reach.Reload(ctx, anew)
}

// Reach returns how deliveries come in now.
func (s *System) Reach() engine.Reach {
	ctx, cancel := context.WithTimeout(context.Background(), reachTime)
	defer cancel()
	return s.reach.Reach(ctx)
}

// CheckReach calls the public address now, and returns when it came through; else the error says why not.
func (s *System) CheckReach(ctx context.Context) error { return s.reach.Check(ctx) }

// Again is for after sleep, and when the network has come or changed.
func (s *System) Again() { s.reach.Again() }

// baseURL returns where apps send to: the public address if there is one.
func (s *System) baseURL(context.Context) string {
	if public := s.reach.URL(); public != "" {
		return public
	}
	return s.URL
}

// address returns where a recipe's deliveries arrive; "" if nothing arrives yet.
func (s *System) address(ctx context.Context, r engine.Recipe) string {
	base := s.baseURL(ctx)
	if live, err := s.reading.Version(ctx, r.ID, r.Published); err == nil && s.Practises(ctx, live.Trigger.Connection) {
		base = s.URL
	}
	if base == "" {
		return ""
	}
	return base + webhook.PathPrefix + r.Token
}

// settingToken is when the token of the tunnel's account was set last.
const settingToken = "tunnel_token_set"

// knownToken is that token in memory, so that a keyring that is locked later does not matter.
type knownToken struct {
	mu    sync.Mutex
	set   string // what settingToken was when it was read
	token string // "" if it is to be read
}

// token returns the token of the tunnel's account; "" if there is none.
func (d *Data) token(ctx context.Context) (string, error) {
	set, err := d.Store.Setting(ctx, settingToken)
	if err != nil || set == "" {
		return "", err // none was ever set
	}
	d.known.mu.Lock()
	defer d.known.mu.Unlock()
	if d.known.token != "" && d.known.set == set {
		return d.known.token, nil
	}
	token, err := d.Book.OwnSecret(ctx, ownTunnel)
	if err == nil {
		d.known.token, d.known.set = token, set
	}
	return token, err
}

// SetToken keeps the token of the tunnel's account where secrets are kept, or removes it if it is "". It counts
// at once.
func (d *Data) SetToken(ctx context.Context, token string) error {
	token = strings.TrimSpace(token)
	if err := ngrok.CheckToken(token); err != nil {
		return err
	}
	if err := d.Book.SetOwnSecret(ctx, ownTunnel, token); err != nil {
		return err
	}
	err := d.Store.Update(ctx, func(tx engine.Tx) error {
		return tx.SetSetting(settingToken, time.Now().UTC().Format(time.RFC3339Nano))
	})
	if err != nil {
		return err
	}
	return d.Changed(ctx, engine.Change{Kind: engine.SettingsChanged})
}

// HasToken says whether there is a token.
func (d *Data) HasToken(ctx context.Context) (bool, error) {
	token, err := d.token(ctx)
	return token != "", err
}

// AskReach returns how deliveries come in to the process that runs the engine on the data; after a call of the
// public address if check is true. If no process does, it is what was known last.
func (d *Data) AskReach(ctx context.Context, check bool) (r engine.Reach, running bool, err error) {
	client, err := instance.Dial(d.Dir)
	if engine.ErrorCode(err) == engine.NotFound {
		r, err = reach.Last(ctx, d.Store)
		return r, false, err
	}
	if err != nil {
		return r, false, err
	}
	defer client.Close()
	r, err = client.Reach(ctx, check)
	return r, true, err
}

// publicURL returns where apps send to, whether or not the engine runs.
func (d *Data) publicURL(ctx context.Context) string {
	if public, err := reach.PublicURL(ctx, d.Store); err == nil && public != "" {
		return public
	}
	return d.otherURL(ctx)
}

// askReach answers other processes.
func (s *System) askReach(ctx context.Context, check bool) (engine.Reach, error) {
	if check {
		if err := s.CheckReach(ctx); err != nil {
			return engine.Reach{}, err
		}
	}
	return s.Reach(), nil
}
