package action

import (
	"net/http"
	"slices"
	"strings"

	"bellhop/engine"
)

// keep is how many bytes of a body are kept with a run.
const keep = 64 << 10

// private headers carry secrets by their nature, also where no connection put them there.
var private = []string{"Authorization", "Cookie", "Proxy-Authorization", "Set-Cookie"}

// sent returns what is kept of the request.
func (x *exchange) sent() *engine.SentRequest {
	body, _ := x.secrets.clip(x.body, keep)
	return &engine.SentRequest{
		Method:  x.request.Method,
		URL:     x.secrets.text(x.request.URL.String()),
		Headers: x.kept(x.request.Header),
		Body:    body,
	}
}

// received returns what is kept of the answer.
func (x *exchange) received(status int, header http.Header, body []byte, cut bool) *engine.Response {
	text, truncated := x.secrets.clip(body, keep)
	return &engine.Response{Status: status, Headers: x.kept(header), Body: text, Truncated: truncated || cut}
}

func (x *exchange) kept(header http.Header) map[string]string {
	if len(header) == 0 {
		return nil
	}
	out := make(map[string]string, len(header))
	for name, values := range header {
		if slices.Contains(private, name) || slices.Contains(x.signature.Headers, name) {
			out[name] = hidden
			continue
		}
		out[name] = strings.ToValidUTF8(x.secrets.text(strings.Join(values, ", ")), "\uFFFD")
	}
	return out
}
