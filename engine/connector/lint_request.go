package connector

import (
	"maps"
	"net/textproto"
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/signature"
	"bellhop/engine/source"
)

var methods = []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"}

// request checks a request; besides the fields and the connection its pills may begin with more.
func (l *linter) request(at string, r engine.RequestSpec, fields []engine.Field, more ...string) {
	s := l.connectionScope(fields)
	for _, name := range more {
		s[name] = nil
	}
	if !strings.Contains(r.Method, "{{") {
		l.known(source.Key(at, "method"), r.Method, methods, "The method is one of: %s.", strings.Join(methods, ", "))
	}
	l.text(source.Key(at, "method"), r.Method, s)
	switch {
	case (r.Path == "") == (r.URL == ""):
		l.report.Value(at, "A request needs either path, below the connector's base address, or url, a whole one.")
	case r.Path != "" && l.connector.BaseURL == "":
		l.report.Value(source.Key(at, "path"), "A path is appended to the connector's base_url, and there is none.")
	case r.Path != "" && r.Path[0] != '/':
		l.report.Value(source.Key(at, "path"), "A path begins with a slash.")
	}
	l.text(source.Key(at, "path"), r.Path, s)
	l.text(source.Key(at, "url"), r.URL, s)
	l.headers(source.Key(at, "headers"), slices.Sorted(maps.Keys(r.Headers)))
	l.tree(source.Key(at, "headers"), mapOf(r.Headers), s)
	l.tree(source.Key(at, "query"), mapOf(r.Query), s)

	bodies := 0
	for _, given := range []bool{r.JSON != nil, r.Form != nil, r.Text != ""} {
		if given {
			bodies++
		}
	}
	if bodies > 1 {
		l.report.Value(at, "A request has one body: json, form or text.")
	}
	l.tree(source.Key(at, "json"), r.JSON, s)
	l.tree(source.Key(at, "form"), mapOf(r.Form), s)
	l.text(source.Key(at, "text"), r.Text, s)

	l.from(source.Key(at, "headers_from"), r.HeadersFrom, fields, engine.FieldMap)
	l.from(source.Key(at, "query_from"), r.QueryFrom, fields, engine.FieldMap)
	l.from(source.Key(at, "form_from"), r.FormFrom, fields, engine.FieldMap)
	l.from(source.Key(at, "json_from"), r.JSONFrom, fields, engine.FieldJSON)
	l.from(source.Key(at, "text_from"), r.TextFrom, fields, engine.FieldLong)
	if r.IdempotencyHeader != "" {
		l.headers(source.Key(at, "idempotency_header"), []string{r.IdempotencyHeader})
	}
}

// mapOf keeps a nil map from becoming a value.
func mapOf(m map[string]any) any {
	if m == nil {
		return nil
	}
	return m
}

// from checks that a part of a request is taken from a field that can be such a part.
func (l *linter) from(at, name string, fields []engine.Field, want engine.FieldType) {
	if name == "" {
		return
	}
	i := slices.IndexFunc(fields, func(f engine.Field) bool { return f.Name == name })
	switch {
	case i < 0:
		l.known(at, name, fieldNames(fields), "The operation has no field %q.", name)
	case fields[i].Type != want:
		l.report.Value(at, "The field %q is of the type %s, and must be %s to be used here.", name, fields[i].Type, want)
	}
}

func (l *linter) headers(at string, names []string) {
	for _, name := range names {
		if name == "" || strings.Trim(textproto.CanonicalMIMEHeaderKey(name), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			l.report.Key(source.Key(at, name), "", "%q is no name of a header.", name)
		}
	}
}

func (l *linter) judge(at string, j engine.Judge, fields []engine.Field) {
	if len(j.Errors) > 0 && j.Code == "" {
		l.report.Key(source.Key(at, "errors"), "", "Errors are found by the app's code, so code must say where in the answer that is.")
	}
	for _, code := range slices.Sorted(maps.Keys(j.Errors)) {
		here := source.Key(source.Key(source.Key(at, "errors"), code), "says")
		l.needed(here, j.Errors[code].Says, "the sentence that people read")
		l.text(here, j.Errors[code].Says, anyOf(fieldNames(fields)))
	}
}

func (l *linter) handshake(at string, h engine.HandshakeSpec, s scope) {
	l.known(source.Key(at, "method"), h.Method, []string{"", "GET", "POST", "HEAD"}, "A handshake is a GET, a POST or a HEAD.")
	l.headers(source.Key(at, "headers"), slices.Sorted(maps.Keys(h.Headers)))
	for key, wants := range map[string]map[string]string{"query": h.Query, "headers": h.Headers, "body": h.Body} {
		for name, want := range wants {
			l.text(source.Key(source.Key(at, key), name), want, s)
			if _, err := mapping.ParsePath(name); key == "body" && err != nil {
				l.report.Key(source.Key(source.Key(at, key), name), "", "%q is no place in the body. Write it as challenge or data.challenge.", name)
			}
		}
	}
	l.text(source.Key(at, "text"), h.Text, anyOf([]string{"query", "headers", "body"}))
	if h.Status != 0 && (h.Status < 200 || h.Status > 299) {
		l.report.Value(source.Key(at, "status"), "A handshake is answered with a status from 200 to 299.")
	}
}

func (l *linter) webhook(at string, w engine.WebhookSpec, fields []engine.Field) {
	s := l.connectionScope(fields)
	l.headers(source.Key(at, "match"), slices.Sorted(maps.Keys(w.Match)))
	for _, place := range slices.Sorted(maps.Keys(w.MatchIn)) {
		if _, err := mapping.ParsePath(place); err != nil {
			l.report.Key(source.Key(source.Key(at, "match_in"), place), "", "%q is no place in the body. Write it as type or data.type.", place)
		}
	}
	for i, name := range w.EventID {
		l.text(source.Index(source.Key(at, "event_id"), i), name, s)
	}
	l.text(source.Key(at, "event_id_in"), w.EventIDIn, s)
	for i, h := range w.Handshakes {
		l.handshake(source.Index(source.Key(at, "handshakes"), i), h, s)
	}
	if w.Signature == nil {
		return
	}
	at = source.Key(at, "signature")
	for _, part := range []struct {
		key, text string
		known     []string // what it can be, if it has no pill
	}{
		{"scheme", w.Signature.Scheme, signature.Schemes()},
		{"header", w.Signature.Header, nil},
		{"secret", w.Signature.Secret, nil},
		{"public_key", w.Signature.PublicKey, nil},
		{"algorithm", w.Signature.Algorithm, []string{"", "sha1", "sha256", "sha512"}},
		{"encoding", w.Signature.Encoding, []string{"", "hex", "base64"}},
		{"prefix", w.Signature.Prefix, nil},
		{"username", w.Signature.Username, nil},
		{"password", w.Signature.Password, nil},
		{"key", w.Signature.Key, []string{"", "base64"}},
		{"signed", w.Signature.Signed, nil},
		{"timestamp", w.Signature.Timestamp, nil},
		{"id", w.Signature.ID, nil},
		{"separator", w.Signature.Separator, nil},
	} {
		l.text(source.Key(at, part.key), part.text, s)
		if part.known != nil && !strings.Contains(part.text, "{{") {
			l.known(source.Key(at, part.key), part.text, part.known, "%s is one of: %s.", part.key, strings.TrimPrefix(strings.Join(part.known, ", "), ", "))
		}
	}
	if w.Signature.Scheme == signature.SchemeHMAC && (w.Signature.Header == "" || w.Signature.Secret == "" || w.Signature.Algorithm == "" || w.Signature.Encoding == "") {
		l.report.Value(at, "A signature needs header, secret, algorithm and encoding.")
	}
	if w.Signature.Scheme == signature.SchemePublicKey && (w.Signature.Header == "" || w.Signature.PublicKey == "" || w.Signature.Encoding == "") {
		l.report.Value(at, "A signature that a public key proves needs header, public_key and encoding.")
	}
	if signed := w.Signature.Signed; signed != "" && !strings.Contains(signed, "{{") {
		form := strings.Contains(signed, "{form}")
		for name, there := range map[string]bool{"{body}": !form, "{timestamp}": w.Signature.Timestamp != "", "{id}": w.Signature.ID != ""} {
			if strings.Contains(signed, name) != there {
				l.report.Value(source.Key(at, "signed"), "What is signed has {body} or {form} in it, and {timestamp} and {id} just if timestamp and id say where they are.")
				break
			}
		}
	}
	for key, text := range map[string]string{"secret": w.Signature.Secret, "password": w.Signature.Password} {
		if text != "" && !strings.Contains(text, "{{") {
			l.report.Value(source.Key(at, key), "A secret does not belong into a connector file. Take it from the connection.")
		}
	}
}
