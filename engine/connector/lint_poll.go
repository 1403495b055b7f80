package connector

import (
	"slices"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/source"
)

// addLookFields gives a trigger at which Bellhop looks by itself the fields that all of those have,
// but for those that the file describes itself.
func addLookFields(o *engine.Operation) {
	if !o.Looks() {
		return
	}
	for _, f := range engine.LookFields() {
		if _, own := o.Field(f.Name); !own {
			o.Fields = append(slices.Clip(o.Fields), f)
		}
	}
}

// mostPages bounds the pages of one look.
const mostPages = 100

// poll checks how an app is asked what is new.
func (l *linter) poll(at string, p engine.PollSpec, fields []engine.Field) {
	// A request of a poll knows more than its fields.
	l.request(source.Key(at, "request"), p.Request, fields, "cursor", "page")
	l.place(source.Key(at, "items"), p.Items, "The place of the list in the answer")
	l.from(source.Key(at, "items_from"), p.ItemsFrom, fields, engine.FieldText)
	l.from(source.Key(at, "key_from"), p.KeyFrom, fields, engine.FieldText)
	l.from(source.Key(at, "order_from"), p.OrderFrom, fields, engine.FieldChoice)
	if (p.Key == "") == (p.KeyFrom == "") {
		l.report.Value(at, "A poll needs either key, the pill that tells items apart such as {{item.id}}, or key_from, the field that names it.")
	}
	l.text(source.Key(at, "key"), p.Key, scope{"item": nil})
	l.known(source.Key(at, "order"), string(p.Order), []string{"", string(engine.OldestFirst), string(engine.NewestFirst)},
		"order is oldest_first or newest_first, or left out.")
	l.cursor(source.Key(at, "cursor"), p)
	l.pages(source.Key(at, "pages"), p)
}

// place checks a path in the answer; what names it to people.
func (l *linter) place(at, path, what string) {
	if path == "" {
		return
	}
	if _, err := mapping.ParsePath(path); err != nil {
		l.report.Value(at, "%s cannot be read. Write it as data.orders.", what)
	}
}

func (l *linter) cursor(at string, p engine.PollSpec) {
	if p.Cursor == nil {
		return
	}
	kinds := []string{string(engine.CursorTime), string(engine.CursorID), string(engine.CursorToken)}
	l.known(source.Key(at, "kind"), string(p.Cursor.Kind), kinds, "A cursor is one of: %s.", strings.Join(kinds, ", "))
	from := "item"
	if p.Cursor.Kind == engine.CursorToken {
		from = "response"
	}
	l.needed(source.Key(at, "value"), p.Cursor.Value, "the pill that says up to where was looked")
	l.text(source.Key(at, "value"), p.Cursor.Value, scope{from: nil})
	if f := p.Cursor.Format; f != "" && (f != engine.CursorSeconds || p.Cursor.Kind != engine.CursorTime) {
		l.report.Value(source.Key(at, "format"), "The format of a cursor is seconds or left out, and only a cursor that is a time has one.")
	}
	if p.Cursor.Overlap != 0 && p.Cursor.Kind != engine.CursorTime || p.Cursor.Overlap < 0 {
		l.report.Value(source.Key(at, "overlap"), "An overlap is a number of seconds, and only a cursor that is a time has one.")
	}
}

func (l *linter) pages(at string, p engine.PollSpec) {
	if p.Pages == nil {
		return
	}
	ways := 0
	for _, given := range []bool{p.Pages.Next != "", p.Pages.Link, p.Pages.Number != nil} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		l.report.Value(at, "Pages need exactly one of next, link and number.")
	}
	l.text(source.Key(at, "next"), p.Pages.Next, scope{"response": nil, "item": nil})
	l.place(source.Key(at, "while"), p.Pages.While, "This place in the answer")
	if p.Pages.Most < 0 || p.Pages.Most > mostPages {
		l.report.Value(source.Key(at, "most"), "The largest number of pages in one look is from 1 to %d.", mostPages)
	}
}

// pollTest checks what a test says of a look.
func (l *linter) pollTest(at string, o engine.Operation, t engine.OperationTest) {
	switch {
	case o.Poll == nil && t.Poll != nil:
		l.report.Key(source.Key(at, "poll"), "", "Only the test of a poll says what must come of a look.")
	case o.Poll != nil && t.Poll == nil && t.Error == nil:
		l.report.Value(at, "The test of a poll says under poll what must come of the look, or the error it ends with.")
	case o.Poll != nil && t.Response == nil && t.Error == nil:
		l.report.Value(at, "A test needs the response that the app gives, or the error it ends with.")
	}
}
