package ngrok

import (
	"crypto/x509"
	"net/url"
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
	otherProxy = &refusal{"ngrok can be reached directly, or through a proxy whose address begins with socks5://. Choose another proxy in the settings, or none.",
		engine.FixProxy, stop}
	badCA = &refusal{"The certificate of the service that stands in for ngrok cannot be read.", "", stop}
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

	switch domain, err := engine.CheckDomain(p.Domain); {
	case err != nil:
		return nil, nil, &refusal{engine.ErrorMessage(err), engine.FixAddress, stop}
	case domain == "":
		return agent, nil, nil
	default:
		return agent, []ngrok.EndpointOption{ngrok.WithURL("https://" + domain)}, nil
	}
}
