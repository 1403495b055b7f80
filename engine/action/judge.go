package action

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/request"
)

// wholeBody is the path of an answer that is nothing but its code, a plain word.
const wholeBody = "."

// judge is a compiled engine.Judge.
type judge struct {
	failIf  []condition
	code    mapping.Path
	message mapping.Path
	errors  map[string]explained
}

// condition is one entry of FailIf: a path and the value there that means failure; "*" is any value
// but nothing.
type condition struct {
	path mapping.Path
	want string
}

type explained struct {
	engine.ErrorSpec
	says request.Text
}

func compileJudge(j engine.Judge) (judge, error) {
	var out judge
	for _, path := range slices.Sorted(maps.Keys(j.FailIf)) {
		p, err := mapping.ParsePath(path)
		if err != nil {
			return out, fmt.Errorf("judge.fail_if: %w", err)
		}
		out.failIf = append(out.failIf, condition{p, mapping.Text(j.FailIf[path])})
	}
	var err error
	switch j.Code {
	case "":
	case wholeBody:
		out.code = mapping.Path{}
	default:
		if out.code, err = mapping.ParsePath(j.Code); err != nil {
			return out, fmt.Errorf("judge.code: %w", err)
		}
	}
	if j.Message != "" {
		if out.message, err = mapping.ParsePath(j.Message); err != nil {
			return out, fmt.Errorf("judge.message: %w", err)
		}
	}
	out.errors = make(map[string]explained, len(j.Errors))
	for code, spec := range j.Errors {
		says, err := request.CompileText(spec.Says)
		if err != nil {
			return out, fmt.Errorf("judge.errors.%s: %w", code, err)
		}
		out.errors[code] = explained{spec, says}
	}
	return out, nil
}

func (c condition) met(body any) bool {
	got := mapping.Text(at(c.path, body))
	return got != "" && got == c.want || c.want == "*" && got != "" && got != "[]" && got != "{}" && got != "false"
}

// at returns the value at a path of an answer, nil if there is none.
func at(path mapping.Path, body any) any {
	if path == nil {
		return nil
	}
	v, err := path.Lookup(body)
	if err != nil {
		return nil
	}
	return v
}

// judge tells success from failure and returns the result. The error is a *Failure.
func (x *exchange) judge(got answer) (any, error) {
	a := x.action
	body, structured := parse(got)
	if !got.ok() {
		return nil, x.refused(got, body)
	}
	if page(got.body) && x.wantsData() {
		return nil, &Failure{Phase: Answered, Retry: true, Offline: true, Err: engine.Errorf(engine.Unavailable,
			"Instead of %s a web page answered. Often that is the login page of a network, as in a hotel or a train: open a browser and log in. It will be tried again.", x.app())}
	}
	if len(a.judge.failIf) > 0 && !structured {
		return nil, &Failure{Phase: Answered, Retry: true, Err: engine.Errorf(engine.Unavailable,
			"%s answered with something that Bellhop cannot read. Something on the way may have changed it. It will be tried again.", x.app())}
	}
	if slices.ContainsFunc(a.judge.failIf, func(c condition) bool { return c.met(body) }) {
		return nil, x.refused(got, body)
	}
	if a.result == nil {
		return x.secrets.value(body), nil
	}
	result, err := a.result.Value(x.seen(got, body))
	if err != nil {
		return nil, &Failure{Phase: Answered, Err: x.clean(err, engine.Refused, fmt.Sprintf(
			"%s did what was asked, but its answer could not be used: %s", x.app(), engine.ErrorMessage(err)))}
	}
	return x.secrets.value(result), nil
}

// wantsData says whether a web page cannot be the right answer.
func (x *exchange) wantsData() bool {
	return !x.action.usersAddress() || strings.Contains(x.request.Header.Get("Accept"), "json")
}

// seen is what pills of results and sentences see: the fields, and the answer as `response`,
// `response_status` and `response_headers` (names in canonical form). No secret is among them.
func (x *exchange) seen(got answer, body any) map[string]any {
	headers := make(map[string]any, len(got.header))
	for name, values := range got.header {
		headers[name] = strings.Join(values, ", ")
	}
	data := maps.Clone(x.fields)
	if data == nil {
		data = map[string]any{}
	}
	data["response"], data["response_headers"] = body, headers
	data["response_status"] = json.Number(strconv.Itoa(got.status))
	return data
}

// refused puts an answer that means failure into a Failure.
func (x *exchange) refused(got answer, body any) *Failure {
	a := x.action
	detail := scalar(at(a.judge.code, body))
	if len(a.judge.code) == 0 && strings.ContainsAny(detail, " \n<") {
		detail = "" // the whole answer, and not just a word
	}
	f := &Failure{Detail: x.secrets.text(shorten(detail, 100)), Phase: Answered}
	code, message := x.byStatus(got, body)
	f.Retry = code == engine.Unavailable || code == engine.Limited
	f.Reconnect = got.status == http.StatusUnauthorized && x.call.Account.Connector != ""
	if spec, ok := a.judge.errors[detail]; ok {
		if says, err := spec.says.String(x.seen(got, body)); err == nil && says != "" {
			message = says
		}
		f.Retry = spec.Retry
		switch {
		case spec.Reconnect:
			code, f.Retry, f.Reconnect = engine.Unauthorized, false, true
		case spec.Retry && code != engine.Limited:
			code = engine.Unavailable
		case !spec.Retry && (code == engine.Unavailable || code == engine.Limited):
			code = engine.Refused
		}
	}
	if f.Retry {
		f.RetryAfter = max(retryAfter(got.header.Get("Retry-After"), x.now), x.result.Rest)
		if f.RetryAfter > 0 && got.ok() {
			code = engine.Limited
		}
	}
	f.Err = engine.Errorf(code, "%s", x.secrets.text(message))
	return f
}

// scalar is the text of a code; a structure is none.
func scalar(v any) string {
	switch v.(type) {
	case []any, map[string]any:
		return ""
	}
	return mapping.Text(v)
}

// byStatus says what a status means where the connector file does not know better.
func (x *exchange) byStatus(got answer, body any) (engine.Code, string) {
	app, said := x.app(), x.said(body)
	switch s := got.status; {
	case s == http.StatusTooManyRequests, s == http.StatusForbidden && x.result.Rest > 0:
		return engine.Limited, fmt.Sprintf("%s asked Bellhop to slow down. It will be tried again.%s", app, said)
	case s == http.StatusProxyAuthRequired:
		return engine.Unavailable, proxyRefuses
	case s == http.StatusUnauthorized && x.call.Account.Connector == "":
		return engine.Unauthorized, fmt.Sprintf("%s wants to know who asks. Choose a connection in the step.%s", app, said)
	case s == http.StatusUnauthorized:
		return engine.Unauthorized, fmt.Sprintf("%s no longer accepts this connection. Reconnect it.%s", app, said)
	case s == http.StatusForbidden:
		return engine.Unauthorized, fmt.Sprintf("%s no longer accepts this connection for what was asked. Check what it is allowed to do there, or reconnect it.%s", app, said)
	case s == http.StatusNotFound || s == http.StatusGone:
		return engine.NotFound, fmt.Sprintf("%s does not have what the step asks for. Perhaps it was deleted or renamed; check the step's fields.%s", app, said)
	case s == http.StatusRequestTimeout || s == http.StatusTooEarly || s >= 500:
		return engine.Unavailable, fmt.Sprintf("%s is in trouble for the moment (status %d). It will be tried again.%s", app, s, said)
	case s >= 300 && s < 400:
		where := "another address"
		if u, err := url.Parse(got.header.Get("Location")); err == nil && u.Host != "" {
			where = u.Scheme + "://" + u.Host
		}
		return engine.Refused, fmt.Sprintf("%s wants the request sent to %s instead. Bellhop does not do that by itself; if it is right, change the address.", app, where)
	}
	return engine.Refused, fmt.Sprintf("%s refused what the step asks for (status %d). Check the step's fields.%s", app, got.status, said)
}

// parse reads the body of an answer: JSON where it says or looks so, else the text, nil if it is
// empty. Servers often get the content type wrong, so that a body that is JSON counts as it.
func parse(got answer) (body any, structured bool) {
	text := bytes.TrimSpace(bytes.TrimPrefix(got.body, []byte("\ufeff")))
	if len(text) == 0 {
		return nil, false
	}
	kind, _, _ := mime.ParseMediaType(got.header.Get("Content-Type"))
	if text[0] == '{' || text[0] == '[' || kind == "application/json" || strings.HasSuffix(kind, "+json") {
		if v, err := mapping.Decode(text); err == nil {
			return v, true
		}
	}
	return strings.ToValidUTF8(string(got.body), "\uFFFD"), false
}

// page says whether a body is a web page. The content type does not tell: Slack's incoming webhooks
// answer "ok" as text/html.
func page(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(body[:min(len(body), 512)], []byte("\ufeff"))))
	for _, tag := range []string{"<!doctype html", "<html", "<head", "<body"} {
		if bytes.HasPrefix(start, []byte(tag)) {
			return true
		}
	}
	return false
}
