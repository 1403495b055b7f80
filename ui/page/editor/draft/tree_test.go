package draft_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/ui/page/editor/draft"
)

// nested has a step of each kind in each place. Places: which 0, a1 1, each 2, pack 3, b1 4, last 5, alarm 6.
const nested = `{"recipe": 1, "name": "Nested", "trigger": {"use": "shopify.order_created", "connection": "My shop"},
	"steps": [
		{"id": "which", "use": "logic.paths", "paths": [
			{"name": "A", "when": {"rules": [{"value": "{{trigger.name}}", "is": "is_not_empty"}]}, "steps": [
				{"id": "a1", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#a", "text": "x"}},
				{"id": "each", "use": "logic.loop", "with": {"items": "{{trigger.line_items}}"}, "steps": [
					{"id": "pack", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#a", "text": "{{each.item.title}} {{a1.ts}}"}}]}]},
			{"name": "B", "steps": [{"id": "b1", "use": "logic.stop"}]}]},
		{"id": "last", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#a", "text": "{{each.count}}"}}],
	"if_failed": [{"id": "alarm", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#a", "text": "{{failure.message}}"}}]}`

// shape writes a recipe's steps as `which[A: a1 each(pack) | B: b1] last ! alarm`.
func shape(s *draft.Session) string {
	var list func(steps []engine.Step) string
	list = func(steps []engine.Step) string {
		var said []string
		for _, step := range steps {
			one := step.ID
			if len(step.Steps) > 0 {
				one += "(" + list(step.Steps) + ")"
			}
			if len(step.Paths) > 0 {
				var paths []string
				for _, p := range step.Paths {
					paths = append(paths, strings.TrimSpace(p.Name+": "+list(p.Steps)))
				}
				one += "[" + strings.Join(paths, " | ") + "]"
			}
			said = append(said, one)
		}
		return strings.Join(said, " ")
	}
	d := s.Definition()
	said := list(d.Steps)
	if len(d.IfFailed) > 0 {
		said += " ! " + list(d.IfFailed)
	}
	return said
}

func TestNestedStepsAreEditedWhereTheyAre(t *testing.T) {
	t.Parallel()
	const before = "which[A: a1 each(pack) | B: b1] last ! alarm"
	path := func(n int) draft.List { return draft.List{Holder: 0, Path: n} }
	loop := draft.List{Holder: 2, Path: draft.NoPath}
	tests := map[string]struct {
		act      func(s *draft.Session) bool
		want     string
		selected draft.Place
	}{
		"insert at the end of a path": {func(s *draft.Session) bool { return s.Insert(s.End(path(0)), "logic.stop") }, "which[A: a1 each(pack) stop | B: b1] last ! alarm", 4},
		"insert first in a path":      {func(s *draft.Session) bool { return s.Insert(draft.Spot{List: path(1)}, "logic.stop") }, "which[A: a1 each(pack) | B: stop b1] last ! alarm", 4},
		"insert in a loop":            {func(s *draft.Session) bool { return s.Insert(s.End(loop), "logic.stop") }, "which[A: a1 each(pack stop) | B: b1] last ! alarm", 4},
		"insert after a holder":       {func(s *draft.Session) bool { return s.Insert(s.After(0), "logic.stop") }, "which[A: a1 each(pack) | B: b1] stop last ! alarm", 5},
		"insert for when it fails":    {func(s *draft.Session) bool { return s.Insert(s.End(draft.Rescue), "logic.stop") }, "which[A: a1 each(pack) | B: b1] last ! alarm stop", 7},
		"a new choice has paths":      {func(s *draft.Session) bool { return s.Insert(s.End(loop), "logic.paths") }, "which[A: a1 each(pack paths[One: | Otherwise:]) | B: b1] last ! alarm", 4},
		"delete in a loop":            {func(s *draft.Session) bool { return s.Delete(3) }, "which[A: a1 each | B: b1] last ! alarm", 2},
		"delete a loop":               {func(s *draft.Session) bool { return s.Delete(2) }, "which[A: a1 | B: b1] last ! alarm", 1},
		"delete all paths":            {func(s *draft.Session) bool { return s.Delete(0) }, "last ! alarm", 0},
		"delete the alarm":            {func(s *draft.Session) bool { return s.Delete(6) }, "which[A: a1 each(pack) | B: b1] last", draft.Trigger},
		"move a loop up":              {func(s *draft.Session) bool { return s.Move(2, -1) }, "which[A: each(pack) a1 | B: b1] last ! alarm", 1},
		"move the choice down":        {func(s *draft.Session) bool { return s.Move(0, 1) }, "last which[A: a1 each(pack) | B: b1] ! alarm", 1},
		"move not out of its list":    {func(s *draft.Session) bool { return s.Move(4, -1) || s.Move(6, 1) || s.Move(3, 5) }, before, draft.Trigger},
		"duplicate with all inside":   {func(s *draft.Session) bool { return s.Duplicate(2) }, "which[A: a1 each(pack) loop(send_message) | B: b1] last ! alarm", 4},
		"paste into a path":           {func(s *draft.Session) bool { return s.Paste(s.End(path(1)), s.Copy(3)) }, "which[A: a1 each(pack) | B: b1 send_message] last ! alarm", 5},
		"another operation":           {func(s *draft.Session) bool { return s.Choose(0, "logic.stop") }, "which last ! alarm", 0},
		"a choice made of a loop":     {func(s *draft.Session) bool { return s.Choose(2, "logic.paths") }, "which[A: a1 each[One: | Otherwise:] | B: b1] last ! alarm", 2},
		"add a path":                  {func(s *draft.Session) bool { return s.AddPath(0, draft.NewPath("C")) }, "which[A: a1 each(pack) | C: | B: b1] last ! alarm", 0},
		"delete a path":               {func(s *draft.Session) bool { return s.DeletePath(0, 0) }, "which[B: b1] last ! alarm", 0},
		"move a path":                 {func(s *draft.Session) bool { return s.MovePath(0, 1, -1) }, "which[B: b1 | A: a1 each(pack)] last ! alarm", 0},
		"rename a path":               {func(s *draft.Session) bool { return s.RenamePath(0, 1, "Z") }, "which[A: a1 each(pack) | Z: b1] last ! alarm", 0},
		"no such path": {func(s *draft.Session) bool {
			return s.RenamePath(0, 9, "Z") || s.MovePath(0, 0, -1) || s.AddPath(99, engine.Path{})
		}, before, draft.Trigger},
	}
	for name, test := range tests {
		s := draft.New(draft.Params{Definition: parse(t, nested), Catalog: catalog(t), Connections: accounts, Paths: []engine.Path{draft.NewPath("One"), {Name: "Otherwise"}}})
		handed := s.Definition()
		was, err := handed.Canonical()
		require.NoError(t, err)
		did := test.act(s)
		require.Equal(t, test.want != before, did, name)
		require.Equal(t, test.want, shape(s), name)
		require.Equal(t, test.selected, s.Selected(), name)
		again, err := handed.Canonical()
		require.NoError(t, err)
		require.Equal(t, string(was), string(again), "%s: what was handed out stays as it is", name)
		if did {
			require.NotZero(t, draft.Differences(handed, s.Definition()), name)
			require.True(t, s.Undo())
			require.Equal(t, before, shape(s), name)
			require.Zero(t, draft.Differences(handed, s.Definition()), name)
		}
	}
}

// A copy of a loop must go over its own entries, and not over those of the loop it was copied from.
func TestACopyRefersToItself(t *testing.T) {
	t.Parallel()
	s := session(t, nested)
	require.True(t, s.Duplicate(2))
	require.Equal(t, "{{loop.item.title}} {{a1.ts}}", s.Element(5).With["text"])
	require.Empty(t, s.Problems())
	require.True(t, s.Paste(s.End(draft.Main), s.Copy(3)))
	require.Equal(t, "{{each.item.title}} {{a1.ts}}", s.Element(s.Selected()).With["text"], "what was not copied is meant as before")
}

func TestNestedDataHaveTheFirstEntry(t *testing.T) {
	t.Parallel()
	s := session(t, nested)
	data := s.Data(map[string]any{"trigger": sample["trigger"], "each": map[string]any{"count": json.Number("2")}})
	require.Equal(t, "Linen shirt", draft.Label(s.FirstRound(2, data, mapping.Env{})))
	text, _, err := draft.Preview("{{each.item.title}} {{each.number}} {{each.index}}", s.DataAt(3, data, mapping.Env{}), mapping.Env{})
	require.NoError(t, err)
	require.Equal(t, "Linen shirt 1 0", text)
	require.Equal(t, map[string]any{"count": json.Number("2")}, s.DataAt(5, data, mapping.Env{})["each"], "afterwards it is the loop's result")
	text, _, err = draft.Preview("{{failure.name}}: {{failure.message}} {{failure.step}}, {{failure.code}}", s.DataAt(6, data, mapping.Env{}), mapping.Env{})
	require.NoError(t, err)
	require.Equal(t, "Send a message: Slack cannot be reached. a1, unavailable", text)
	require.NotContains(t, s.DataAt(5, data, mapping.Env{}), "failure")
	require.Equal(t, "For each of Linen shirt, Wool scarf", s.Summary(2, data, mapping.Env{}), "no structure to read")

	names := func(place draft.Place) (names []string) {
		for _, source := range s.Sources(place) {
			names = append(names, source.Name)
		}
		return names
	}
	require.Equal(t, []string{"each", "trigger", "trigger_request", "a1"}, names(3), "what one is in comes first")
	require.Equal(t, []string{"trigger", "trigger_request", "which", "a1", "each", "b1"}, names(5))
	require.Equal(t, []string{"failure", "trigger", "trigger_request", "which", "a1", "each", "b1", "last"}, names(6))
	require.Equal(t, []string{"trigger", "trigger_request"}, names(draft.Whole))

	lists := map[string]any{"none": []any{}, "one": "Linen shirt", "wrong": nil}
	for path, want := range map[string]any{"none": nil, "one": "Linen shirt", "missing": nil} {
		s.SetFields(2, "items", map[string]any{"items": "{{trigger." + path + "}}"})
		round := s.DataAt(3, map[string]any{"trigger": lists}, mapping.Env{})["each"].(map[string]any)
		require.Equal(t, want, round["item"], path)
	}
}

func TestProblemsOfNestedStepsAreTold(t *testing.T) {
	t.Parallel()
	type at struct {
		place         draft.Place
		part          string
		path          int
		field, within string
	}
	for name, test := range map[string]struct {
		act  func(s *draft.Session)
		want at
	}{
		"a field deep inside": {func(s *draft.Session) { s.SetFields(3, "text", map[string]any{"channel": "#a"}) }, at{3, "with", -1, "text", ""}},
		"a path's name":       {func(s *draft.Session) { s.RenamePath(0, 1, " ") }, at{0, "paths", 1, "name", ""}},
		"a path's rule": {func(s *draft.Session) {
			s.SetRules(0, 0, map[string]any{"rules": []any{map[string]any{"value": "{{trigger.name}}", "is": "equals"}}})
		}, at{0, "paths", 0, "when", "rules[0].than"}},
		"too few paths":     {func(s *draft.Session) { s.DeletePath(0, 1) }, at{0, "paths", -1, "", ""}},
		"an empty loop":     {func(s *draft.Session) { s.Delete(3) }, at{2, "steps", -1, "", ""}},
		"a step for alarms": {func(s *draft.Session) { s.SetFields(6, "text", map[string]any{"channel": "#a"}) }, at{6, "with", -1, "text", ""}},
		"the order": {func(s *draft.Session) {
			s.SetSettings("order_by", draft.Settings{Runs: engine.RunRules{InOrder: true, OrderBy: "{{last.ts}}"}})
		}, at{draft.Whole, "runs", -1, "order_by", ""}},
		"the answer":    {func(s *draft.Session) { s.SetSettings("status", draft.Settings{Answer: engine.Answer{Status: 7}}) }, at{draft.Trigger, "answer", -1, "status", ""}},
		"personal data": {func(s *draft.Session) { s.SetSettings("personal", draft.Settings{Personal: []string{"a..b"}}) }, at{draft.Whole, "personal", -1, "", ""}},
	} {
		s := session(t, nested)
		require.Empty(t, s.Problems())
		test.act(s)
		require.Len(t, s.Problems(), 1, "%s: %v", name, s.Problems())
		p := s.Problems()[0]
		require.Equal(t, test.want, at{p.Place, p.Part, p.Path, p.Field, p.Within}, name)
	}
}

func TestAnotherTriggerHasNoSenderToAnswer(t *testing.T) {
	t.Parallel()
	s := session(t, nested)
	require.True(t, s.SetSettings("status", draft.Settings{PerMinute: 9, Answer: engine.Answer{Status: 202}}))
	require.True(t, s.Choose(draft.Trigger, "shopify.order_paid"))
	require.Equal(t, 9, s.Settings().PerMinute, "a webhook still")
	require.True(t, s.Choose(draft.Trigger, "schedule.daily"))
	require.Zero(t, s.Settings())
	require.True(t, s.Undo())
	require.Equal(t, 202, s.Settings().Answer.Status)
}

func TestSettingsThatSayNothingAreNotWritten(t *testing.T) {
	t.Parallel()
	s := session(t, nested)
	before := canonical(t, s)
	set := s.Settings()
	require.False(t, s.SetSettings("at_once", set))
	set.Runs.AtOnce = 2
	require.True(t, s.SetSettings("at_once", set))
	set.Runs.AtOnce = 20
	require.True(t, s.SetSettings("at_once", set), "letters typed in a row are one change")
	require.Equal(t, 1, draft.Differences(parse(t, nested), s.Definition()))
	set.Answer.Headers = map[string]string{"X": "y"}
	require.True(t, s.SetSettings("headers", set))
	require.True(t, s.Undo())
	require.True(t, s.Undo())
	require.Equal(t, before, canonical(t, s))
	require.True(t, s.Redo())
	set.Runs, set.Answer = engine.RunRules{}, engine.Answer{}
	require.True(t, s.SetSettings("at_once", set))
	require.Equal(t, before, canonical(t, s))
}
