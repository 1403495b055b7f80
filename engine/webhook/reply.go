package webhook

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"
)

// largestAnswer is how long an answer's body can be, in bytes.
const largestAnswer = 1 << 20

// answer is what a sender is sent.
type answer struct {
	status  int
	kind    string // Content-Type
	headers map[string]string
	body    []byte
	// again is after how many seconds the sender may come again; 0 says nothing of it.
	again int
}

// newAnswer makes an answer out of what a recipe says.
func newAnswer(status int, headers map[string]string, body string) answer {
	if len(body) > largestAnswer {
		return say(http.StatusInternalServerError, reply{Status: "accepted", Message: "The recipe's answer is too large to be sent."})
	}
	if status < 200 || status > 599 {
		status = http.StatusOK
	}
	if status == http.StatusNoContent || status == http.StatusNotModified {
		body = "" // by RFC 9110, 15.3.5 and 15.4.5 there is none
	}
	a := answer{status: status, body: []byte(body)}
	for name, value := range headers {
		name = http.CanonicalHeaderKey(name)
		switch {
		case !httpguts.ValidHeaderFieldName(name) || ownHeaders[name] || !headerValue(value):
		case name == "Content-Type":
			a.kind = value
		default:
			if a.headers == nil {
				a.headers = map[string]string{}
			}
			a.headers[name] = value
		}
	}
	if a.kind == "" && body != "" {
		a.kind = guess(body)
	}
	return a
}

// ownHeaders are the server's to set: they say how an answer is sent, not what it is. See RFC 9110, 7.6.1.
var ownHeaders = map[string]bool{
	"Connection": true, "Content-Encoding": true, "Content-Length": true, "Date": true, "Keep-Alive": true, "Proxy-Authenticate": true, "Proxy-Authorization": true,
	"Proxy-Connection": true, "Te": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true,
}

// headerValue refuses what could end a header and begin another, and what clients may not read.
func headerValue(value string) bool {
	return httpguts.ValidHeaderFieldValue(value) && utf8.ValidString(value) && len(value) <= 8<<10
}

func guess(body string) string {
	if start := strings.TrimLeft(body, " \t\r\n"); start != "" && (start[0] == '{' || start[0] == '[') && json.Valid([]byte(body)) {
		return "application/json"
	}
	if kind := http.DetectContentType([]byte(body)); strings.HasPrefix(kind, "text/") {
		return kind
	}
	return "text/plain; charset=utf-8"
}

func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	if a.kind != "" {
		h["Content-Type"] = []string{a.kind}
	}
	for name, value := range a.headers {
		h[name] = []string{value}
	}
	if a.again > 0 {
		h["Retry-After"] = []string{strconv.Itoa(a.again)}
	}
	w.WriteHeader(a.status)
	if len(a.body) > 0 {
		_, _ = w.Write(a.body) // whoever hung up gets nothing
	}
}
