package signature

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"bellhop/engine"
)

const (
	// mostAddresses bounds how many addresses are tried.
	mostAddresses = 8
	// longestForm is how many bytes of a form's fields can be signed one by one.
	longestForm = 1 << 20
	formType    = "application/x-www-form-urlencoded"
)

// addressed is an HMAC of the address too, or of a form's fields one by one.
type addressed struct{ *hmacBody }

var _ Verifier = (*addressed)(nil)

func (a *addressed) Verify(headers http.Header, body []byte, sentTo ...string) error {
	c := a.Begin(headers, sentTo...)
	_, _ = c.Write(body) // never fails
	_, err := c.Done()
	return err
}

// Begin makes one digest for each address: which of them the sender used is known only when one fits.
func (a *addressed) Begin(headers http.Header, sentTo ...string) Check {
	if !a.address {
		sentTo = []string{""}
	}
	if len(sentTo) == 0 {
		return known{engine.Errorf(engine.Unauthorized, "The signature in %s covers the address, and it is not known to which address the delivery was sent.", a.header)}
	}
	c := &addressedCheck{addressed: a, sentTo: sentTo}
	if a.form {
		c.form = newForm(headers.Get("Content-Type"))
		c.sentTo = withPorts(sentTo)
	}
	c.sentTo = c.sentTo[:min(len(c.sentTo), mostAddresses)]
	for _, address := range c.sentTo {
		c.checks = append(c.checks, a.begin(headers, address))
	}
	return c
}

func (a *addressed) sign(headers http.Header, body []byte, sentTo ...string) error {
	if a.form {
		f := newForm(headers.Get("Content-Type"))
		_, _ = f.Write(body) // never fails
		fields, err := f.fields()
		if err != nil {
			return err
		}
		body = []byte(fields)
	}
	return a.hmacBody.sign(headers, body, sentTo...)
}

// addressedCheck is one delivery, at each of the addresses.
type addressedCheck struct {
	*addressed
	sentTo []string
	checks []*check // of each of them
	form   *form    // nil if the body is signed as it is
}

var _ Check = (*addressedCheck)(nil)

func (c *addressedCheck) Write(p []byte) (int, error) {
	if c.form != nil {
		return c.form.Write(p)
	}
	for _, one := range c.checks {
		_, _ = one.Write(p) // never fails
	}
	return len(p), nil
}

func (c *addressedCheck) Done() (once string, err error) {
	fields, proved := "", false
	if c.form != nil {
		if fields, err = c.form.fields(); err != nil {
			return "", err
		}
	}
	for i, one := range c.checks {
		_, _ = io.WriteString(one, fields) // never fails
		copied, fits, wrong := one.end()
		if fits && wrong == nil && c.form != nil {
			wrong = c.form.covered(c.sentTo[i])
		}
		if fits && wrong == nil {
			once, proved = copied, true
		}
		err = cmp.Or(err, wrong)
	}
	if proved {
		return once, nil
	}
	if err != nil {
		return "", err
	}
	return "", c.misfit()
}

// misfit says which addresses were tried, without what follows the host: that alone lets anybody in who
// knows it, where the sender cannot be proved.
func (c *addressedCheck) misfit() error {
	var hosts []string
	for _, address := range c.sentTo {
		if u, err := url.Parse(address); err == nil && u.Host != "" && !slices.Contains(hosts, u.Scheme+"://"+u.Host) {
			hosts = append(hosts, u.Scheme+"://"+u.Host)
		}
	}
	return engine.Errorf(engine.Unauthorized,
		"The signature in %s does not fit. It covers the address, which begins with %s here: the sender must have been told the very address that the recipe shows. Else the delivery was changed on its way, or its sender uses another secret than this connection.",
		c.header, strings.Join(hosts, " or "))
}

// withPorts adds each address as it reads with its port, or without the usual one. Senders differ in it: see
// https://www.twilio.com/docs/usage/security#a-few-notes
func withPorts(addresses []string) (all []string) {
	for _, address := range addresses {
		all = append(all, address)
		u, err := url.Parse(address)
		if err != nil {
			continue
		}
		usual := map[string]string{"https": "443", "http": "80"}[u.Scheme]
		switch u.Port() {
		case "":
			u.Host += ":" + usual
		case usual:
			u.Host = strings.TrimSuffix(u.Host, ":"+usual)
		default:
			continue
		}
		all = append(all, u.String())
	}
	return all
}

// form reads the fields of a form, or how long something is that is no form.
type form struct {
	is   bool
	body bytes.Buffer // of a form
	sum  hash.Hash    // of what is none
	size int
}

func newForm(contentType string) *form {
	kind, _, err := mime.ParseMediaType(contentType)
	return &form{is: err == nil && kind == formType, sum: sha256.New()}
}

func (f *form) Write(p []byte) (int, error) {
	f.size += len(p)
	switch {
	case !f.is:
		return f.sum.Write(p)
	case f.size <= longestForm:
		return f.body.Write(p)
	}
	return len(p), nil
}

// fields returns what is signed of a form: each name with its value, in the order of the names, with nothing
// between. A value that a name has twice counts once. Of what is no form, nothing is.
func (f *form) fields() (string, error) {
	if !f.is {
		return "", nil
	}
	if f.size > longestForm {
		return "", engine.Errorf(engine.Unauthorized, "A form that is signed in this way can have up to 1 MB.")
	}
	values, err := url.ParseQuery(f.body.String())
	if err != nil {
		return "", engine.Errorf(engine.Unauthorized, "The form cannot be read, and so neither can its signature.")
	}
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	var all strings.Builder
	for _, name := range names {
		slices.Sort(values[name])
		for _, value := range slices.Compact(values[name]) {
			all.WriteString(name)
			all.WriteString(value)
		}
	}
	return all.String(), nil
}

// covered returns an error if the body is not covered by what was signed: of what is no form, the address
// has the SHA-256, as Twilio writes it.
func (f *form) covered(address string) error {
	if f.is || f.size == 0 {
		return nil
	}
	u, err := url.Parse(address)
	if err == nil && same(strings.ToLower(u.Query().Get("bodySHA256")), sha256.Sum256([]byte(hex.EncodeToString(f.sum.Sum(nil))))) {
		return nil
	}
	return engine.Errorf(engine.Unauthorized, "The signature does not cover what was sent, since it is no form and the address does not say bodySHA256 of it.")
}
