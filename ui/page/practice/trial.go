package practice

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// trials are things to try: ways for the pretend Slack to fail, one at a time, and a computer that sleeps.
type trials struct {
	page    *Page
	toggles map[Fault]*widget.Toggle
	// sleep is the pretend shop's: whether it thinks that this computer sleeps.
	sleep  *widget.Toggle
	object *widget.Card
}

func newTrials(p *Page) *trials {
	t := &trials{page: p, toggles: map[Fault]*widget.Toggle{}}
	rows := widget.Column(theme.Space2, widget.NewStrong(lang.L("Things to try: switch one on and send an order")))
	for _, trial := range []struct {
		fault      Fault
		name, help string
	}{
		{Missing, lang.L("Slack has no such channel"), lang.L("The run fails, and says what to do.")},
		{Busy, lang.L("Slack is busy"), lang.L("Bellhop waits as long as Slack asks.")},
		{Down, lang.L("Slack is down"), lang.L("Bellhop tries again, later and later.")},
		{Lost, lang.L("Slack’s answer gets lost"), lang.L("The message may be there or not: you decide.")},
	} {
		toggle := widget.NewToggle(trial.name, false, func(on bool) { t.set(trial.fault, on) })
		t.toggles[trial.fault] = toggle
		rows.Add(trialRow(trial.name, trial.help, toggle))
	}
	asleep := lang.L("This computer sleeps")
	t.sleep = widget.NewToggle(asleep, false, t.setAsleep)
	rows.Add(trialRow(asleep, lang.L("Orders reach nobody. Awake, Bellhop fetches them."), t.sleep))
	t.object = widget.NewCard(rows)
	return t
}

func trialRow(name, help string, toggle *widget.Toggle) fyne.CanvasObject {
	words := widget.Column(1, widget.NewLine(name), widget.NewCaption(help))
	return widget.Row(theme.Space3, widget.Grow(words), toggle)
}

// setAsleep lets the shop think that the computer sleeps, or wakes it.
func (t *trials) setAsleep(asleep bool) {
	p := t.page
	p.Loop.Go(func() {
		err := p.Accounts.SetAsleep(context.Background(), asleep)
		p.Loop.Post(func() {
			if err != nil {
				p.show(reading{}, err)
				return
			}
			p.loader.Load()
		})
	})
}

func (t *trials) set(fault Fault, on bool) {
	if !on {
		fault = Fine
	}
	t.show(fault)
	p := t.page
	p.Loop.Go(func() {
		err := p.Accounts.SetFault(context.Background(), fault)
		p.Loop.Post(func() {
			if err != nil {
				p.show(reading{}, err)
				return
			}
			p.loader.Load()
		})
	})
}

func (t *trials) show(fault Fault) {
	for of, toggle := range t.toggles {
		toggle.Set(of == fault)
	}
}
