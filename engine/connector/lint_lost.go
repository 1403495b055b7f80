package connector

import (
	"maps"
	"slices"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/source"
)

// lost checks what an operation says about that which was lost on the way: events that a webhook missed,
// and answers that never came.
func (l *linter) lost(at string, o engine.Operation) {
	switch {
	case o.CatchUp == nil:
	case o.Webhook == nil:
		l.report.Key(source.Key(at, "catch_up"), "", "Only a webhook misses events, so only a trigger with webhook has catch_up.")
	default:
		l.catchUp(source.Key(at, "catch_up"), *o.CatchUp, o.Fields)
	}
	if o.Webhook != nil && o.Webhook.Subscription != nil {
		l.subscription(source.Key(source.Key(at, "webhook"), "subscription"), *o.Webhook.Subscription, o.Fields)
	}
	if o.Safe && o.Request == nil && o.Local == "" {
		l.report.Key(source.Key(at, "safe"), "", "Only an action that reaches outside can be safe to do twice.")
	}
	switch {
	case o.Check == nil:
	case o.Request == nil:
		l.report.Key(source.Key(at, "check"), "", "Only an action with a request can be looked up afterwards.")
	default:
		l.check(source.Key(at, "check"), *o.Check, o)
	}
}

func (l *linter) catchUp(at string, c engine.CatchUpSpec, fields []engine.Field) {
	l.poll(source.Key(at, "poll"), c.Poll, fields)
	l.needed(source.Key(at, "key"), c.Key, "the pill of a delivery that equals the poll's key for the same event")
	l.text(source.Key(at, "key"), c.Key, scope{"trigger": nil})
	if c.Poll.Cursor == nil || c.Poll.Cursor.Kind != engine.CursorTime {
		l.report.Value(source.Key(at, "poll"), "What was missed is asked for by its time, so the poll needs a cursor of the kind time.")
	}
	if c.NoteDays < 0 || c.NoteDays > mostNoteDays {
		l.report.Value(source.Key(at, "note_days"), "note_days is a number of days, %d at most.", mostNoteDays)
	}
}

// mostNoteDays bounds what a recipe goes through when it is switched on.
const mostNoteDays = 366

func (l *linter) subscription(at string, s engine.SubscriptionSpec, fields []engine.Field) {
	l.request(source.Key(at, "list"), s.List, fields)
	l.place(source.Key(at, "items"), s.Items, "The place of the list in the answer")
	l.needed(source.Key(at, "address"), s.Address, "where in an entry of the list the address is")
	l.place(source.Key(at, "address"), s.Address, "The place of the address in an entry")
	for _, place := range slices.Sorted(maps.Keys(s.Where)) {
		l.place(source.Key(source.Key(at, "where"), place), place, "This place in an entry")
	}
	l.request(source.Key(at, "create"), s.Create, fields, "address")
	for _, name := range slices.Sorted(maps.Keys(s.Keep)) {
		here := source.Key(source.Key(at, "keep"), name)
		l.knownKey(here, name, l.secretFields(), "The connection has no secret field %q.", name)
		l.needed(here, s.Keep[name], "where in the answer the secret is")
		l.place(here, s.Keep[name], "The place of the secret in the answer")
	}
	l.unsubscribe(at, s, fields)
}

func (l *linter) unsubscribe(at string, s engine.SubscriptionSpec, fields []engine.Field) {
	l.place(source.Key(at, "id"), s.ID, "The place of the id in an entry")
	switch {
	case s.Unsubscribe != nil:
		l.needed(source.Key(at, "id"), s.ID, "where in an entry of the list its id is, by which unsubscribe removes it")
		l.request(source.Key(at, "unsubscribe"), *s.Unsubscribe, fields, "address", "id")
	case s.ID != "":
		l.report.Key(source.Key(at, "id"), "", "Only unsubscribe needs the id of an entry, and there is none.")
	}
}

func (l *linter) secretFields() []string {
	var names []string
	if c := l.connector.Connection; c != nil {
		for _, f := range c.Fields {
			if f.Type == engine.FieldSecret {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// lostTest checks what a test of a webhook is about: a delivery, a catch-up, or a subscription.
func (l *linter) lostTest(at string, o engine.Operation, t engine.OperationTest) {
	about := 0
	for _, given := range []bool{t.Delivery != nil, t.CatchUp != nil, t.Subscription != nil} {
		if given {
			about++
		}
	}
	switch {
	case (o.Webhook != nil) != (about > 0):
		l.report.Value(at, "The test of a webhook has a delivery, catch_up or subscription, other tests have none of them.")
	case about > 1:
		l.report.Value(at, "A test is about one thing: a delivery, catch_up or subscription.")
	case t.CatchUp != nil && o.CatchUp == nil:
		l.report.Key(source.Key(at, "catch_up"), "", "The trigger has no catch_up to test.")
	case t.Subscription != nil && o.Webhook.Subscription == nil:
		l.report.Key(source.Key(at, "subscription"), "", "The trigger's webhook has no subscription to test.")
	case t.Subscription != nil && t.Subscription.Unsubscribed != nil && o.Webhook.Subscription.Unsubscribe == nil:
		l.report.Key(source.Key(source.Key(at, "subscription"), "unsubscribed"), "", "The subscription has no unsubscribe to test.")
	case t.Subscription != nil && t.Subscription.Unsubscribed != nil && t.Subscription.ID == "":
		l.report.Value(source.Key(at, "subscription"), "A test of unsubscribe needs the id of the subscription that is to be removed.")
	}
}

func (l *linter) check(at string, c engine.CheckSpec, o engine.Operation) {
	l.when(source.Key(at, "when"), c.When, o.Fields)
	l.request(source.Key(at, "request"), c.Request, o.Fields, "since", "since_unix")
	l.judge(source.Key(at, "judge"), c.Judge, o.Fields)
	if _, err := mapping.ParsePath(c.Items); c.Items != "" && err != nil {
		l.report.Value(source.Key(at, "items"), "The place of the list in the answer cannot be read. Write it as data.messages.")
	}
	at = source.Key(at, "match")
	if len(c.Match) == 0 {
		l.report.Value(at, "match is missing: which fields of an entry show that it is the one that was sent.")
	}
	s := l.connectionScope(o.Fields)
	s["since"], s["since_unix"] = nil, nil
	for _, path := range slices.Sorted(maps.Keys(c.Match)) {
		if _, err := mapping.ParsePath(path); err != nil {
			l.report.Key(source.Key(at, path), "", "%q is no field of an entry. Write it as text or message.id.", path)
		}
		l.text(source.Key(at, path), c.Match[path], s)
	}
}

// holds checks that an operation says what its steps hold if that is what it is there for.
func (l *linter) holds(at string, o engine.Operation) {
	here := source.Key(at, "holds")
	for _, pair := range []struct {
		logic string
		holds engine.Holding
	}{{engine.LogicPaths, engine.HoldsPaths}, {engine.LogicLoop, engine.HoldsSteps}} {
		switch {
		case o.Logic == pair.logic && o.Holds != pair.holds:
			l.report.Value(here, "The logic %s holds %s, so it needs holds: %s.", pair.logic, pair.holds, pair.holds)
			return
		case o.Logic != pair.logic && o.Holds == pair.holds:
			l.report.Key(here, "", "Only the logic %s holds %s.", pair.logic, pair.holds)
			return
		}
	}
	holdings := []string{"", string(engine.HoldsPaths), string(engine.HoldsSteps)}
	l.known(here, string(o.Holds), holdings, "A step holds paths or steps, or nothing.")
	if f, _ := o.Field(engine.FieldItems); o.Holds == engine.HoldsSteps && f.Type != engine.FieldList {
		l.report.Value(source.Key(at, "fields"), "Steps that are done several times need a field %q of the type list: what they are done for.", engine.FieldItems)
	}
}
