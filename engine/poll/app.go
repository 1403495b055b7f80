package poll

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
	"bellhop/engine/request"
)

// Asker asks apps; *action.Client does.
type Asker interface {
	Ask(ctx context.Context, call action.Call, next string) (action.Answer, error)
}

// Gate is passed by every question to an app, as by every step that reaches outside: recipes share
// what an app allows. A *action.Paused means that the app is to be left alone.
type Gate interface {
	Enter(ctx context.Context, call action.Call) (leave func(result action.Result, err error), err error)
}

// Through returns an asker that passes a gate.
func Through(gate Gate, asker Asker) Asker { return gated{gate, asker} }

type gated struct {
	gate  Gate
	asker Asker
}

func (g gated) Ask(ctx context.Context, call action.Call, next string) (action.Answer, error) {
	leave, err := g.gate.Enter(ctx, call)
	if err != nil {
		return action.Answer{}, err
	}
	answer, err := g.asker.Ask(ctx, call, next)
	leave(action.Result{Rest: answer.Rest}, err)
	return answer, err
}

// NewApp returns the factory of sources that ask an app as the operation's PollSpec says.
func NewApp(asker Asker) Factory {
	return func(t Trigger) (Source, error) {
		s, err := newApp(asker, t)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
}

// app is a list of an app's, looked at through its API.
type app struct {
	Trigger
	asker  Asker
	spec   engine.PollSpec
	asks   engine.Operation
	items  mapping.Path
	key    request.Text
	keyAt  mapping.Path
	cursor *cursor // nil if there is none
	next   request.Text
	while  mapping.Path
}

func newApp(asker Asker, t Trigger) (*app, error) {
	s := &app{Trigger: t, asker: asker, spec: *t.Operation.Poll}
	// Its request is asked for by address, so it must be the catalog's own.
	s.asks = t.Operation
	s.asks.Request, s.asks.Result = &t.Operation.Poll.Request, ""
	wrong := func(what string, err error) error {
		return engine.Wrap(err, engine.Invalid, "The connector file of %s has a mistake in %s: %s: %s", t.Connector.Title, t.Operation.Name, what, err)
	}
	var err error
	if s.key, err = request.CompileText(s.spec.Key); err != nil {
		return nil, wrong("poll.key", err)
	}
	if c := s.spec.Cursor; c != nil {
		s.cursor = &cursor{CursorSpec: *c}
		if s.cursor.value, err = request.CompileText(c.Value); err != nil {
			return nil, wrong("poll.cursor", err)
		}
	}
	if p := s.spec.Pages; p != nil {
		if s.next, err = request.CompileText(p.Next); err != nil {
			return nil, wrong("poll.pages.next", err)
		}
		if s.while, err = pathOf(p.While); err != nil {
			return nil, wrong("poll.pages.while", err)
		}
	}
	if s.items, err = pathOf(s.spec.Items); err != nil {
		return nil, wrong("poll.items", err)
	}
	// What a person wrote comes over what the file says.
	if s.items, err = s.field(s.spec.ItemsFrom, s.items); err != nil {
		return nil, err
	}
	if s.keyAt, err = s.field(s.spec.KeyFrom, nil); err != nil {
		return nil, err
	}
	if s.spec.OrderFrom != "" {
		s.spec.Order = engine.ItemOrder(s.text(s.spec.OrderFrom))
	}
	return s, nil
}

// text returns a field, or its default.
func (s *app) text(name string) string {
	if text := mapping.Text(s.With[name]); text != "" {
		return text
	}
	f, _ := s.Operation.Field(name)
	return mapping.Text(f.Default)
}

// Since is the State of an app's source that makes the next look ask for what came at or after a time.
func Since(t time.Time) string {
	state, err := json.Marshal(walk{Since: t.UTC().Format(time.RFC3339)})
	if err != nil {
		return "" // a text can always be written
	}
	return string(state)
}

// pathOf reads a path; none for "".
func pathOf(text string) (mapping.Path, error) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	return mapping.ParsePath(text)
}

// field reads the path in the field of that name, or else returns another.
func (s *app) field(name string, other mapping.Path) (mapping.Path, error) {
	text := s.text(name)
	path, err := pathOf(text)
	if err != nil {
		f, _ := s.Operation.Field(name)
		return nil, engine.Wrap(err, engine.Invalid, "%s: %q cannot be read as a place in the answer. Write it as data.orders.", f.Label, text)
	}
	if path == nil {
		return other, nil
	}
	return path, nil
}

const (
	// A look ends when it has found so many items, or so many bytes of them; the next goes on there.
	mostItems = 500
	mostBytes = 8 << 20
	// mostPages is how many pages one look has, unless the connector says otherwise.
	mostPages = 10
	// back is how far a first look goes back that would else go through all there ever was.
	back = 24 * time.Hour
)

// one is an item found.
type one struct {
	Item
	at string // its cursor
}

// Look asks for what is new since the last look, page by page.
func (s *app) Look(ctx context.Context, look Look) (Found, error) {
	account, err := s.Account(ctx)
	if err != nil {
		return Found{}, err
	}
	l := &list{app: s, look: look, account: account}
	l.resume()
	for {
		over, err := l.page(ctx)
		if err != nil && l.pages > 0 {
			// What was found so far is found. The rest is asked for again, and then fails as a whole.
			return l.found(true)
		}
		if err != nil {
			return Found{}, err
		}
		if over {
			return l.found(false)
		}
		most := mostPages
		if s.spec.Pages.Most > 0 {
			most = s.spec.Pages.Most
		}
		if l.pages >= most || len(l.items) >= mostItems || l.bytes >= mostBytes {
			return l.found(true)
		}
	}
}

// ask asks for one page.
func (s *app) ask(ctx context.Context, account engine.Account, w walk, headers map[string]string) (action.Answer, error) {
	data := map[string]any{"page": w.Page, "cursor": nil}
	if p := s.spec.Pages; w.Page == nil && p != nil && p.Number != nil {
		data["page"] = json.Number(strconv.Itoa(*p.Number))
	}
	switch {
	case s.cursor != nil:
		data["cursor"] = s.cursor.written(s.cursor.begin(w.Since))
	case w.Since != "":
		data["cursor"] = w.Since
	}
	return s.asker.Ask(ctx, action.Call{
		Connector: s.Connector, Operation: s.asks, With: s.With, Account: account, Data: data, Headers: headers,
	}, w.Link)
}

// itemsOf returns the list in an answer.
func (s *app) itemsOf(answer action.Answer) ([]any, error) {
	value := answer.Value
	switch value.(type) {
	case nil, string:
		if len(bytes.TrimSpace(answer.Body)) == 0 && len(s.items) == 0 {
			return nil, nil
		}
		return nil, action.Unreadable("%s answered with something that Bellhop cannot read. Something on the way may have changed it. It will be tried again.", s.Connector.Title)
	}
	v, err := s.items.Lookup(value)
	if err != nil && emptyAt(s.items, value) {
		return nil, nil
	}
	if list, ok := v.([]any); err == nil && ok {
		return list, nil
	}
	where := "at " + s.items.String()
	if len(s.items) == 0 {
		where = "at its top"
	}
	message := fmt.Sprintf("The answer of %s has no list %s.", s.Connector.Title, where)
	if found := lists("", value, 0); len(found) > 0 {
		message += fmt.Sprintf(" It has one at %s.", strings.Join(found[:min(3, len(found))], ", "))
	}
	return nil, &action.Failure{Phase: action.Answered, Err: engine.Errorf(engine.Refused, "%s", message)}
}

// emptyAt says whether a path leads to null: an app's way to say that there is nothing.
func emptyAt(path mapping.Path, value any) bool {
	if len(path) == 0 {
		return value == nil
	}
	last := path[len(path)-1]
	parent, err := path[:len(path)-1].Lookup(value)
	group, ok := parent.(map[string]any)
	if err != nil || !ok || last.Item {
		return false
	}
	v, there := group[last.Name]
	return there && v == nil
}

// lists names the places of lists in a value, to help who looks for one.
func lists(at string, value any, depth int) []string {
	group, ok := value.(map[string]any)
	if !ok || depth > 2 {
		return nil
	}
	var found []string
	for _, name := range slices.Sorted(maps.Keys(group)) {
		here := strings.TrimPrefix(at+"."+name, ".")
		if _, ok := group[name].([]any); ok {
			found = append(found, here)
		}
		found = append(found, lists(here, group[name], depth+1)...)
	}
	return found
}

// item makes an item of what a list has.
func (s *app) item(v any, bodies bool) (one, error) {
	data := map[string]any{"item": v}
	var o one
	if s.cursor != nil && s.cursor.Kind != engine.CursorToken {
		o.at = s.cursor.of(data)
		if s.cursor.Kind == engine.CursorTime && o.at != "" {
			o.At = parseCursor(o.at)
		}
	}
	var err error
	if o.Key, err = s.keyOf(v, data); err != nil {
		return o, err
	}
	if bodies || o.Key == "" {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(v); err != nil {
			return o, fmt.Errorf("write an item: %w", err) // it was read from JSON
		}
		o.Body, o.ContentType = bytes.TrimSuffix(b.Bytes(), []byte("\n")), "application/json"
	}
	return o, nil
}

// keyOf returns what tells an item apart; "" if that is all it holds.
func (s *app) keyOf(v any, data map[string]any) (string, error) {
	if s.spec.KeyFrom == "" {
		return s.key.String(data)
	}
	path := s.keyAt
	if path == nil {
		path = mapping.Path{{Name: "id"}}
	}
	key, err := path.Lookup(v)
	if err != nil {
		return "", nil
	}
	return mapping.Text(key), nil
}

// hash tells bodies apart.
func hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:12])
}

// serverTime returns what time an app's server has; zero if it does not say.
func serverTime(header http.Header) time.Time {
	t, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return t
}

// refused says whether an app understood what it was asked for and cannot give it: perhaps the page is
// not there any more.
func refused(err error) bool {
	f, ok := errors.AsType[*action.Failure](err)
	return ok && f.Phase == action.Answered && !f.Retry && !f.Reconnect && f.Err.Code != engine.Unauthorized
}
