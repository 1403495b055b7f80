package activity

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"bellhop/engine"
)

// mostTold is how many steps' records are told; a loop may have many thousands.
const mostTold = 500

// supportText tells of a run what helps to find out why it went as it did, in English for whoever
// helps. It has no value of the event, of a field or of a message: those are the customers'.
func supportText(d journal) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("Run %d of recipe %d, version %d: %s", d.ID, d.RecipeID, d.Version, d.State)
	line("Accepted %s, started %s, finished %s", stamp(d.CreatedAt), stamp(d.StartedAt), stamp(d.FinishedAt))
	line("Event %d: %s, %d bytes, received %s", d.EventID, d.Event.ContentType, len(d.Event.Body), stamp(d.Event.ReceivedAt))
	line("Trigger: %s", d.Definition.Trigger.Use)
	if d.ReplayOf != 0 {
		line("Replay of run %d", d.ReplayOf)
	}
	for _, s := range d.steps {
		if !d.any(s) {
			line("%d. %s: not reached", s.Position+firstStep, s.Use)
		}
	}
	for i, r := range d.Steps {
		if i == mostTold {
			line("… and %d more", len(d.Steps)-mostTold)
			break
		}
		round := ""
		if r.Round != "" {
			round = " (round " + r.Round + ")"
		}
		line("%d. %s%s: %s, started %s, finished %s%s", r.Position+firstStep, r.Use, round, r.State, stamp(r.StartedAt), stamp(r.FinishedAt), because(r.Failure))
		for _, a := range r.Attempts {
			line("   attempt %d: started %s, finished %s%s", a.Number, stamp(a.StartedAt), stamp(a.FinishedAt), because(a.Failure))
			if a.Request != nil {
				line("      sent %s %s, %d bytes", a.Request.Method, address(a.Request.URL), len(a.Request.Body))
			}
			if a.Response != nil {
				line("      got status %d, %d bytes", a.Response.Status, len(a.Response.Body))
			}
		}
	}
	return b.String()
}

// because gives the codes of a failure. Its sentence may quote what was sent, so it stays out.
func because(f *engine.Failure) string {
	switch {
	case f == nil:
		return ""
	case f.Detail == "":
		return ", " + string(f.Code)
	}
	return ", " + string(f.Code) + ": " + f.Detail
}

// address leaves out what may hold names and keys: the user, the query, and the path but for its
// first two parts.
func address(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "(address)"
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) > 2 {
		parts = append(parts[:2], "…")
	}
	return u.Scheme + "://" + u.Host + "/" + strings.Join(parts, "/")
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}
