package signature

import (
	"cmp"
	"iter"
	"net/http"
	"strings"
	"time"

	"bellhop/engine"
)

// frame is where a signature stands, and what it covers besides the body.
type frame struct {
	header, prefix, separator string
	encoding                  encoding
	stamp                     *stamp // nil if the time is not told
	id                        string // a header
	before, after             string // what is signed around the body
	address                   bool   // whether the address is among it
	form                      bool   // whether a form's fields are signed in place of the body
}

func newFrame(spec engine.SignatureSpec, encoding encoding, now func() time.Time) (frame, error) {
	if spec.Header == "" {
		return frame{}, engine.Errorf(engine.Invalid, "The name of the header that carries the signature is missing. Fill it in, in the connection.")
	}
	f := frame{
		header: http.CanonicalHeaderKey(spec.Header), prefix: spec.Prefix, separator: cmp.Or(spec.Separator, ","), encoding: encoding, id: spec.ID,
	}
	if spec.Timestamp != "" {
		f.stamp = newStamp(spec, now)
	}
	return f, f.template(cmp.Or(spec.Signed, "{body}"))
}

// template takes over what is signed. What a header says and is not signed proves nothing.
func (f *frame) template(signed string) error {
	what := "{body}"
	if f.form = strings.Contains(signed, "{form}"); f.form {
		what = "{form}"
	}
	before, after, ok := strings.Cut(signed, what)
	if !ok || strings.Contains(after, what) || f.form && strings.Contains(signed, "{body}") {
		return engine.Errorf(engine.Invalid, "What is signed must have {body} or {form} in it, once, and not be %q.", signed)
	}
	for name, there := range map[string]bool{"{timestamp}": f.stamp != nil, "{id}": f.id != ""} {
		if strings.Contains(signed, name) != there {
			return engine.Errorf(engine.Invalid, "What is signed must have %s in it just if there is a header for it.", name)
		}
	}
	f.before, f.after, f.address = before, after, strings.Contains(signed, "{url}")
	return nil
}

// fill fills in a part of what is signed.
func fill(template, sent, id, address string) string {
	return strings.NewReplacer("{timestamp}", sent, "{id}", id, "{url}", address).Replace(template)
}

// read returns what the headers say that is signed, as it is written; Unauthorized if they lack something.
func (f *frame) read(headers http.Header) (sent, id string, err error) {
	if len(headers[f.header]) == 0 {
		return "", "", missing(f.header)
	}
	if f.id != "" {
		if id = headers.Get(f.id); id == "" {
			return "", "", missing(f.id)
		}
	}
	if f.stamp != nil {
		sent, err = f.stamp.read(headers, f)
	}
	return sent, id, err
}

// values goes through what the header holds. Proxies join a header that came twice with a comma, which
// no encoding has in it.
func (f *frame) values(headers http.Header) iter.Seq[string] {
	return func(yield func(string) bool) {
		tried := 0
		for _, line := range headers[f.header] {
			for value := range strings.SplitSeq(line, f.separator) {
				if tried++; tried > maxCandidates || !yield(strings.Trim(value, " \t,")) {
					return
				}
			}
		}
	}
}

// digests goes through the signatures that the header holds, decoded. What has another alphabet is none.
func (f *frame) digests(headers http.Header) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for value := range f.values(headers) {
			value, ok := strings.CutPrefix(value, f.prefix)
			if !ok {
				continue
			}
			if got, err := f.encoding.decode(value); err == nil && !yield(got) {
				return
			}
		}
	}
}
