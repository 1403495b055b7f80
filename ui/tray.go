package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/assets/icons"
	"bellhop/engine"
	"bellhop/ui/phrase"
	"bellhop/ui/status"
	"bellhop/ui/when"
)

// TrayState is what the tray's icon says. Each has a shape of its own.
type TrayState string

// The states.
const (
	TrayFine        TrayState = "fine"
	TrayWorking     TrayState = "working"     // runs are under way
	TrayNeedsYou    TrayState = "needs-you"   // something stays as it is until a person sees to it
	TrayPaused      TrayState = "paused"      // all recipes rest
	TrayUnreachable TrayState = "unreachable" // the internet cannot be reached, or cannot reach Bellhop
)

// TrayTopic is what a state is about: where a person sees what is wrong, and what to do.
type TrayTopic string

// The topics; "" is none.
const (
	TopicRuns        TrayTopic = "runs"
	TopicConnections TrayTopic = "connections"
	TopicReach       TrayTopic = "reach"
)

// Icon is the state's drawing: an SVG that shows on light and dark panels.
func (s TrayState) Icon() fyne.Resource {
	name := string(s) + ".svg"
	data, err := icons.Tray.ReadFile("tray/" + name)
	if err != nil {
		panic("ui: no icon of the tray state " + s) // a test draws them all
	}
	return fyne.NewStaticResource("tray-"+name, data)
}

// TrayFacts is what the tray is made from.
type TrayFacts struct {
	Now time.Time
	// On is how many recipes are on.
	On int
	// PausedUntil is when a pause of all recipes ends; engine.Never if a person ends it, zero if there is none.
	PausedUntil time.Time
	// UnderWay is how many runs are queued or running.
	UnderWay int
	// Waiting is how many runs are held or unsure, Failed how many failed since somebody looked at the runs, and
	// Connections how many connections need a person.
	Waiting, Failed, Connections int
	// Unsaved is true if nothing can be saved.
	Unsaved bool
	// Offline is true if nothing outside can be reached.
	Offline bool
	Reach   engine.Reach
	// Last are the newest runs, newest first.
	Last []engine.Run
	// ByHand are recipes that are on and start by hand, and Addresses those that have an address.
	ByHand    []TrayEntry
	Addresses []TrayEntry
}

// TrayEntry is one line of the tray's menu.
type TrayEntry struct {
	// ID is a recipe's or a run's.
	ID int64
	// Text is what the line says.
	Text string
	// Address is what Copy address copies.
	Address string
}

// Tray is all that the tray shows. Two that are equal look the same.
type Tray struct {
	State TrayState
	// About is where more of the state is seen.
	About TrayTopic
	// Words say the state in a line.
	Words string
	// Paused is true while all recipes rest.
	Paused bool
	// Morning is when a pause until tomorrow would end, in words.
	Morning   string
	Runs      []TrayEntry
	ByHand    []TrayEntry
	Addresses []TrayEntry
}

// longestTrayText is how many characters of a name fit in the menu.
const longestTrayText = 48

// NewTray says facts in words.
func NewTray(f TrayFacts) Tray {
	t := Tray{
		Paused: !f.PausedUntil.IsZero(), ByHand: shortened(f.ByHand), Addresses: shortened(f.Addresses),
		Morning: when.Clock(engine.Morning(f.Now, f.Now.Location()), f.Now),
	}
	t.State, t.About, t.Words = f.state()
	for _, run := range f.Last {
		name := shorten(run.RecipeName, longestTrayText)
		if run.Title != "" {
			name = shorten(run.RecipeName, longestTrayText/2) + " · " + shorten(phrase.Label(run.Title), longestTrayText/2)
		}
		t.Runs = append(t.Runs, TrayEntry{ID: run.ID, Text: lang.L("{{.Run}}: {{.State}}, {{.Time}}", map[string]any{
			"Run": name, "State": status.Of(run.State).Word, "Time": when.Clock(run.CreatedAt, f.Now),
		})})
	}
	return t
}

// state says the most important thing first: what a person decided, what waits for a person, what keeps
// deliveries out, and then what goes on.
func (f TrayFacts) state() (TrayState, TrayTopic, string) {
	count := func(n int) map[string]any { return map[string]any{"Count": n} }
	switch {
	case f.Unsaved:
		return TrayNeedsYou, "", lang.L("Nothing is saved: open Bellhop")
	case !f.PausedUntil.IsZero():
		words := PausedWords(f.PausedUntil, f.Now)
		if f.UnderWay > 0 {
			words += " · " + lang.N("{{.Count}} runs wait", f.UnderWay, count(f.UnderWay))
		}
		return TrayPaused, "", words
	case f.Connections > 0:
		return TrayNeedsYou, TopicConnections, lang.N("{{.Count}} connections need you", f.Connections, count(f.Connections))
	case f.Waiting > 0:
		return TrayNeedsYou, TopicRuns, lang.N("{{.Count}} runs wait for you", f.Waiting, count(f.Waiting))
	case f.Failed > 0:
		return TrayNeedsYou, TopicRuns, lang.N("{{.Count}} runs failed", f.Failed, count(f.Failed))
	case f.Reach.Way != engine.WayNone && f.Reach.Link.State == engine.LinkRefused:
		return TrayNeedsYou, TopicReach, status.OfReach(f.Reach, f.Now).Word
	case f.Offline:
		return TrayUnreachable, TopicReach, lang.L("Offline: steps wait, and go on by themselves")
	case status.Unreachable(f.Reach):
		return TrayUnreachable, TopicReach, status.OfReach(f.Reach, f.Now).Word
	case f.UnderWay > 0:
		return TrayWorking, TopicRuns, lang.N("{{.Count}} runs under way", f.UnderWay, count(f.UnderWay))
	case f.On == 0:
		return TrayFine, "", lang.L("No recipe is on")
	}
	// A person has looked at what failed, but does not read above it that all is well.
	if len(f.Last) > 0 && f.Last[0].State == engine.Failed {
		return TrayFine, "", lang.N("{{.Count}} recipes on", f.On, count(f.On))
	}
	return TrayFine, "", lang.N("All is well: {{.Count}} recipes on", f.On, count(f.On))
}

// PausedWords says up to when all recipes are paused.
func PausedWords(until, now time.Time) string {
	if !until.Before(engine.Never) {
		return lang.L("Paused until you resume")
	}
	return lang.L("Paused until {{.Time}}", map[string]any{"Time": when.Clock(until, now)})
}

func shortened(entries []TrayEntry) []TrayEntry {
	var all []TrayEntry
	for _, e := range entries {
		e.Text = shorten(e.Text, longestTrayText)
		all = append(all, e)
	}
	return all
}

// shorten makes a line of a text that may hold anything.
func shorten(s string, most int) string {
	s = strings.Join(strings.Fields(s), " ")
	if letters := []rune(s); len(letters) > most {
		return strings.TrimSpace(string(letters[:most-1])) + "…"
	}
	return s
}
