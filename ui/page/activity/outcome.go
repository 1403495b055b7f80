package activity

import (
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/mapping"
	"bellhop/ui/phrase"
	"bellhop/ui/theme"
	"bellhop/ui/when"
)

// deed is something that can be done about a run.
type deed int

const (
	tryAgain deed = iota // retry from the failed step
	checkSent
	wentThrough
	sendAgain
	openStep
	openConnection
	letOthersGo // those behind this one
	leaveIt     // cancel a run that waits for a person
)

// outcome says in words why a run stands where it stands, and what helps: the first deed the most.
type outcome struct {
	tone       theme.Tone
	lead, text string
	deeds      []deed
	// open is true if a person has to look before one of the deeds is better than the others.
	open bool
}

// teller finds the words for a run.
type teller struct {
	journal
	catalog engine.Catalog
	// checked is what the app said of a run in doubt; nil if it was not asked.
	checked *desk.Checked
	now     time.Time
}

// outcome returns what there is to say; ok is false where the steps say it all.
func (t teller) outcome() (o outcome, ok bool) {
	o, ok = t.byState()
	if ok && t.State.NeedsPerson() && t.BlocksUntil.After(t.now) {
		text := lang.L("The runs behind it wait until you have dealt with it.")
		if !t.BlocksUntil.Equal(engine.Never) {
			text = lang.L("The runs behind it wait for it: {{.Time}} at the latest.", map[string]any{"Time": when.Day(t.BlocksUntil, t.now)})
		}
		o.text, o.deeds = join(o.text, text), append(o.deeds, letOthersGo)
	}
	return o, ok
}

func (t teller) byState() (o outcome, ok bool) {
	lead, text := "", ""
	if t.Failure != nil {
		lead, text = sentences(phrase.Of(t.Failure.Message))
	}
	switch t.State {
	case engine.Failed:
		if lead == "" {
			lead = lang.L("The run failed.")
		}
		return outcome{theme.Bad, lead, text, t.failureDeeds(), false}, true
	case engine.Held:
		if lead == "" {
			lead = lang.L("The run waits for you.")
		}
		return outcome{theme.Warn, lead, join(text, lang.L("The run waits until you decide.")), append(t.failureDeeds(), leaveIt), false}, true
	case engine.Unsure:
		return t.inDoubt(), true
	case engine.Waiting:
		return t.waits(lead, text), true
	case engine.Filtered:
		return outcome{theme.Neutral, lang.L("A filter ended this run, as it should."), t.filtered(), nil, false}, true
	case engine.Cancelled:
		return outcome{theme.Neutral, lang.L("This run was cancelled."), lang.L("What its steps did until then stays done."), nil, false}, true
	case engine.Queued:
		return t.waitsInLine(), true
	}
	return outcome{}, false
}

// inDoubt says what is known of a request whose answer was lost, and how it can be settled.
func (t teller) inDoubt() outcome {
	doubts := t.doubts()
	app := lang.L("the app")
	if len(doubts) > 0 {
		if c, _, ok := t.catalog.Operation(doubts[0].Use); ok && c.Title != "" {
			app = c.Title
		}
	}
	named := map[string]any{"App": app, "N": len(doubts)}
	if t.checked != nil {
		deeds := []deed{wentThrough, sendAgain, leaveIt}
		tone := theme.Warn
		switch t.checked.Sent {
		case desk.SentFound:
			tone = theme.OK
		case desk.SentNotFound:
			deeds = []deed{sendAgain, wentThrough, leaveIt}
		case desk.SentUnknown:
			deeds = []deed{wentThrough, sendAgain, checkSent, leaveIt} // another time it may know
		}
		lead, text := sentences(phrase.Of(t.checked.Says))
		return outcome{tone, lead, text, deeds, t.checked.Sent == desk.SentUnknown}
	}
	o := outcome{tone: theme.Warn, lead: lang.L("It was sent, but the answer was lost.")}
	known := t.Failure != nil && strings.TrimSpace(t.Failure.Message) != ""
	if known {
		o.text = phrase.Of(t.Failure.Message) // which says where to look
	} else {
		o.text = lang.L("Whether it arrived is not known, so Bellhop does not send it a second time by itself.")
	}
	if len(doubts) > 1 {
		o.text = join(o.text, lang.L("There are {{.N}} such requests. The buttons are for all of them; each has its own below.", named))
	}
	if t.canCheck(doubts) {
		o.text = join(o.text, lang.L("Bellhop can ask {{.App}}.", named))
		o.deeds = []deed{checkSent, wentThrough, sendAgain, leaveIt}
		return o
	}
	if !known {
		o.text = join(o.text, lang.L("Look there first ({{.App}}): if it is there, it went through; if not, send it again.", named))
	}
	o.deeds, o.open = []deed{wentThrough, sendAgain, leaveIt}, true
	return o
}

// canCheck says whether the app can be asked about all that is in doubt.
func (t teller) canCheck(doubts []*engine.StepRun) bool {
	for _, s := range doubts {
		_, o, ok := t.catalog.Operation(s.Use)
		if !ok || o.Check == nil {
			return false
		}
		data, _ := mapping.Decode(s.Input) // without it, it does not fit
		with, _ := data.(map[string]any)
		if !o.Check.When.Fits(func(field string) string { return mapping.Text(with[field]) }) {
			return false
		}
	}
	return len(doubts) > 0
}

// waits says what a run waits for, and until when. lead and text are its failure's.
func (t teller) waits(lead, text string) outcome {
	at := map[string]any{"Time": when.Day(t.DueAt, t.now)}
	if t.Failure == nil {
		return outcome{theme.Warn, lang.L("The run waits."), lang.L("Bellhop goes on by itself: {{.Time}}.", at), nil, false}
	}
	deeds := []deed{openStep}
	if t.connection() != "" {
		deeds = []deed{openConnection}
	}
	switch needsYou := t.Failure.Code == engine.Unauthorized; {
	case t.Failure.WaitsFor != "" && needsYou:
		return outcome{theme.Warn, lead, join(text, lang.L("Nothing is lost, and no try is used up.")), deeds, false}
	case t.Failure.WaitsFor != "":
		return outcome{theme.Warn, lead, join(text, lang.L("The run goes on by itself as soon as it is back. Nothing is lost, and no try is used up.")), deeds, false}
	case !needsYou:
		deeds = []deed{openStep}
	}
	return outcome{theme.Warn, lead, join(text, lang.L("Bellhop tries again by itself: {{.Time}}.", at)), deeds, false}
}

// waitsInLine tells of a run that has not begun whether it has its turn after others.
func (t teller) waitsInLine() outcome {
	switch {
	case t.Behind():
		return outcome{theme.Neutral, lang.L("This run waits for its turn."),
			lang.L("This recipe's runs go one after the other, and one before it is not over, or needs you."), nil, false}
	case t.DueAt.After(t.now):
		return outcome{theme.Neutral, lang.L("This run waits for its turn."),
			lang.L("A run before it failed. Bellhop goes on by itself: {{.Time}}.", map[string]any{"Time": when.Day(t.DueAt, t.now)}), nil, false}
	default:
		return outcome{theme.Neutral, lang.L("This run is about to begin."), "", nil, false}
	}
}

// failureDeeds are what helps against a failure: where the connection is at fault, its repair first.
func (t teller) failureDeeds() []deed {
	if t.Failure != nil && t.Failure.Code == engine.Unauthorized && t.connection() != "" {
		return []deed{openConnection, tryAgain}
	}
	return []deed{tryAgain, openStep}
}

// filtered is what the filter said that ended the run.
func (t teller) filtered() string {
	for _, s := range t.Steps {
		if s.State == engine.Filtered && s.Note != "" {
			return lang.L("{{.Why}}, so the steps after it were left out.", map[string]any{"Why": phrase.Of(s.Note)})
		}
	}
	return ""
}

// failed returns where the run's failure is; its position is -1 if it is in no step, such as when the
// event could not be read.
func (j *journal) failed() place {
	if j.Failure != nil {
		for _, s := range j.steps {
			if s.ID == j.Failure.Step && !s.IfFailed {
				return place{s.Position, j.roundOf(s.Position)}
			}
		}
	}
	if j.State == engine.Unsure || j.State == engine.Held {
		for _, s := range j.Steps {
			if s.State == j.State && !j.holdsSteps(s.Position) && s.Position < len(j.steps) {
				return place{s.Position, s.Round}
			}
		}
	}
	return place{position: -1}
}

// roundOf returns the first round in which a step needs somebody, or else its first.
func (j *journal) roundOf(position int) string {
	first, found := "", false
	for _, s := range j.Steps {
		if s.Position != position {
			continue
		}
		if s.State != engine.Succeeded && s.State != engine.Filtered {
			return s.Round
		}
		if !found {
			first, found = s.Round, true
		}
	}
	return first
}

// startOf returns the position of the step that a retry begins with, as the desk finds it: the one that
// failed, or else the first that is not done, or else the first of all.
func (j *journal) startOf() int {
	if at := j.failed(); at.position >= 0 {
		return at.position
	}
	for _, s := range j.in(-1, 0, false) {
		r := j.record(s, "")
		if r == nil && j.State == engine.Succeeded {
			break // the run ended before, as it should
		}
		if r == nil || r.State != engine.Succeeded {
			return s.Position
		}
	}
	return 0
}

// connection names the connection that the run waits for or failed with; "" if there is none.
func (j *journal) connection() string {
	if at := j.failed(); at.position >= 0 {
		return j.steps[at.position].Connection
	}
	return ""
}

// repeated returns the positions of the steps that reached outside and would do so once more if the run
// began again at a position.
func (j *journal) repeated(from int) []int {
	var positions []int
	for _, s := range j.steps {
		if s.Position < from || s.IfFailed {
			continue
		}
		for _, r := range j.Steps {
			if r.Position == s.Position && r.State == engine.Succeeded && len(r.Attempts) > 0 {
				positions = append(positions, s.Position)
				break
			}
		}
	}
	return positions
}

func join(first, second string) string {
	if first == "" {
		return second
	}
	return first + " " + second
}
