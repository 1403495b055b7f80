package editor

import (
	"maps"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/engine"
	"bellhop/ui/form"
	"bellhop/ui/page/editor/draft"
	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// setUp is the tab with the account and the fields of one trigger or step.
type setUp struct {
	page  *Page
	place draft.Place
	use   string

	account *account
	address *address
	times   *times
	form    *form.Form
	// paths are the ways of a step that holds some; nil for others.
	paths *paths
	// pills are the controls with pills, in order, and rules those of filters, by field.
	pills []*pillText
	rules map[string]*rules
	// told is what is shown as wrong, by field.
	told   map[string]string
	object fyne.CanvasObject
}

func newSetUp(p *Page, e draft.Element) *setUp {
	s := &setUp{page: p, place: e.Place, use: e.Use, told: map[string]string{}, rules: map[string]*rules{}}
	box := widget.Column(theme.Space5)
	s.object = box
	if !e.Known {
		box.Add(widget.NewHelp(lang.L("First choose what happens here. Then its settings are shown.")))
		box.Add(widget.Row(0, widget.NewButton(lang.L("Choose"), func() {
			p.detail.tabs.Select(tabChoose)
			p.detail.build()
			p.detail.refresh()
		})))
		return s
	}
	if e.Operation.Help != "" {
		box.Add(widget.NewHelp(e.Operation.Help))
	}
	if e.Operation.Connection != "" {
		s.account = newAccount(p, e)
		box.Add(s.account.object)
	}
	if e.Operation.Webhook != nil {
		s.address = newAddress(p, e)
		box.Add(s.address.object)
	}
	s.form = form.New(e.Operation.Fields, e.With, form.Options{Control: s.control, OnChanged: s.changed})
	if len(e.Operation.Fields) > 0 {
		box.Add(s.form)
	} else if e.Operation.Connection == "" && e.Operation.Webhook == nil && e.Operation.Holds == "" {
		box.Add(widget.NewHelp(lang.L("There is nothing to set up.")))
	}
	if e.Operation.Holds == engine.HoldsPaths {
		s.paths = newPaths(s)
		box.Add(s.paths.object)
	}
	if e.Operation.Schedule != nil {
		s.times = newTimes(p.Now)
		box.Add(s.times.object)
	}
	return s
}

// control supplies the controls that know pills; the rest are the form's own.
func (s *setUp) control(field engine.Field, onChanged func()) form.Control {
	switch field.Type {
	case engine.FieldRules:
		r := newRules(s, field, onChanged)
		s.rules[field.Name] = r
		return r
	case engine.FieldText, engine.FieldLong, engine.FieldURL, engine.FieldNumber, engine.FieldJSON, engine.FieldList:
		if s.place == draft.Trigger {
			return nil // nothing comes before the trigger
		}
		// A map asks for a text for each of its values.
		described, _ := s.page.session.Element(s.place).Operation.Field(field.Name)
		return s.newPillText(field, described.Type != field.Type, onChanged)
	}
	return nil
}

// newPillText makes a field with pills that is part of this tab.
func (s *setUp) newPillText(field engine.Field, compact bool, onChanged func()) *pillText {
	c := newPillText(s.page, field, compact, onChanged)
	s.pills = append(s.pills, c)
	return c
}

// changed takes the form's values over into the draft.
func (s *setUp) changed(field string) {
	p := s.page
	e := p.session.Element(s.place)
	with := map[string]any{}
	for name, value := range e.With {
		if !s.form.Has(name) {
			with[name] = value // what this Bellhop does not know is a problem to see, not to lose
		}
	}
	maps.Copy(with, s.form.Values())
	delete(s.told, field)
	p.changed(p.session.SetFields(s.place, field, with))
}

func (s *setUp) refresh(e draft.Element) {
	if s.form == nil {
		return
	}
	wrong := map[string]string{}
	inside := map[string][]draft.Problem{}
	ofPaths := []draft.Problem{}
	account := ""
	seen := s.page.seen[s.page.idAt(s.place)]
	for _, p := range s.page.session.ProblemsAt(s.place) {
		switch {
		case p.Part == "connection" && account == "":
			if e.Connection != "" || seen {
				account = sentence(p.Problem)
			}
		case p.Part == "paths":
			ofPaths = append(ofPaths, p)
		case p.Part != "with":
		case s.rules[p.Field] != nil && p.Within != "":
			inside[p.Field] = append(inside[p.Field], p)
		case wrong[p.Field] == "" && (seen || e.With[p.Field] != nil):
			wrong[p.Field] = sentence(p.Problem)
		}
	}
	for _, f := range e.Operation.Fields {
		if sentence := wrong[f.Name]; sentence != s.told[f.Name] {
			s.told[f.Name] = sentence
			s.form.SetProblem(f.Name, sentence)
		}
	}
	for _, c := range s.pills {
		c.tell()
	}
	for field, r := range s.rules {
		r.tell(inside[field])
	}
	if s.paths != nil {
		s.paths.refresh(ofPaths)
	}
	if s.account != nil {
		s.account.frame.SetError(account)
	}
	if s.address != nil {
		s.address.refresh(e)
	}
	if s.times != nil {
		s.times.refresh(e)
	}
}

// focus gives the keyboard to a field.
func (s *setUp) focus(field string) {
	for _, c := range s.pills {
		if c.field.Name == field && c.entry.Visible() {
			s.page.focus(c.entry)
			return
		}
	}
	if s.form != nil {
		s.page.focus(s.form.Focusable(field))
	}
}

// focusFirst gives the keyboard to the account if one is to be chosen, or else to the first field.
func (s *setUp) focusFirst() {
	if s.account != nil && s.account.choice.SelectedIndex() < 0 {
		s.page.focus(s.account.choice)
		return
	}
	if s.form == nil {
		return
	}
	if shown := s.form.Fields(); len(shown) > 0 {
		s.focus(shown[0])
	}
}

func (s *setUp) showConnections() {
	if s.account != nil {
		s.account.fill(s.page.session.Element(s.place))
	}
}

// account is the choice of a connection.
type account struct {
	page   *Page
	place  draft.Place
	choice *widget.Select
	names  []string
	quiet  bool
	frame  *widget.FormField
	object fyne.CanvasObject
}

func newAccount(p *Page, e draft.Element) *account {
	a := &account{page: p, place: e.Place, choice: widget.NewSelect(lang.L("Connection"))}
	a.choice.PlaceHolder = lang.L("Choose…")
	a.choice.OnChanged = func(string) {
		if i := a.choice.SelectedIndex(); i >= 0 && !a.quiet {
			p.changed(p.session.SetConnection(a.place, a.names[i]))
		}
	}
	row := widget.Row(theme.Space2, widget.Grow(a.choice))
	if p.OnAddConnection != nil {
		row.Add(widget.NewButton(lang.L("Add connection…"), func() {
			p.saver.now()
			p.OnAddConnection(e.Connector.Name)
		}))
	}
	help := lang.L("The account at {{.App}} that is used.", map[string]any{"App": e.Connector.Title})
	if e.Operation.Connection == engine.Optional {
		help = lang.L("None, unless a secret or a password is needed.")
	}
	a.frame = widget.NewFormField(lang.L("Connection"), e.Operation.Connection == engine.Required, row, help)
	a.object = a.frame
	a.fill(e)
	return a
}

// fill lists the connections; those that lack something, and one that is gone, say so.
func (a *account) fill(e draft.Element) {
	usable, lacking := a.page.session.Accounts(e.Use)
	a.names, a.choice.Options = nil, nil
	add := func(name, label string) {
		a.names, a.choice.Options = append(a.names, name), append(a.choice.Options, label)
	}
	if e.Operation.Connection == engine.Optional {
		add("", lang.L("None"))
	}
	for _, c := range usable {
		add(c.Name, c.Name)
	}
	for _, c := range lacking {
		add(c.Name, lang.L("{{.Connection}} (cannot do this yet)", map[string]any{"Connection": c.Name}))
	}
	chosen := -1
	for i, name := range a.names {
		if name == e.Connection {
			chosen = i
		}
	}
	if chosen < 0 && e.Connection != "" {
		add(e.Connection, lang.L("{{.Connection}} (is not there)", map[string]any{"Connection": e.Connection}))
		chosen = len(a.names) - 1
	}
	a.quiet = true
	if chosen >= 0 {
		a.choice.SetSelectedIndex(chosen)
	} else {
		a.choice.ClearSelected()
	}
	a.quiet = false
}
