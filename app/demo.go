package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/practice"
)

func (c *cli) demoCommand() *cobra.Command {
	var orders int
	var keep bool
	cmd := &cobra.Command{
		Use: "demo", Short: "Watch pretend Shopify orders become pretend Slack messages", Args: positional(cobra.NoArgs),
		Long: "Sets up a pretend Shopify and a pretend Slack, imports the recipe that posts big orders, sends some orders\n" +
			"and prints what happens. Nothing leaves the computer, and your own data is not touched unless you say --keep.",
	}
	cmd.Flags().IntVar(&orders, "orders", 3, "how many orders to send; the second one is too small for the recipe's filter")
	cmd.Flags().BoolVar(&keep, "keep", false, "use the data folder and leave what the demo made in it")
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if orders < 1 {
			return usageError{fmt.Errorf("--orders is 1 or more, not %d", orders)}
		}
		config := c.config()
		config.Listen, config.Practice = "127.0.0.1:0", true
		if !keep {
			if config.Dir, err = os.MkdirTemp("", "bellhop-demo-"); err != nil {
				return engine.Wrap(err, engine.Unavailable, "There is no place for the demo's data: %s.", engine.Cause(err))
			}
			config.Secrets = "file" // nothing of a demo stays in the keyring
			defer func() { err = errors.Join(err, os.RemoveAll(config.Dir)) }()
		}
		s, err := boot.Open(cmd.Context(), config)
		if errors.Is(err, boot.ErrRunning) {
			return engine.Wrap(err, engine.Conflict, "Bellhop runs on this data. Leave --keep away, or stop Bellhop first.")
		}
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		return c.showDemo(cmd.Context(), s, orders)
	}
	return cmd
}

// demo counts what comes of the orders.
type demo struct {
	*cli
	system   *boot.System
	changes  <-chan engine.Change
	messages int // told so far

	Orders   int `json:"orders"`
	Out      int `json:"messages"`
	Filtered int `json:"filtered"`
	Lost     int `json:"lost"`
}

func (c *cli) showDemo(ctx context.Context, s *boot.System, orders int) error {
	recipe, err := s.Practice.SetUp(ctx)
	if err != nil {
		return err
	}
	changes, end := s.Bus.Subscribe(1000)
	defer end()
	d := &demo{cli: c, system: s, changes: changes, messages: len(s.Practice.Slack.Messages())}
	d.tell("The recipe %q is on and listens at %s\n", recipe.Name, s.URL)
	for i := range orders {
		if err := d.order(ctx, i); err != nil {
			return err
		}
	}
	d.Lost = d.Orders - d.Out - d.Filtered
	if c.json {
		err = c.printJSON(d)
	} else {
		_, err = fmt.Fprintf(c.out, "%d orders in, %d messages out, %d filtered, %d lost\n", d.Orders, d.Out, d.Filtered, d.Lost)
	}
	if err == nil && d.Lost > 0 {
		return quietError{}
	}
	return err
}

func (d *demo) tell(format string, args ...any) {
	if !d.json {
		fmt.Fprintf(d.out, format, args...)
	}
}

// order sends one order and follows it to its end.
func (d *demo) order(ctx context.Context, i int) error {
	total := []string{"189.00", "49.00", "240.50"}[i%3]
	if i > 2 {
		total = fmt.Sprintf("%d.90", 101+i%400)
	}
	before, err := d.system.Runs(ctx, engine.RunFilter{Limit: 1})
	if err != nil {
		return err
	}
	sent, err := d.system.Practice.Shop.Send(ctx, practice.NewOrder{Total: total})
	if ctx.Err() != nil {
		return ctx.Err() // an order that was not sent to its end is not lost
	}
	if err != nil {
		return err
	}
	d.Orders++
	if len(sent.Deliveries) == 0 {
		d.tell("! order %s was sent to nobody\n", sent.Name)
		return nil
	}
	if refused := sent.Deliveries[0]; !refused.OK() {
		d.tell("! order %s was not accepted: status %d %s\n", sent.Name, refused.Status, refused.Error)
		return nil
	}
	delivery := sent.Deliveries[0]
	d.tell("\norder    %s from %s, %s %s\n", sent.Name, sent.Customer, sent.Total, sent.Currency)
	d.tell("event    %s accepted (%d)\n", delivery.WebhookID, delivery.Status)
	run, err := d.follow(ctx, delivery.WebhookID, before)
	if err != nil {
		return err
	}
	for _, s := range run.Steps {
		d.tell("step     %s: %s%s\n", s.Step, s.State, note(s))
	}
	messages := d.system.Practice.Slack.Messages()
	for _, m := range messages[d.messages:] {
		d.tell("message  %s: %s\n", m.Channel, m.Text)
		d.Out++
	}
	d.messages = len(messages)
	d.tell("run      %d %s\n", run.ID, run.State)
	if run.State == engine.Filtered {
		d.Filtered++
	}
	return nil
}

func note(s engine.StepRun) string {
	switch {
	case s.Failure != nil:
		return " (" + s.Failure.Message + ")"
	case s.Note != "":
		return " (" + s.Note + ")"
	}
	return ""
}

// follow waits for the end of the event's run, which is none of before. If the order was fetched before its
// delivery came, that run has another key.
func (d *demo) follow(ctx context.Context, key string, before []engine.Run) (engine.Run, error) {
	filter := engine.RunFilter{Limit: 20}
	if len(before) > 0 {
		filter.After = before[0].ID
	}
	for {
		runs, err := d.system.Runs(ctx, filter)
		if err != nil {
			return engine.Run{}, err
		}
		for _, r := range runs {
			if (r.EventKey == key || r.Recovered) && !r.State.Active() {
				return d.system.Store.Run(ctx, r.ID)
			}
		}
		select {
		case <-ctx.Done():
			return engine.Run{}, ctx.Err()
		case <-d.changes:
		}
	}
}
