package draft_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/recipe"
	"bellhop/ui/page/editor/draft"
)

const bigOrders = `{"recipe": 1, "name": "Big orders",
	"trigger": {"use": "shopify.order_created", "connection": "My shop"},
	"steps": [
		{"id": "big", "use": "logic.filter", "with": {"rules": [{"value": "{{trigger.total_price}}", "is": "greater_than", "than": "100"}]}},
		{"id": "post", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#orders", "text": "New order {{trigger.name}}"}},
		{"id": "reply", "use": "slack.send_message", "connection": "Shop Slack", "with": {"channel": "#orders", "text": "As said: {{post.ts}}"}}
	]}`

var accounts = []engine.Connection{
	{ID: 1, Name: "My shop", Connector: "shopify", SecretFields: []string{"client_secret"}},
	{ID: 2, Name: "Shop Slack", Connector: "slack", SecretFields: []string{"bot_token"}},
	{ID: 3, Name: "One channel", Connector: "slack", SecretFields: []string{"webhook_url"}},
}

var shipped = sync.OnceValues(func() (*connector.Catalog, error) { return connector.Load(assets.Connectors()) })

func catalog(t testing.TB) engine.Catalog {
	t.Helper()
	c, err := shipped()
	require.NoError(t, err)
	return c
}

func parse(t testing.TB, text string) engine.Definition {
	t.Helper()
	d, problems := recipe.Parse([]byte(text))
	require.Empty(t, problems)
	return d
}

func session(t testing.TB, text string) *draft.Session {
	t.Helper()
	return draft.New(draft.Params{Definition: parse(t, text), Catalog: catalog(t), Connections: accounts})
}

func canonical(t testing.TB, s *draft.Session) string {
	t.Helper()
	data, err := s.Definition().Canonical()
	require.NoError(t, err)
	return string(data)
}

func ids(s *draft.Session) string {
	var ids []string
	for _, step := range s.Definition().Steps {
		ids = append(ids, step.ID)
	}
	return strings.Join(ids, " ")
}

// commands is one of each.
var commands = map[string]func(s *draft.Session) bool{
	"rename":        func(s *draft.Session) bool { return s.Rename("Other") },
	"trigger":       func(s *draft.Session) bool { return s.Choose(draft.Trigger, "webhook.received") },
	"operation":     func(s *draft.Session) bool { return s.Choose(1, "slack.send_to_webhook") },
	"fields":        func(s *draft.Session) bool { return s.SetFields(1, "text", map[string]any{"text": "Hello"}) },
	"connection":    func(s *draft.Session) bool { return s.SetConnection(1, "One channel") },
	"account":       func(s *draft.Session) bool { return s.SetConnection(draft.Trigger, "") },
	"size":          func(s *draft.Session) bool { return s.SetMaxBytes(5 << 20) },
	"step name":     func(s *draft.Session) bool { return s.RenameStep(0, "Only big ones") },
	"retries":       func(s *draft.Session) bool { return s.SetRetries(1, 3) },
	"on failure":    func(s *draft.Session) bool { return s.SetOnFailure(1, engine.OnFailureHold) },
	"insert":        func(s *draft.Session) bool { return s.Insert(s.After(0), "http.request") },
	"insert first":  func(s *draft.Session) bool { return s.Insert(s.After(draft.Trigger), "logic.stop") },
	"duplicate":     func(s *draft.Session) bool { return s.Duplicate(1) },
	"delete":        func(s *draft.Session) bool { return s.Delete(1) },
	"move up":       func(s *draft.Session) bool { return s.Move(2, -1) },
	"move far down": func(s *draft.Session) bool { return s.Move(0, 10) },
	"paste":         func(s *draft.Session) bool { return s.Paste(s.After(2), s.Copy(1)) },
}

func TestUndoAndRedoOfEachCommand(t *testing.T) {
	t.Parallel()
	for name, command := range commands {
		s := session(t, bigOrders)
		s.Select(1)
		before, problems := canonical(t, s), s.Problems()
		require.False(t, s.CanUndo())
		require.True(t, command(s), name)
		after, place := canonical(t, s), s.Selected()
		require.NotEqual(t, before, after, name)

		require.True(t, s.CanUndo(), name)
		require.True(t, s.Undo(), name)
		require.Equal(t, before, canonical(t, s), name)
		require.Equal(t, draft.Place(1), s.Selected(), name)
		require.Equal(t, problems, s.Problems(), name)
		require.False(t, s.CanUndo())

		require.True(t, s.Redo(), name)
		require.Equal(t, after, canonical(t, s), name)
		require.Equal(t, place, s.Selected(), name)
		require.False(t, s.CanRedo())
	}
}

func TestUndoAllTheWay(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	stages := []string{canonical(t, s)}
	for _, name := range []string{"rename", "insert", "fields", "move up", "duplicate", "trigger", "delete", "paste", "retries", "move far down"} {
		require.True(t, commands[name](s), name)
		stages = append(stages, canonical(t, s))
	}
	for i := len(stages) - 2; i >= 0; i-- {
		require.True(t, s.Undo())
		require.Equal(t, stages[i], canonical(t, s))
	}
	require.False(t, s.Undo())
	for i := 1; i < len(stages); i++ {
		require.True(t, s.Redo())
		require.Equal(t, stages[i], canonical(t, s))
	}
	require.False(t, s.Redo())
}

func TestWhatIsNoChangeIsNotRemembered(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	for _, command := range []func() bool{
		func() bool { return s.Rename("Big orders") },
		func() bool { return s.Choose(1, "slack.send_message") },
		func() bool { return s.SetRetries(1, engine.DefaultRetryTimes) },
		func() bool { return s.SetOnFailure(1, engine.OnFailureStop) },
		func() bool { return s.Move(0, -1) },
		func() bool { return s.Delete(draft.Trigger) },
		func() bool { return s.Delete(3) },
		func() bool { return s.Duplicate(draft.Trigger) },
		func() bool { return s.Paste(s.After(1), `{"steps": []}`) },
		func() bool { return s.Paste(s.After(1), `{"steps": [{"id": "x", "use": "logic.stop", "odd": 1}]}`) },
		func() bool { return s.Paste(s.After(1), "New order") },
		s.Undo, s.Redo,
	} {
		require.False(t, command())
	}
	require.False(t, s.CanUndo())
}

func TestTypingIsUndoneAsOne(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	s.Select(1)
	write := func(field, text string) {
		with := map[string]any{"channel": "#orders", "text": "x"}
		with[field] = text
		require.True(t, s.SetFields(1, field, with))
	}
	write("text", "H")
	write("text", "He")
	write("text", "Hey")
	s.Pause()
	write("text", "Hey you")
	write("channel", "#o")
	s.Select(0)
	s.Select(1)
	write("channel", "#or")

	for _, want := range []string{"#o x", "#orders Hey you", "#orders Hey", "#orders New order {{trigger.name}}"} {
		require.True(t, s.Undo())
		with := s.Element(1).With
		require.Equal(t, want, fmt.Sprint(with["channel"], " ", with["text"]))
	}
	require.False(t, s.CanUndo())

	write("text", "again")
	require.False(t, s.CanRedo(), "a change after undo is a new way")
}

func TestDefinitionsHandedOutNeverChange(t *testing.T) {
	t.Parallel()
	for name, command := range commands {
		s := session(t, bigOrders)
		handed := s.Definition()
		before, err := handed.Canonical()
		require.NoError(t, err)
		require.True(t, command(s))
		after, err := handed.Canonical()
		require.NoError(t, err)
		require.Equal(t, string(before), string(after), name)
	}
}

func TestStepsKeepTheirOrderAndGetIDsOfTheirOwn(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	s.Insert(s.After(0), "slack.send_message")
	require.Equal(t, "big send_message post reply", ids(s))
	require.Equal(t, draft.Place(1), s.Selected())
	require.Equal(t, "Shop Slack", s.Element(1).Connection, "the one account that can do it")
	s.Duplicate(1)
	require.Equal(t, "big send_message send_message_2 post reply", ids(s))
	s.Paste(s.End(draft.Main), s.Copy(2))
	require.Equal(t, "big send_message send_message_2 post reply send_message_3", ids(s))
	require.Equal(t, draft.Place(5), s.Selected())
	s.Move(5, -2)
	require.Equal(t, "big send_message send_message_2 send_message_3 post reply", ids(s))
	require.Equal(t, draft.Place(3), s.Selected())
	s.Delete(3)
	require.Equal(t, "big send_message send_message_2 post reply", ids(s))
	require.Equal(t, draft.Place(3), s.Selected(), "what took its place")
	s.Delete(4)
	require.Equal(t, draft.Place(3), s.Selected(), "the last one left")
	for s.Last() >= 0 {
		require.True(t, s.Delete(0))
	}
	require.Equal(t, draft.Trigger, s.Selected())
	require.True(t, s.Insert(s.After(draft.Trigger), "logic.stop"))
	require.Equal(t, "stop", ids(s))
}

func TestChoosingKeepsWhatFits(t *testing.T) {
	t.Parallel()
	s := session(t, bigOrders)
	require.True(t, s.Choose(1, "slack.send_to_webhook"))
	e := s.Element(1)
	require.Equal(t, map[string]any{"text": "New order {{trigger.name}}"}, e.With, "the channel is no field of it")
	require.Equal(t, "One channel", e.Connection, "the bot's account cannot do this")
	require.Equal(t, "post", s.Definition().Steps[1].ID, "pills that refer to it go on doing so")

	require.True(t, s.Choose(1, "http.request"))
	require.Empty(t, s.Element(1).Connection)
	require.True(t, s.Choose(draft.Trigger, "shopify.order_paid"))
	require.Equal(t, "My shop", s.Element(draft.Trigger).Connection)
}

func TestNewConnectionsAreTold(t *testing.T) {
	t.Parallel()
	s := draft.New(draft.Params{Definition: parse(t, bigOrders), Catalog: catalog(t), Connections: accounts[:1]})
	require.NotEmpty(t, s.ProblemsAt(1))
	require.Equal(t, accounts[1:], s.SetConnections(accounts))
	require.Empty(t, s.ProblemsAt(1))
	require.Empty(t, s.SetConnections(accounts))
	usable, lacking := s.Accounts("slack.send_message")
	require.Equal(t, accounts[1:2], usable)
	require.Equal(t, accounts[2:], lacking)
}

func TestProblemsAreToldAtTheirPlace(t *testing.T) {
	t.Parallel()
	type at struct {
		place         draft.Place
		part          string
		field, within string
	}
	tests := map[string]struct {
		act  func(s *draft.Session)
		want []at
		says string
	}{
		"ready": {act: func(*draft.Session) {}},
		"a step that others refer to is removed": {
			act: func(s *draft.Session) { s.Delete(1) }, want: []at{{1, "with", "text", ""}}, says: "post",
		},
		"a step is moved above the one it refers to": {
			act: func(s *draft.Session) { s.Move(2, -1) }, want: []at{{1, "with", "text", ""}}, says: "post",
		},
		"a duplicate refers to the same": {act: func(s *draft.Session) { s.Duplicate(2) }},
		"a field is emptied": {
			act:  func(s *draft.Session) { s.SetFields(1, "channel", map[string]any{"text": "x"}) },
			want: []at{{1, "with", "channel", ""}}, says: "Channel",
		},
		"a connection is gone": {
			act: func(s *draft.Session) { s.SetConnections(accounts[1:]) }, want: []at{{draft.Trigger, "connection", "", ""}}, says: "My shop",
		},
		"a rule lacks something": {
			act: func(s *draft.Session) {
				s.SetFields(0, "rules", map[string]any{"rules": []any{map[string]any{"value": "{{trigger.name}}", "is": "equals"}}})
			},
			want: []at{{0, "with", "rules", "[0].than"}}, says: "compare",
		},
		"the name is empty":  {act: func(s *draft.Session) { s.Rename(" ") }, want: []at{{draft.Whole, "name", "", ""}}, says: "name"},
		"nothing is chosen":  {act: func(s *draft.Session) { s.Choose(draft.Trigger, "") }, want: []at{{draft.Trigger, "use", "", ""}}},
		"too many retries":   {act: func(s *draft.Session) { s.SetRetries(1, 1000) }, want: []at{{1, "retry", "", ""}}},
		"an unknown failure": {act: func(s *draft.Session) { s.SetOnFailure(1, "wait") }, want: []at{{1, "on_failure", "", ""}}},
		"no steps": {
			act: func(s *draft.Session) {
				for s.Delete(0) {
				}
			},
			want: []at{{draft.Whole, "steps", "", ""}},
		},
	}
	for name, test := range tests {
		s := session(t, bigOrders)
		test.act(s)
		var got []at
		said := ""
		for _, p := range s.Problems() {
			got = append(got, at{p.Place, p.Part, p.Field, p.Within})
			said += p.String()
		}
		require.Equal(t, test.want, got, "%s: %s", name, said)
		require.Contains(t, said, test.says, name)
		for _, p := range test.want {
			require.Len(t, s.ProblemsAt(p.place), 1, name)
		}
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	for name, command := range commands {
		s := session(t, bigOrders)
		before := s.Definition()
		require.True(t, command(s))
		require.Equal(t, 1, draft.Differences(before, s.Definition()), name)
		require.Zero(t, draft.Differences(s.Definition(), s.Definition()))
	}
	s := session(t, bigOrders)
	before := s.Definition()
	s.Rename("Other")
	s.Delete(0)
	s.Move(0, 1)
	s.SetRetries(0, 1)
	require.Equal(t, 4, draft.Differences(before, s.Definition()))
	empty := before
	empty.Trigger.With = map[string]any{}
	require.Zero(t, draft.Differences(before, empty), "an empty map is none")
}
