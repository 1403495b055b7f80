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
	l.text(source.Key(at, "key"), c.Key, scope{"trigger": nil, "trigger_request": nil})
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
