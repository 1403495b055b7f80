package connector

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"bellhop/engine"
	"bellhop/engine/source"
)

// Format is the number in a connector file's `connector:` key that this Bellhop reads.
const Format = 1

// Lint reads a connector file, YAML or JSON, and checks all of it. name is the file's name; problems
// carry it, with line and column. The connector is whole only if there are no problems.
func Lint(name string, data []byte) (engine.Connector, engine.Problems) {
	var c engine.Connector
	doc, problems := source.Parse(data)
	if len(problems) > 0 {
		return c, problems.In(name)
	}
	problems = doc.Decode(&c)
	for i := range c.Triggers {
		addLookFields(&c.Triggers[i])
		takeSample(c, &c.Triggers[i])
	}
	for i := range c.Actions {
		takeSample(c, &c.Actions[i])
	}
	l := linter{connector: &c}
	l.file(name)
	problems = append(problems, l.report.Problems(doc)...)
	return c, problems.Sorted().In(name)
}

// takeSample gives an operation the sample of another, if it names one.
func takeSample(c engine.Connector, o *engine.Operation) {
	if other, ok := c.Operation(o.SampleOf); ok && len(o.Sample) == 0 {
		o.Sample = other.Sample
	}
}

// linter checks one connector file.
type linter struct {
	connector *engine.Connector
	report    source.Report
}

var (
	nameForm  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
	colorForm = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
)

func (l *linter) file(name string) {
	c := l.connector
	if c.Format != Format {
		l.report.Value("connector", "A connector file begins with the line connector: %d.", Format)
	}
	l.name("name", c.Name)
	if stem := strings.TrimSuffix(path.Base(name), path.Ext(name)); c.Name != "" && stem != c.Name {
		l.report.Value("name", "This connector is called %q, so its file must be %s.yaml.", c.Name, c.Name)
	}
	l.needed("title", c.Title, "what people call the app")
	if !colorForm.MatchString(c.Color) {
		l.report.Value("color", `The app's colour is missing or wrong. Write it as color: "#2468B2".`)
	}
	if n := utf8.RuneCountInString(c.Glyph); n < 1 || n > 2 {
		l.report.Value("glyph", "The letter on the app's tile is missing or too long: write one letter or sign.")
	}
	l.needed("help", c.Help, "a sentence on what the app is good for")
	if c.BaseURL != "" {
		l.text("base_url", c.BaseURL, l.connectionScope(nil))
	}
	if c.Limits != nil {
		l.limits("limits", *c.Limits)
	}
	if c.Connection != nil {
		l.connection(*c.Connection)
	}
	if len(c.Triggers)+len(c.Actions) == 0 {
		l.report.Value("", "The connector has neither triggers nor actions.")
	}
	seen := map[string]bool{}
	for i, o := range c.Triggers {
		l.operation(source.Index("triggers", i), o, seen)
		if o.Kind() != engine.KindTrigger {
			l.report.Value(source.Index("triggers", i), "A trigger needs one of: webhook, with how deliveries are proved and told apart; schedule, with how its times are told; poll, with how the app is asked; watch; start.")
		}
	}
	for i, o := range c.Actions {
		l.operation(source.Index("actions", i), o, seen)
		for _, key := range waysOf(o) {
			if slices.Contains(triggerWays, key) {
				l.report.Key(source.Key(source.Index("actions", i), key), "", "What starts with a %s is a trigger. Move it below triggers.", key)
			}
		}
	}
}

func (l *linter) name(at, name string) {
	if !nameForm.MatchString(name) {
		l.report.Value(at, "A name is missing or wrong here: small letters a to z, digits and _, and a letter first.")
	}
}

func (l *linter) needed(at, text, what string) {
	if strings.TrimSpace(text) == "" {
		l.report.Value(at, "Something is missing here: %s is %s.", lastKey(at), what)
	}
}

// lastKey is the name of what a path leads to.
func lastKey(at string) string { return at[strings.LastIndexByte(at, '.')+1:] }

func (l *linter) connection(c engine.ConnectionSpec) {
	if len(c.Fields) == 0 {
		l.report.Value("connection", "A connection consists of fields, and there are none. Leave connection out if the app needs no account.")
	}
	l.fields("connection.fields", c.Fields, connectionTypes)
	names := fieldNames(c.Fields)
	for i, set := range c.AnyOf {
		for j, name := range set {
			l.known(source.Index(source.Index("connection.any_of", i), j), name, names, "The connection has no field %q.", name)
		}
	}
	for i, a := range c.Auth {
		at := source.Index("connection.auth", i)
		l.when(source.Key(at, "when"), a.When, c.Fields)
		if len(a.Headers) == 0 && len(a.Query) == 0 && a.Basic == nil {
			l.report.Value(at, "This entry signs nothing: it needs headers, query or basic.")
		}
		scope := l.connectionScope(nil)
		if a.Token != nil {
			token := source.Key(at, "token")
			l.text(source.Key(token, "path"), a.Token.Path, scope)
			l.text(source.Key(token, "client_id"), a.Token.ClientID, scope)
			l.text(source.Key(token, "client_secret"), a.Token.ClientSecret, scope)
			scope["connection"] = append(slices.Clone(scope["connection"]), "token")
		}
		l.texts(source.Key(at, "headers"), a.Headers, scope)
		l.texts(source.Key(at, "query"), a.Query, scope)
		if a.Basic != nil {
			l.text(source.Join(at, "basic.username"), a.Basic.Username, scope)
			l.text(source.Join(at, "basic.password"), a.Basic.Password, scope)
		}
	}
	if c.Test != nil && c.Test.Local != "" {
		l.known("connection.test.local", c.Test.Local, engine.Tests, "There is no test called %q.", c.Test.Local)
	} else if c.Test != nil {
		l.when("connection.test.when", c.Test.When, c.Fields)
		l.request("connection.test.request", c.Test.Request, nil)
		l.judge("connection.test.judge", c.Test.Judge, nil)
		l.needed("connection.test.says", c.Test.Says, "the sentence that tells the success")
		l.text("connection.test.says", c.Test.Says, scope{"response": nil})
	}
}

func (l *linter) operation(at string, o engine.Operation, seen map[string]bool) {
	l.name(source.Key(at, "name"), o.Name)
	if seen[o.Name] {
		l.report.Value(source.Key(at, "name"), "There are two operations called %q.", o.Name)
	}
	seen[o.Name] = true
	l.needed(source.Key(at, "title"), o.Title, "what people call it")
	l.needed(source.Key(at, "help"), o.Help, "a sentence on what it does")
	l.needed(source.Key(at, "summary"), o.Summary, "what the step does, in one line with its fields in {{ }}")

	l.fields(source.Key(at, "fields"), o.Fields, operationTypes)
	if _, taken := o.Field("connection"); taken {
		l.report.Value(source.Key(at, "fields"), `A field cannot be called "connection": that is the account's name in pills.`)
	}
	names := fieldNames(o.Fields)
	l.text(source.Key(at, "summary"), o.Summary, anyOf(names))
	if o.Label != "" && o.Kind() != engine.KindTrigger {
		l.report.Key(source.Key(at, "label"), "", "Only a trigger's events have a label.")
	}
	l.text(source.Key(at, "label"), o.Label, scope{"trigger": nil})

	l.account(at, o)
	l.how(at, o)
	l.holds(at, o)
	l.lost(at, o)
	l.judge(source.Key(at, "judge"), o.Judge, o.Fields)
	l.text(source.Key(at, "result"), o.Result, scope{"response": nil})
	if o.SampleOf != "" {
		var names []string
		for _, other := range append(slices.Clip(l.connector.Triggers), l.connector.Actions...) {
			names = append(names, other.Name)
		}
		l.known(source.Key(at, "sample_of"), o.SampleOf, names, "There is no operation called %q.", o.SampleOf)
	}
	if o.Logic == "" {
		if len(o.Sample) == 0 {
			l.report.Value(at, "A sample is missing: what the app really gives, to choose values from while editing.")
		}
		// What is no request but built in is tested where it is built.
		if len(o.Tests) == 0 && o.Watch == "" && o.Start == "" && o.Local == "" {
			l.report.Value(at, "Tests are missing: what must be sent, and what must come of the answer.")
		}
	}
	for i, t := range o.Tests {
		l.test(source.Index(source.Key(at, "tests"), i), o, t)
	}
}

// account checks what an operation asks of the connection.
func (l *linter) account(at string, o engine.Operation) {
	spec := l.connector.Connection
	switch {
	case o.Connection != "" && o.Connection != engine.Required && o.Connection != engine.Optional:
		l.known(source.Key(at, "connection"), string(o.Connection), []string{"required", "optional"}, "connection is required or optional, or left out.")
	case o.Connection != "" && spec == nil:
		l.report.Value(source.Key(at, "connection"), "The connector has no connection, so the operation cannot use one.")
	case o.Connection == "" && len(o.Needs) > 0:
		l.report.Key(source.Key(at, "needs"), "", "An operation that needs fields of the connection has connection: required.")
	}
	for i, name := range o.Needs {
		l.known(source.Index(source.Key(at, "needs"), i), name, l.connectionFields(), "The connection has no field %q.", name)
	}
}

// how checks that an operation says in exactly one way how it works.
func (l *linter) how(at string, o engine.Operation) {
	if o.Webhook != nil {
		l.webhook(source.Key(at, "webhook"), *o.Webhook, o.Fields)
	}
	if o.Schedule != nil {
		l.schedule(at, o)
	}
	if o.Poll != nil {
		l.poll(source.Key(at, "poll"), *o.Poll, o.Fields)
	}
	if o.Request != nil {
		l.request(source.Key(at, "request"), *o.Request, o.Fields)
	}
	for _, built := range []struct {
		key, name string
		known     []string
	}{
		{"watch", o.Watch, engine.Watches},
		{"start", o.Start, engine.Starts},
		{"local", o.Local, engine.Locals},
		{"logic", o.Logic, engine.Logics},
	} {
		if built.name != "" {
			l.known(source.Key(at, built.key), built.name, built.known, "There is no %s called %q.", built.key, built.name)
		}
	}
	if ways := waysOf(o); len(ways) != 1 {
		has := "none"
		if len(ways) > 1 {
			has = strings.Join(ways, " and ")
		}
		l.report.Value(at, "An operation has exactly one of webhook, schedule, poll, watch, start, request, local and logic; this one has %s.", has)
	}
}

// triggerWays are the ways of waysOf that start recipes.
var triggerWays = []string{"webhook", "schedule", "poll", "watch", "start"}

// waysOf names the keys by which an operation says how it works.
func waysOf(o engine.Operation) []string {
	var ways []string
	for _, way := range []struct {
		key   string
		given bool
	}{
		{"webhook", o.Webhook != nil}, {"schedule", o.Schedule != nil}, {"poll", o.Poll != nil}, {"watch", o.Watch != ""},
		{"start", o.Start != ""}, {"request", o.Request != nil}, {"local", o.Local != ""}, {"logic", o.Logic != ""},
	} {
		if way.given {
			ways = append(ways, way.key)
		}
	}
	return ways
}

func (l *linter) test(at string, o engine.Operation, t engine.OperationTest) {
	l.needed(source.Key(at, "name"), t.Name, "what the test is about")
	for name := range t.With {
		l.knownKey(source.Key(source.Key(at, "with"), name), name, fieldNames(o.Fields), "The operation has no field %q.", name)
	}
	for name := range t.Connection {
		l.knownKey(source.Key(source.Key(at, "connection"), name), name, l.connectionFields(), "The connection has no field %q.", name)
	}
	l.lostTest(at, o, t)
	if (o.Schedule != nil) != (t.Times != nil) {
		l.report.Value(at, "The test of a schedule has times, other tests have none.")
	}
	l.pollTest(at, o, t)
	if o.Request != nil && t.Response == nil && t.Error == nil {
		l.report.Value(at, "A test needs the response that the app gives, or the error it ends with.")
	}
}

// known reports a value that is not one of names.
func (l *linter) known(at, value string, names []string, format string, args ...any) {
	if !slices.Contains(names, value) {
		l.report.Value(at, format, args...).Suggestion = engine.Suggest(value, names)
	}
}

// knownKey reports a key that is not one of names.
func (l *linter) knownKey(at, key string, names []string, format string, args ...any) {
	if !slices.Contains(names, key) {
		l.report.Key(at, engine.Suggest(key, names), "%s", fmt.Sprintf(format, args...))
	}
}

func (l *linter) connectionFields() []string {
	if l.connector.Connection == nil {
		return nil
	}
	return fieldNames(l.connector.Connection.Fields)
}

func fieldNames(fields []engine.Field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}
