package recipe

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/engine/source"
)

// runs checks how the recipe's runs stand to each other.
func (v *validator) runs(r *engine.RunRules) {
	if r == nil {
		return
	}
	if r.AtOnce < 0 || r.AtOnce > MaxAtOnce {
		v.report.Value("runs.at_once", "The runs done at the same time are 1 to %d, or 0 for as many as there is room for.", MaxAtOnce)
	}
	if r.OrderBy != "" {
		v.orderBy("runs.order_by", r)
	}
	blocks := []string{string(engine.BlockHour), string(engine.BlockDay), string(engine.BlockUntil)}
	switch {
	case r.Block == "":
	case !slices.Contains(blocks, string(r.Block)):
		v.report.Value("runs.block", "A run that needs a person keeps the next ones waiting for one of: %s. Leave it out if it does not.", strings.Join(blocks, ", ")).
			Suggestion = engine.Suggest(string(r.Block), blocks)
	case !r.InOrder:
		v.report.Value("runs.block", "Only runs that go in order keep each other waiting. Let them go in order, or leave this out.")
	}
}

func (v *validator) orderBy(at string, r *engine.RunRules) {
	if !r.InOrder {
		v.report.Value(at, "Only runs that go in order wait for those of the same kind. Let them go in order, or leave this out.")
	}
	if template, err := mapping.Parse(r.OrderBy); err == nil && template.Static() {
		v.report.Value(at, "This is the same for all events. Insert what tells them apart, such as {{trigger.id}}.")
		return
	}
	v.text(at, r.OrderBy, inRuns)
}

// personal checks the paths of personal data.
func (v *validator) personal(paths []string) {
	if len(paths) > MaxPersonal {
		v.report.Value("personal", "At most %d fields can be named; these are %d. Name the group that they are in.", MaxPersonal, len(paths))
		return
	}
	for i, text := range paths {
		at := source.Index("personal", i)
		path, err := mapping.ParsePath(text)
		switch {
		case err != nil || len(path) == 0:
			v.report.Value(at, "Name a field of the trigger's data, such as customer.email.")
		case path[0].Name == triggerData && len(path) > 1:
			v.report.Value(at, "The fields are the trigger's anyway, so its name is left out.").Suggestion = path[1:].String()
		case slices.Index(paths, text) < i:
			v.report.Value(at, "This field is named already.")
		}
	}
}

// deliveries checks what a trigger says about its deliveries: how many there may be, and what their
// sender is told.
func (v *validator) deliveries(t engine.Trigger, o engine.Operation) {
	for _, given := range []struct {
		key   string
		given bool
	}{{"per_minute", t.PerMinute != 0}, {"answer", t.Answer != nil}} {
		if given.given && o.Webhook == nil {
			v.report.Key(source.Key("trigger", given.key), "", "%q gets no deliveries, so there is nothing to say about them.", o.Title)
			return
		}
	}
	if t.PerMinute < 0 || t.PerMinute > MaxPerMinute {
		v.report.Value("trigger.per_minute", "The deliveries accepted in a minute are 1 to %d, or 0 for any number.", MaxPerMinute)
	}
	if t.Answer != nil {
		v.answer("trigger.answer", *t.Answer)
	}
}

// headerName is what RFC 9110, section 5.1, lets a header be called.
var headerName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")

// ours are headers that the server sets by itself.
var ours = []string{"Connection", "Content-Length", "Date", "Keep-Alive", "Trailer", "Transfer-Encoding", "Upgrade"}

func (v *validator) answer(at string, a engine.Answer) {
	times := []string{string(engine.AnswerAtOnce), string(engine.AnswerResult)}
	if a.When != "" && !slices.Contains(times, string(a.When)) {
		v.report.Value(source.Key(at, "when"), "The sender is answered at_once, or with the run's result.").Suggestion = engine.Suggest(string(a.When), times)
	}
	if a.Within < 0 || a.Within > engine.MaxAnswerWithin {
		v.report.Value(source.Key(at, "within"), "The sender waits for 1 to %d seconds, or 0 for the usual %d.", engine.MaxAnswerWithin, engine.DefaultAnswerWithin)
	}
	switch {
	case a.Status == 0:
	case a.Status < 200 || a.Status > 599:
		v.report.Value(source.Key(at, "status"), "A status is a number from 200 to 599, such as 200 for done or 202 for accepted.")
	case a.Body != "" && (a.Status == http.StatusNoContent || a.Status == http.StatusNotModified):
		v.report.Value(source.Key(at, "body"), "An answer with the status %d cannot have a text. Empty it, or take another status.", a.Status)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Headers)) {
		here := source.Key(source.Key(at, "headers"), name)
		switch canonical := http.CanonicalHeaderKey(name); {
		case !headerName.MatchString(name):
			v.report.Key(here, "", "%q is no name of a header.", name)
		case slices.Contains(ours, canonical):
			v.report.Key(here, "", "Bellhop sets the header %s itself. Leave it out.", canonical)
		case strings.ContainsFunc(a.Headers[name], unicode.IsControl):
			v.report.Value(here, "A header's value is one line.")
		}
		v.told(here, a.Headers[name])
	}
	v.told(source.Key(at, "body"), a.Body)
}

// told checks a text that the sender is told at once, before anything is made of the event.
func (v *validator) told(at, text string) {
	if template, err := mapping.Parse(text); err == nil && !template.Static() {
		v.report.Value(at, "This is told before the recipe begins, so it cannot hold data. Answer with the run's result, and add a step that responds.")
	}
}
