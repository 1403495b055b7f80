package editor

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/engine/mapping"
	"bellhop/ui/form"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// settings is the form with what holds for the whole recipe: how its runs stand to each other, what
// senders are told, and what of the data is masked.
type settings struct {
	page   *Page
	form   *form.Form
	pills  []*pillText
	object fyne.CanvasObject
}

// The names of the settings' fields.
const (
	setAtOnce    = "at_once"
	setInOrder   = "in_order"
	setOrderBy   = "order_by"
	setBlock     = "block"
	setPerMinute = "per_minute"
	setWhen      = "when"
	setWithin    = "within"
	setStatus    = "status"
	setHeaders   = "headers"
	setBody      = "body"
	setPersonal  = "personal"
)

// noBlock is the choice of engine.Block's empty value.
const noBlock = "no"

func newSettings(p *Page) *settings {
	s := &settings{page: p}
	fields := runFields()
	if e := p.session.Element(draft.Trigger); e.Operation.Webhook != nil {
		fields = append(fields, answerFields()...)
	}
	fields = append(fields, engine.Field{
		Name: setPersonal, Type: engine.FieldLong, Label: lang.L("Personal data"), Placeholder: "{{trigger.customer.email}}",
		Help: lang.L("Insert the fields that are nobody's business, such as the e-mail address. They are masked in the history and in the log; the steps still get them."),
	})
	s.form = form.New(fields, s.values(), form.Options{Control: s.control, OnChanged: s.changed})
	s.object = widget.Column(theme.Space4, s.form)
	return s
}

// runFields are the settings of all recipes.
func runFields() []engine.Field {
	inOrder := engine.When{setInOrder: "true"}
	return []engine.Field{
		{
			Name: setAtOnce, Type: engine.FieldNumber, Label: lang.L("Runs at the same time"), Placeholder: lang.L("as many as there is room for"),
			Help: lang.L("1 does one after the other. Empty is as many as there is room for."),
		},
		{
			Name: setInOrder, Type: engine.FieldBool, Label: lang.L("One after the other, in the order in which the events came"), Default: false,
		},
		{
			Name: setOrderBy, Type: engine.FieldText, Label: lang.L("Only those with the same …"), When: inOrder,
			Help: lang.L("Insert what tells them apart, such as the order's number: then runs of one order wait for each other, and different orders go side by side."),
		},
		{
			Name: setBlock, Type: engine.FieldChoice, Label: lang.L("If a run needs you, the ones behind it wait"), When: inOrder, Default: noBlock,
			Options: []engine.Option{
				{Value: noBlock, Label: lang.L("Not at all: they go on")},
				{Value: string(engine.BlockHour), Label: lang.L("For an hour")},
				{Value: string(engine.BlockDay), Label: lang.L("For a day")},
				{Value: string(engine.BlockUntil), Label: lang.L("Until you have dealt with it")},
			},
		},
	}
}

// answerFields are the settings of recipes that a webhook starts.
func answerFields() []engine.Field {
	atOnce, result := engine.When{setWhen: string(engine.AnswerAtOnce)}, engine.When{setWhen: string(engine.AnswerResult)}
	return []engine.Field{
		{
			Name: setWhen, Type: engine.FieldChoice, Label: lang.L("What the sender is told"), Default: string(engine.AnswerAtOnce),
			Options: []engine.Option{
				{Value: string(engine.AnswerAtOnce), Label: lang.L("At once that the event has arrived")},
				{Value: string(engine.AnswerResult), Label: lang.L("What came of the run")},
			},
			Help: lang.L("Most senders want to be answered at once. A step that answers tells what came of the run."),
		},
		{
			Name: setWithin, Type: engine.FieldNumber, Label: lang.L("Seconds the sender waits"), Placeholder: strconv.Itoa(engine.DefaultAnswerWithin), When: result,
			Help: lang.L("At most {{.Most}}. If the run takes longer, the sender is told that it goes on.", map[string]any{"Most": engine.MaxAnswerWithin}),
		},
		{
			Name: setStatus, Type: engine.FieldNumber, Label: lang.L("Status of the answer"), Placeholder: "200", When: atOnce, Advanced: true,
		},
		{
			Name: setHeaders, Type: engine.FieldMap, Label: lang.L("Headers of the answer"), When: atOnce, Advanced: true,
		},
		{
			Name: setBody, Type: engine.FieldLong, Label: lang.L("Text of the answer"), When: atOnce, Advanced: true,
		},
		{
			Name: setPerMinute, Type: engine.FieldNumber, Label: lang.L("Most deliveries in a minute"), Placeholder: lang.L("any number"), Advanced: true,
			Help: lang.L("What comes beyond is turned away, and most senders try again."),
		},
	}
}

// values are the recipe's settings as the form has them.
func (s *settings) values() map[string]any {
	set := s.page.session.Settings()
	values := map[string]any{}
	number := func(name string, n int) {
		if n != 0 {
			values[name] = json.Number(strconv.Itoa(n))
		}
	}
	text := func(name, text string) {
		if text != "" {
			values[name] = text
		}
	}
	number(setAtOnce, set.Runs.AtOnce)
	if set.Runs.InOrder {
		values[setInOrder] = true
	}
	text(setOrderBy, set.Runs.OrderBy)
	text(setBlock, string(set.Runs.Block))
	number(setPerMinute, set.PerMinute)
	text(setWhen, string(set.Answer.When))
	number(setWithin, set.Answer.Within)
	number(setStatus, set.Answer.Status)
	if len(set.Answer.Headers) > 0 {
		values[setHeaders] = form.FromStrings(set.Answer.Headers)
	}
	text(setBody, set.Answer.Body)
	text(setPersonal, personalText(set.Personal))
	return values
}

// control gives the fields that data are inserted into.
func (s *settings) control(field engine.Field, onChanged func()) form.Control {
	if field.Name != setOrderBy && field.Name != setPersonal {
		return nil
	}
	c := newPillText(s.page, field, false, onChanged)
	s.pills = append(s.pills, c)
	return c
}

// changed takes the form's values over into the draft.
func (s *settings) changed(field string) {
	values := s.form.Values()
	set := draft.Settings{
		Runs: engine.RunRules{
			AtOnce: whole(values[setAtOnce]), InOrder: values[setInOrder] == true, OrderBy: text(values[setOrderBy]),
			Block: engine.Block(strings.TrimPrefix(text(values[setBlock]), noBlock)),
		},
		Answer: engine.Answer{
			When: engine.AnswerTime(text(values[setWhen])), Within: whole(values[setWithin]), Status: whole(values[setStatus]), Body: text(values[setBody]),
		},
		PerMinute: whole(values[setPerMinute]),
		Personal:  personalPaths(text(values[setPersonal])),
	}
	if set.Answer.When == engine.AnswerAtOnce {
		set.Answer.When = "" // as a recipe without answer does
	}
	if headers, _ := values[setHeaders].(map[string]any); len(headers) > 0 {
		set.Answer.Headers = form.Strings(headers)
	}
	s.page.changed(s.page.session.SetSettings(field, set))
}

// refresh shows what is wrong.
func (s *settings) refresh() {
	wrong := map[string]string{}
	for _, p := range s.page.session.Problems() {
		name := p.Field
		if p.Part == setPersonal || p.Part == setPerMinute {
			name = p.Part
		}
		if ofSettings(p) && wrong[name] == "" {
			wrong[name] = sentence(p.Problem)
		}
	}
	for _, field := range slices.Concat(runFields(), answerFields(), []engine.Field{{Name: setPersonal}}) {
		s.form.SetProblem(field.Name, wrong[field.Name])
	}
	for _, c := range s.pills {
		c.tell()
	}
}

// whole is a number of the form; what is no whole number of that kind is -1, which no setting can be.
func whole(value any) int {
	switch v := value.(type) {
	case nil:
		return 0
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 32); err == nil {
			return int(n)
		}
	case string:
		if strings.TrimSpace(v) == "" {
			return 0
		}
	}
	return -1
}

// personalText shows paths of the trigger's data as pills, one to a line.
func personalText(paths []string) string {
	lines := make([]string, len(paths))
	for i, path := range paths {
		if parsed, err := mapping.ParsePath(path); err != nil {
			lines[i] = path
		} else {
			lines[i] = "{{" + slices.Concat(mapping.Path{{Name: "trigger"}}, parsed).String() + "}}"
		}
	}
	return strings.Join(lines, "\n")
}

// personalPaths is the way back: pills of the trigger wherever they stand, and else a path to a line.
func personalPaths(text string) []string {
	var paths []string
	add := func(path string) {
		path = strings.TrimSpace(path)
		if path != "" && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	template, err := mapping.Parse(text)
	if err != nil {
		return append(paths, strings.Fields(text)...)
	}
	for _, part := range template.Parts() {
		if part.Pill == nil {
			for line := range strings.Lines(part.Text) {
				add(line)
			}
			continue
		}
		if path := part.Pill.Path(); len(path) > 1 && path[0].Name == "trigger" {
			add(path[1:].String())
		} else {
			add(part.Pill.Source)
		}
	}
	return paths
}
