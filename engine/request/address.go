package request

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"bellhop/engine"
)

// Address is where requests go, compiled from a text of a connector file: either one pill that is
// the whole address, or `https://host/path`, where the host may hold one pill, of `connection` only.
type Address struct {
	whole *Text

	scheme         string
	prefix, suffix string // of the host, around its pill
	host           *Text  // the host's pill, if any
	path           Path
}

// CompileAddress reads an address. Errors tell what a connector file may not do.
func CompileAddress(text string) (*Address, error) {
	if strings.HasPrefix(text, "{{") {
		whole, err := CompileText(text)
		return &Address{whole: &whole}, err
	}
	scheme, rest, ok := strings.Cut(text, "://")
	if !ok || scheme != "https" && scheme != "http" {
		return nil, engine.Errorf(engine.Invalid, "The address %q must begin with https:// or http://, or be a single pill.", text)
	}
	host, tail := rest, ""
	if i := outside(rest, '/'); i >= 0 {
		host, tail = rest[:i], rest[i:]
	}
	a := &Address{scheme: scheme, prefix: host}
	if open := strings.Index(host, "{{"); open >= 0 {
		end := len(host)
		if i := strings.Index(host, "}}"); i >= 0 {
			end = i + len("}}")
		}
		pill, err := CompileText(host[open:end])
		if err != nil {
			return nil, err
		}
		a.prefix, a.host, a.suffix = host[:open], &pill, host[end:]
	}
	if strings.Contains(a.suffix, "{{") {
		return nil, engine.Errorf(engine.Invalid, "The host of the address %q can hold only one pill.", text)
	}
	if literal := a.prefix + a.suffix; literal == "" && a.host == nil || strings.ContainsAny(literal, "@?#\\ ") {
		return nil, engine.Errorf(engine.Invalid, "The address %q has no proper host.", text)
	}
	var err error
	a.path, err = CompilePath(tail)
	return a, err
}

// URL returns the address filled in. connection is the data that a host may depend on, data what
// else there is. The error is an *engine.Error with the code Invalid, for people.
func (a *Address) URL(connection, data map[string]any) (*url.URL, error) {
	if a.whole != nil {
		text, err := a.whole.String(data)
		if err != nil {
			return nil, err
		}
		return ParseURL(text)
	}
	host := a.prefix
	if a.host != nil {
		value, err := a.host.String(connection)
		if err != nil {
			return nil, err
		}
		if value, err = a.hostValue(value); err != nil {
			return nil, err
		}
		host += value + a.suffix
	}
	u := &url.URL{Scheme: a.scheme, Host: host}
	return a.path.Join(u, data)
}

// A part of a host name, or several with dots between them, and a port.
var hostForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?$`)

// hostValue makes what people paste into what belongs there: of my-shop, my-shop.myshopify.com and
// https://my-shop.myshopify.com/admin always my-shop.
func (a *Address) hostValue(value string) (string, error) {
	host := strings.ToLower(strings.TrimSpace(value))
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	host, _, _ = strings.Cut(host, "/")
	host = strings.TrimSuffix(strings.TrimPrefix(host, a.prefix), a.suffix)
	if host == "" {
		return "", engine.Errorf(engine.Invalid, "The connection does not say which address to use. Open the connection and fill it in.")
	}
	if a.suffix != "" && strings.ContainsAny(host, ".:") {
		return "", engine.Errorf(engine.Invalid, "%q is not an address that ends in %s. Open the connection and enter what stands before %[2]s, such as my-shop.", value, a.suffix)
	}
	if !hostForm.MatchString(host) {
		return "", engine.Errorf(engine.Invalid, "%q cannot be part of an address. Open the connection and correct it.", value)
	}
	return host, nil
}

// ParseURL reads a whole address that a person gave: http or https, with a host, without a user
// name in it. The error is an *engine.Error with the code Invalid; it does not repeat the address,
// which may be a secret.
func ParseURL(text string) (*url.URL, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, engine.Errorf(engine.Invalid, "There is no address to send to. Fill in the address.")
	}
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, engine.Errorf(engine.Invalid, "The address is not a proper web address. Copy it again from where it comes from.")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, engine.Errorf(engine.Invalid, "The address must begin with https:// or http://.")
	case u.Hostname() == "":
		return nil, engine.Errorf(engine.Invalid, "The address names no host: after https:// comes a name such as example.com.")
	case u.User != nil:
		return nil, engine.Errorf(engine.Invalid, "The address holds a user name or a password. Take it out and put it into a connection, where it is kept secret.")
	}
	u.Fragment, u.RawFragment = "", ""
	u.RawQuery = escapeQuery(u.RawQuery)
	return u, nil
}

// escapeQuery escapes what may not stand in a query. The standard library sends it as it is, and a
// space would end the address in the middle of the request's first line.
func escapeQuery(query string) string {
	var b strings.Builder
	for i := range len(query) {
		if c := query[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"<>`, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// Path is a path below an address, compiled. Each of its segments is a text.
type Path []Text

// CompilePath reads a path such as `/orders/{{id}}/notes`.
func CompilePath(text string) (Path, error) {
	if i := outside(text, '?'); i >= 0 {
		return nil, engine.Errorf(engine.Invalid, "The path %q holds a query. Put it under query.", text)
	}
	var path Path
	for rest := text; rest != ""; {
		segment := rest
		if i := outside(rest, '/'); i >= 0 {
			segment, rest = rest[:i], rest[i+1:]
		} else {
			rest = ""
		}
		if segment == "" {
			continue
		}
		t, err := CompileText(segment)
		if err != nil {
			return nil, err
		}
		path = append(path, t)
	}
	// A slash at the end can mean another resource.
	if path != nil && strings.HasSuffix(text, "/") {
		path = append(path, Text{})
	}
	return path, nil
}

// Join returns base with the path below it. A value becomes one segment, whatever it holds; an
// empty one, or one that would climb, is an *engine.Error with the code Invalid.
func (p Path) Join(base *url.URL, data map[string]any) (*url.URL, error) {
	if len(p) == 0 {
		return base, nil
	}
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(base.EscapedPath(), "/"))
	for _, segment := range p {
		b.WriteByte('/')
		if !segment.Pills() {
			b.WriteString(segment.source)
			continue
		}
		value, err := segment.String(data)
		if err != nil {
			return nil, err
		}
		if value == "" || climbs(value) {
			return nil, engine.Errorf(engine.Invalid, "The address cannot be made: %s is %q.", segment.source, value)
		}
		b.WriteString(url.PathEscape(value))
	}
	joined := *base
	var err error
	joined.RawPath = b.String()
	if joined.Path, err = url.PathUnescape(joined.RawPath); err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The path %q is not written properly.", joined.RawPath)
	}
	return &joined, nil
}

// climbs says whether a value would lead elsewhere: some servers decode a path before they walk it.
func climbs(value string) bool {
	for segment := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == '/' || r == '\\' }) {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// outside returns the place of c in text, but for those within pills; -1 if there is none.
func outside(text string, c byte) int {
	depth := 0
	for i := range len(text) {
		switch {
		case strings.HasPrefix(text[i:], "{{"):
			depth++
		case strings.HasPrefix(text[i:], "}}") && depth > 0:
			depth--
		case text[i] == c && depth == 0:
			return i
		}
	}
	return -1
}
