package poll

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
)

// walk is how far an app's list was looked through: a source's State, as JSON.
type walk struct {
	// Since is the cursor up to which all was found.
	Since string `json:"since,omitempty"`
	// Page or Link is where the next look goes on, if the last one did not come to the end; High is the
	// cursor when it will have.
	Page any    `json:"page,omitempty"`
	Link string `json:"link,omitempty"`
	High string `json:"high,omitempty"`
	// Begun is when the way through the list began, by the app's clock. What an app shows late may show up
	// behind where the way is by then, so Since does not go beyond it.
	Begun time.Time `json:"begun,omitzero"`
	// ETag, Modified and Body tell the answer of the last look, if that had one page, and For is the
	// Since that was asked for.
	ETag     string `json:"etag,omitempty"`
	Modified string `json:"modified,omitempty"`
	Body     string `json:"body,omitempty"`
	For      string `json:"for,omitempty"`
	// Whole is when that was: now and then all is read although it seems unchanged, so that the keys that
	// are still listed stay known.
	Whole time.Time `json:"whole,omitzero"`
}

// wholeEvery is how long an unchanged answer is believed to be one.
const wholeEvery = 24 * time.Hour

// list is one look through an app's list.
type list struct {
	*app
	look    Look
	account engine.Account
	walk    walk
	// floor is true while Since is only a guess of how far to go back.
	floor   bool
	resumed bool
	pages   int
	items   []one
	bytes   int
	clock   time.Time // the app's, of the last answer
	// unchanged is true if the answer is that of the last look.
	unchanged bool
}

// resume takes up where the last look ended.
func (l *list) resume() {
	if l.look.State != "" {
		d := json.NewDecoder(strings.NewReader(l.look.State))
		d.UseNumber()
		if d.Decode(&l.walk) != nil {
			l.walk = walk{} // it begins anew: what was seen does not run again
		}
	}
	l.resumed = l.walk.Page != nil || l.walk.Link != ""
	if l.resumed {
		return
	}
	l.walk.High, l.walk.Begun = l.walk.Since, time.Time{}
	// A first look would go through all there ever was.
	if c := l.cursor; c != nil && c.Kind == engine.CursorTime && l.look.State == "" && l.look.Runs == 0 {
		l.floor = true
		l.walk.Since = l.look.Now.Add(-back).UTC().Format(time.RFC3339)
		l.walk.High = l.walk.Since
	}
}

// conditions are the headers by which an app says that nothing has changed.
func (l *list) conditions() map[string]string {
	w := l.walk
	if l.resumed || l.pages > 0 || l.stale() || w.For != w.Since || l.spec.Request.Method != http.MethodGet {
		return nil
	}
	headers := map[string]string{}
	if w.ETag != "" {
		headers["If-None-Match"] = w.ETag
	}
	if w.Modified != "" {
		headers["If-Modified-Since"] = w.Modified
	}
	return headers
}

// stale says whether it is time to read all again.
func (l *list) stale() bool { return l.look.Now.Sub(l.walk.Whole).Abs() > wholeEvery }

// page asks for a page and takes what is on it. over is true if there are no more.
func (l *list) page(ctx context.Context) (over bool, err error) {
	answer, err := l.ask(ctx, l.account, l.walk, l.conditions())
	if err != nil && l.resumed && l.pages == 0 && refused(err) {
		// The page is not there any more. From the beginning: what was found there is known by its keys.
		l.walk.Page, l.walk.Link, l.walk.Begun, l.resumed = nil, "", time.Time{}, false
		answer, err = l.ask(ctx, l.account, l.walk, nil)
	}
	if err != nil {
		return false, err
	}
	l.clock = serverTime(answer.Header)
	if answer.Status == http.StatusNotModified {
		l.unchanged = true
		return true, nil
	}
	if l.guessAgain(answer) {
		return l.page(ctx)
	}
	if l.walk.Begun.IsZero() {
		if l.walk.Begun = serverTime(answer.Header).UTC(); l.walk.Begun.IsZero() {
			l.walk.Begun = l.look.Now.UTC().Truncate(time.Second)
		}
	}
	values, err := l.itemsOf(answer)
	if err != nil {
		return false, err
	}
	if err := l.take(answer, values); err != nil {
		return false, err
	}
	page, link := l.nextPage(answer, values)
	over = page == nil && link == "" || l.enough(len(values))
	if over && l.pages == 0 && !l.resumed && !l.stale() && l.walk.Body == hash(answer.Body) {
		l.unchanged = true
		return true, nil
	}
	l.pages++
	l.walk.ETag, l.walk.Modified, l.walk.Body, l.walk.For, l.walk.Whole = "", "", "", "", time.Time{}
	if !over {
		l.walk.Page, l.walk.Link = page, link
		return false, nil
	}
	if l.pages == 1 && !l.resumed {
		l.walk.ETag, l.walk.Modified = answer.Header.Get("ETag"), answer.Header.Get("Last-Modified")
		l.walk.Body, l.walk.For, l.walk.Whole = hash(answer.Body), l.walk.Since, l.look.Now.UTC().Truncate(time.Second)
	}
	return true, nil
}

// guessAgain moves the floor by the app's own clock, if that is far behind ours: then what is newest there
// would lie before it.
func (l *list) guessAgain(answer action.Answer) bool {
	if !l.floor {
		return false
	}
	l.floor = false
	theirs := serverTime(answer.Header)
	if theirs.IsZero() || l.look.Now.Sub(theirs) < time.Hour {
		return false
	}
	l.walk.Since = theirs.Add(-back).UTC().Format(time.RFC3339)
	l.walk.High = l.walk.Since
	return true
}

// take keeps the items of a page, and moves the cursor.
func (l *list) take(answer action.Answer, values []any) error {
	// Of a quiet look only the newest run; where they are is known at the end.
	bodies := !l.look.Quiet || l.look.Runs > 0
	items := make([]one, 0, len(values))
	for _, v := range values {
		if v == nil {
			continue
		}
		item, err := l.item(v, bodies)
		if err != nil {
			return err
		}
		items = append(items, item)
		l.bytes += len(item.Body) + len(item.Key)
	}
	begins := l.pages == 0 && !l.resumed
	l.items = append(l.items, items...)
	if l.cursor == nil {
		return nil
	}
	switch {
	case l.cursor.Kind == engine.CursorToken:
		if token := l.cursor.of(map[string]any{"response": answer.Value}); token != "" {
			l.walk.High = token
		}
	case len(items) == 0:
	case l.cursor.Kind == engine.CursorID && l.spec.Order == engine.NewestFirst:
		if begins {
			l.walk.High = items[0].at
		}
	case l.cursor.Kind == engine.CursorID && l.spec.Order == engine.OldestFirst:
		l.walk.High = items[len(items)-1].at
	default:
		for _, item := range items {
			if l.cursor.compare(item.at, l.walk.High) > 0 {
				l.walk.High = item.at
			}
		}
	}
	return nil
}

// enough says whether the pages that follow one with so many items have nothing new.
func (l *list) enough(count int) bool {
	if count == 0 && l.spec.Pages != nil && l.spec.Pages.While == "" {
		return true
	}
	if l.cursor == nil || l.spec.Order != engine.NewestFirst || count == 0 {
		return false
	}
	if l.look.Quiet && len(l.items) >= l.look.Runs {
		return true // what is older never comes up
	}
	if l.cursor.Kind != engine.CursorTime || l.walk.Since == "" {
		return false
	}
	last := l.items[len(l.items)-1].at
	return last != "" && l.cursor.compare(last, l.cursor.begin(l.walk.Since)) < 0
}

// nextPage returns where the list goes on; nothing if it does not.
func (l *list) nextPage(answer action.Answer, values []any) (page any, link string) {
	p := l.spec.Pages
	if p == nil {
		return nil, ""
	}
	if p.While != "" {
		if more, err := l.while.Lookup(answer.Value); err != nil || more == false || more == "" || more == json.Number("0") {
			return nil, ""
		}
	}
	switch {
	case p.Link:
		if answer.Next == l.walk.Link {
			return nil, ""
		}
		return nil, answer.Next
	case p.Number != nil:
		number := *p.Number
		if n, ok := l.walk.Page.(json.Number); ok {
			if at, err := strconv.Atoi(string(n)); err == nil {
				number = at
			}
		}
		return json.Number(strconv.Itoa(number + 1)), ""
	}
	data := map[string]any{"response": answer.Value}
	if len(values) > 0 {
		data["item"] = values[len(values)-1]
	}
	v, err := l.next.Value(data)
	if err != nil || v == nil || v == false || mapping.Text(v) == "" || mapping.Text(v) == mapping.Text(l.walk.Page) {
		return nil, ""
	}
	return v, ""
}

// found is what came of the look; more is true if the list goes on.
func (l *list) found(more bool) (Found, error) {
	if l.unchanged && l.look.State != "" {
		return Found{State: l.look.State}, nil
	}
	if !more {
		l.walk.Since = l.walk.High
		if c := l.cursor; c != nil && c.Kind == engine.CursorTime && l.walk.Since != "" && parseCursor(l.walk.Since).After(l.walk.Begun) {
			l.walk.Since = l.walk.Begun.Format(time.RFC3339Nano)
		}
		l.walk.High, l.walk.Begun, l.walk.Page, l.walk.Link = "", time.Time{}, nil, ""
	}
	if l.spec.Order == engine.NewestFirst {
		slices.Reverse(l.items)
	}
	if c := l.cursor; c != nil && (c.Kind == engine.CursorTime || c.Kind == engine.CursorID && l.spec.Order == "") {
		slices.SortStableFunc(l.items, func(a, b one) int { return c.compare(a.at, b.at) })
	}
	found := Found{Items: make([]Item, len(l.items)), More: more, Clock: l.clock}
	for i, item := range l.items {
		found.Items[i] = item.Item
	}
	state, err := json.Marshal(l.walk)
	found.State = string(state)
	return found, err
}
