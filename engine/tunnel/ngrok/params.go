package ngrok

import (
	"crypto/x509"
	"net/url"
	"regexp"
	"strings"

	"golang.ngrok.com/ngrok/v2"

	"bellhop/engine"
)

// secrets returns what must not be seen anywhere.
func (p Params) secrets() []string {
	secrets := []string{p.Token, strings.TrimSpace(p.Token)}
	if u, err := url.Parse(p.Proxy); err == nil {
		if password, set := u.User.Password(); set {
			secrets = append(secrets, password)
		}
	}
	return secrets
}

var (
	noToken    = &refusal{"ngrok needs your authtoken. Copy it from your ngrok account and paste it here.", engine.FixToken, stop}
	oddToken   = &refusal{"This is not an authtoken: it has a space or a sign that none has. Copy only the token from your ngrok account.", engine.FixToken, stop}
	oddAddress = &refusal{"This is not an address that ngrok can give. Write it like shop.ngrok-free.app, or leave it empty to use the account's own.",
		engine.FixAddress, stop}
	otherProxy = &refusal{"ngrok can be reached directly, or through a proxy whose address begins with socks5://. Choose another proxy in the settings, or none.",
		engine.FixNetwork, stop}
	badCA = &refusal{"The certificate of the service that stands in for ngrok cannot be read.", engine.FixNetwork, stop}
)

// CheckToken returns an Invalid error if a text cannot be an authtoken, such as the whole command that ngrok's
// page shows with it. So what is pasted wrong does not take the place of a token that works.
func CheckToken(token string) error {
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'`<>\\", r) }) {
		return engine.Errorf(engine.Invalid, "%s", oddToken.problem)
	}
	return nil
}

// options returns what an agent and its address are made with, or what is wrong with the params.
func (p Params) options() ([]ngrok.AgentOption, []ngrok.EndpointOption, *refusal) {
	token := strings.TrimSpace(p.Token)
	switch {
	case token == "":
		return nil, nil, noToken
	case CheckToken(token) != nil:
		return nil, nil, oddToken
	}
	agent := []ngrok.AgentOption{ngrok.WithAuthtoken(token)}

	if p.Proxy != "" {
		u, err := url.Parse(p.Proxy)
		if err != nil || u.Host == "" || u.Scheme != "socks5" && u.Scheme != "socks5h" {
			return nil, nil, otherProxy
		}
		agent = append(agent, ngrok.WithProxyURL(p.Proxy))
	}
	if p.Server != "" {
		agent = append(agent, ngrok.WithAgentConnectURL(p.Server))
	}
	if len(p.CA) > 0 {
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(p.CA) {
			return nil, nil, badCA
		}
		agent = append(agent, ngrok.WithAgentConnectCAs(pool))
	}

	if strings.TrimSpace(p.Domain) == "" {
		return agent, nil, nil
	}
	host, ok := host(p.Domain)
	if !ok {
		return nil, nil, oddAddress
	}
	return agent, []ngrok.EndpointOption{ngrok.WithURL("https://" + host)}, nil
}

var hostPattern = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)

// host returns the name in a domain, however it was copied: also as https://Shop.ngrok-free.app/.
func host(domain string) (string, bool) {
	name := strings.ToLower(strings.TrimSpace(domain))
	name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
	name = strings.TrimSuffix(name, "/")
	return name, len(name) <= 253 && hostPattern.MatchString(name)
}
