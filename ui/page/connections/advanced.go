package connections

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// The form's own fields, besides those of the app. No connector's field has such a name.
const (
	ownPrivate   = "bellhop.private"
	ownPerSecond = "bellhop.per_second"
	ownPerMinute = "bellhop.per_minute"
	ownAtOnce    = "bellhop.at_once"
)

// sends says whether an app's operations send requests, or anything else, from here.
func sends(c engine.Connector) bool {
	return slices.ContainsFunc(slices.Concat(c.Triggers, c.Actions), func(o engine.Operation) bool {
		return o.Request != nil || o.Poll != nil || o.Watch != "" || o.Local != ""
	})
}

// anywhere says whether it depends on the connection, or the recipe, where an app's requests go.
func anywhere(c engine.Connector) bool {
	if !sends(c) {
		return false
	}
	_, host, _ := strings.Cut(c.BaseURL, "://")
	host, _, _ = strings.Cut(host, "/")
	return host == "" || strings.HasPrefix(host, "{{") && strings.HasSuffix(host, "}}") && strings.Count(host, "{{") == 1
}

// ownFields are what Bellhop itself wants to know of a connection.
func ownFields(c engine.Connector, of engine.Connection) []engine.Field {
	var fields []engine.Field
	if anywhere(c) || of.AllowPrivate {
		fields = append(fields, engine.Field{
			Name: ownPrivate, Type: engine.FieldBool, Label: lang.L("May reach private addresses"), Advanced: true,
			Help: lang.L("Such as a server in your own network, or on this computer. Else Bellhop refuses to, so that nobody outside can make it."),
		})
	}
	if !sends(c) {
		return fields
	}
	var known engine.Limits
	if c.Limits != nil {
		known = *c.Limits
	}
	number := func(name, label string, known float64, help string) engine.Field {
		placeholder := lang.L("no limit")
		if known > 0 {
			placeholder = strconv.FormatFloat(known, 'f', -1, 64)
		}
		return engine.Field{Name: name, Type: engine.FieldNumber, Label: label, Placeholder: placeholder, Help: help, Advanced: true}
	}
	atOnce := known.Over(engine.Limits{}).AtOnce
	return append(fields,
		number(ownPerSecond, lang.L("Requests in a second"), known.PerSecond, lang.L("At most; all recipes together. Empty leaves it to what is known of the app.")),
		number(ownPerMinute, lang.L("Requests in a minute"), known.PerMinute, ""),
		number(ownAtOnce, lang.L("Requests at the same time"), float64(atOnce), ""))
}

// ownValues are their values.
func ownValues(c engine.Connection) map[string]any {
	values := map[string]any{}
	if c.AllowPrivate {
		values[ownPrivate] = true
	}
	if c.Limits == nil {
		return values
	}
	for name, v := range map[string]float64{ownPerSecond: c.Limits.PerSecond, ownPerMinute: c.Limits.PerMinute, ownAtOnce: float64(c.Limits.AtOnce)} {
		if v != 0 {
			values[name] = json.Number(strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	return values
}

// takeOwn moves the form's own values from those of the fields into a connection. problems says what is
// wrong with which of them.
func takeOwn(values map[string]any, c *engine.Connection) (problems map[string]string) {
	problems = map[string]string{}
	c.AllowPrivate = mapping.Text(values[ownPrivate]) == "true"
	number := func(name string, whole bool) float64 {
		text := mapping.Text(values[name])
		if text == "" {
			return 0
		}
		n, err := strconv.ParseFloat(text, 64)
		switch {
		case err != nil || n <= 0 || n > 1e6:
			problems[name] = lang.L("This is a number above 0, or empty.")
		case whole && n != float64(int(n)):
			problems[name] = lang.L("This is a whole number, or empty.")
		}
		return n
	}
	limits := engine.Limits{PerSecond: number(ownPerSecond, false), PerMinute: number(ownPerMinute, false), AtOnce: int(number(ownAtOnce, true))}
	c.Limits = nil
	if limits != (engine.Limits{}) {
		c.Limits = &limits
	}
	for _, name := range []string{ownPrivate, ownPerSecond, ownPerMinute, ownAtOnce} {
		delete(values, name)
	}
	return problems
}
