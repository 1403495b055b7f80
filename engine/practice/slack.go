package practice

import (
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"
)

const (
	keptMessages = 500
	// maxText is Slack's limit, in characters.
	maxText = 40_000
)

// Message is a message in the pretend Slack.
type Message struct {
	Channel string    `json:"channel"` // its name, such as #orders
	Text    string    `json:"text"`
	At      time.Time `json:"at"`
	// TS is Slack's id of the message; Thread that of the message it answers, or empty.
	TS     string `json:"ts"`
	Thread string `json:"thread,omitempty"`
	// Via is chat.postMessage or webhook.
	Via string `json:"via"`
}

type channel struct {
	id, name string
	archived bool
}

var channels = []channel{
	{"C0PRACTICE1", "orders", false}, {"C0PRACTICE2", "general", false}, {"C0PRACTICE3", "shipping", false},
	{"C0PRACTICE4", "old-news", true},
}

// Slack is the pretend Slack: an http.Handler of its API below /api, and of incoming webhooks.
type Slack struct {
	token, webhookPath string
	now                func() time.Time
	onMessage          func(Message)
	faults             *faults
	mux                *http.ServeMux

	mu       sync.Mutex
	messages []Message
	count    int
	paced    bool
	last     map[string]time.Time // of each channel, for pacing
}

var _ http.Handler = (*Slack)(nil)

func newSlack(p Params) *Slack {
	s := &Slack{token: p.BotToken, webhookPath: p.WebhookPath, now: p.Now, onMessage: p.OnMessage, faults: newFaults(), last: map[string]time.Time{}}
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("/api/auth.test", s.authorized(s.authTest))
	s.mux.HandleFunc("POST /api/chat.postMessage", s.authorized(s.postMessage))
	s.mux.HandleFunc("/api/conversations.list", s.authorized(s.listChannels))
	s.mux.HandleFunc("/api/conversations.history", s.authorized(s.history))
	s.mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusOK, "unknown_method") })
	return s
}

// ServeHTTP answers auth.test, chat.postMessage, conversations.list and .history, and the incoming webhook.
func (s *Slack) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	if strings.HasPrefix(r.URL.Path, "/services/") {
		s.faults.around(w, r, s.webhook, func(w http.ResponseWriter, status int, code string) {
			if status == http.StatusOK {
				status = http.StatusBadRequest // webhooks tell errors by status, with a plain word
			}
			plain(w, status, code)
		})
		return
	}
	s.faults.around(w, r, s.mux.ServeHTTP, refuse)
}

// refuse answers an error as the API does: mostly with status 200.
func refuse(w http.ResponseWriter, status int, code string) {
	answer(w, status, object{"ok": false, "error": code})
}

func plain(w http.ResponseWriter, status int, word string) {
	w.Header().Set("Content-Type", "text/html") // as the real one does
	w.WriteHeader(status)
	fmt.Fprint(w, word)
}

// Messages returns the messages kept, oldest first.
func (s *Slack) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Channels returns the names of the channels that can be posted to.
func (s *Slack) Channels() []string {
	var names []string
	for _, c := range channels {
		if !c.archived {
			names = append(names, "#"+c.name)
		}
	}
	return names
}

// Clear forgets all messages.
func (s *Slack) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = nil
}

// Fail makes Slack fail; a Fault with the mode Fine ends it.
func (s *Slack) Fail(f Fault) error { return s.faults.set(f) }

// Fault returns how Slack fails now.
func (s *Slack) Fault() Fault { return s.faults.get() }

// Pace makes Slack take one message a second to each channel, as the real one does. It is off at
// first, so that a demonstration does not wait.
func (s *Slack) Pace(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paced = on
}

func (s *Slack) authorized(next func(w http.ResponseWriter, fields object, r *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		fields, ok := fieldsOf(r)
		if !ok {
			refuse(w, http.StatusOK, "invalid_json")
			return
		}
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if token == "" {
			token = text(fields, "token")
		}
		switch {
		case token == "":
			refuse(w, http.StatusOK, "not_authed")
		case !same(token, s.token):
			refuse(w, http.StatusOK, "invalid_auth")
		default:
			next(w, fields, r)
		}
	}
}

func (s *Slack) authTest(w http.ResponseWriter, _ object, _ *http.Request) {
	answer(w, http.StatusOK, object{
		"ok": true, "url": "https://olive-oak-practice.slack.com/", "team": "Olive & Oak (practice)", "user": "bellhop",
		"team_id": "T0PRACTICE", "user_id": "U0PRACTICE", "bot_id": "B0PRACTICE", "is_enterprise_install": false,
	})
}

func (s *Slack) listChannels(w http.ResponseWriter, _ object, _ *http.Request) {
	list := make([]any, len(channels))
	for i, c := range channels {
		list[i] = object{"id": c.id, "name": c.name, "is_channel": true, "is_archived": c.archived, "is_private": false, "is_member": true}
	}
	answer(w, http.StatusOK, object{"ok": true, "channels": list, "response_metadata": object{"next_cursor": ""}})
}

// history lists a channel's messages, newest first. As in the real one, replies in threads are not among
// them, a channel goes by its id only, and apps that are not in Slack's directory get 15 at a time.
func (s *Slack) history(w http.ResponseWriter, fields object, _ *http.Request) {
	i := slices.IndexFunc(channels, func(c channel) bool { return c.id == text(fields, "channel") })
	if i < 0 {
		refuse(w, http.StatusOK, "channel_not_found")
		return
	}
	const most = 15
	list, more := []any{}, false
	for _, m := range slices.Backward(s.Messages()) {
		if m.Channel != "#"+channels[i].name || m.Thread != "" || !newer(m.TS, text(fields, "oldest")) {
			continue
		}
		if more = len(list) == most; more {
			break
		}
		escaped := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(m.Text)
		list = append(list, object{"type": "message", "text": escaped, "ts": m.TS, "user": "U0PRACTICE", "bot_id": "B0PRACTICE", "team": "T0PRACTICE"})
	}
	answer(w, http.StatusOK, object{"ok": true, "messages": list, "has_more": more, "pin_count": 0})
}

// newer compares a message's ts with the oldest that is asked for.
func newer(ts, oldest string) bool {
	if oldest == "" {
		return true
	}
	have, err := strconv.ParseFloat(ts, 64)
	want, err2 := strconv.ParseFloat(oldest, 64)
	return err == nil && err2 == nil && have > want
}

func (s *Slack) postMessage(w http.ResponseWriter, fields object, r *http.Request) {
	to := strings.TrimPrefix(text(fields, "channel"), "#")
	i := slices.IndexFunc(channels, func(c channel) bool { return c.id == to || c.name == to })
	body := text(fields, "text")
	switch {
	case i < 0:
		refuse(w, http.StatusOK, "channel_not_found")
		return
	case channels[i].archived:
		refuse(w, http.StatusOK, "is_archived")
		return
	}
	if code := badText(body); code != "" {
		refuse(w, http.StatusOK, code)
		return
	}
	m, wait := s.add(Message{Channel: "#" + channels[i].name, Text: body, Thread: text(fields, "thread_ts"), Via: "chat.postMessage"})
	if wait > 0 {
		w.Header().Set("Retry-After", "1")
		refuse(w, http.StatusTooManyRequests, "ratelimited")
		return
	}
	out := object{"ok": true, "channel": channels[i].id, "ts": m.TS, "message": object{
		"type": "message", "text": m.Text, "ts": m.TS, "user": "U0PRACTICE", "bot_id": "B0PRACTICE", "team": "T0PRACTICE",
	}}
	if kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" && params["charset"] == "" {
		out["warning"] = "missing_charset"
	}
	answer(w, http.StatusOK, out)
}

// webhook is the incoming webhook, which posts to the first channel.
func (s *Slack) webhook(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || !same(r.URL.Path, s.webhookPath) {
		plain(w, http.StatusNotFound, "no_service")
		return
	}
	fields, ok := fieldsOf(r)
	if payload := text(fields, "payload"); ok && payload != "" {
		fields = nil
		ok = json.Unmarshal([]byte(payload), &fields) == nil && fields != nil
	}
	if !ok {
		plain(w, http.StatusBadRequest, "invalid_payload")
		return
	}
	if code := badText(text(fields, "text")); code != "" {
		plain(w, http.StatusBadRequest, code)
		return
	}
	if _, wait := s.add(Message{Channel: "#" + channels[0].name, Text: text(fields, "text"), Via: "webhook"}); wait > 0 {
		w.Header().Set("Retry-After", "1")
		plain(w, http.StatusTooManyRequests, "rate_limited")
		return
	}
	plain(w, http.StatusOK, "ok")
}

func badText(body string) string {
	switch {
	case strings.TrimSpace(body) == "":
		return "no_text"
	case utf8.RuneCountInString(body) > maxText:
		return "msg_too_long"
	}
	return ""
}

// add keeps a message, unless its channel must wait.
func (s *Slack) add(m Message) (Message, time.Duration) {
	m.At = s.now().UTC()
	s.mu.Lock()
	if wait := time.Second - m.At.Sub(s.last[m.Channel]); s.paced && wait > 0 {
		s.mu.Unlock()
		return m, wait
	}
	s.last[m.Channel] = m.At
	s.count++
	m.TS = fmt.Sprintf("%d.%06d", m.At.Unix(), s.count)
	s.messages = append(s.messages, m)
	if len(s.messages) > keptMessages {
		s.messages = slices.Delete(s.messages, 0, len(s.messages)-keptMessages)
	}
	s.mu.Unlock()
	if s.onMessage != nil {
		s.onMessage(m)
	}
	return m, 0
}
