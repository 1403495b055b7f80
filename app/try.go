package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/desk"
	"bellhop/engine/dryrun"
)

func (c *cli) tryCommand() *cobra.Command {
	var t desk.Trial
	var events []string
	var file string
	cmd := &cobra.Command{
		Use: "try RECIPE", Short: "Say what a recipe would do with past events, without doing it", Args: positional(cobra.ExactArgs(1)),
		ValidArgsFunction: c.completeRecipe,
		Long: "Say what a recipe would do with past events, without doing it: nothing is sent and nothing stored. Requests are\n" +
			"shown without secrets, and answered by the example that Bellhop has of the app's answer; waits are over at once.\n" +
			"Without --event and --with it is tried on its last 20 events.",
		Example: "  bellhop try \"Big orders\" --draft --last 100\n  bellhop try \"Big orders\" --with order.json",
	}
	flags := cmd.Flags()
	flags.BoolVar(&t.Draft, "draft", false, "try the draft instead of what is published")
	flags.IntVar(&t.Version, "version", 0, "try the version of this `number`")
	flags.IntVar(&t.Last, "last", desk.DefaultTrialEvents, "try so many of the last events")
	flags.StringArrayVar(&events, "event", nil, "try the event of this `id`, the event_id that `bellhop runs` prints (can be repeated)")
	flags.StringVar(&file, "with", "", "try the data of a `file` as if they had come as an event; - is standard input")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		if t.Last < 1 || t.Last > dryrun.MaxEvents {
			return usageError{fmt.Errorf("--last is 1 to %d, not %d", dryrun.MaxEvents, t.Last)}
		}
		if t.Draft && flags.Changed("version") {
			return usageError{errors.New("say either --draft or --version, not both")}
		}
		r, err := d.FindRecipe(ctx, args[0])
		if err != nil {
			return err
		}
		for _, key := range events {
			event, err := d.Store.EventByKey(ctx, r.ID, key)
			if err != nil {
				return err
			}
			t.Events = append(t.Events, event.ID)
		}
		if file != "" {
			if t.Data, err = c.readFile(ctx, file); err != nil {
				return err
			}
		}
		result, err := d.DryRun(ctx, r.ID, t)
		if err != nil {
			return err
		}
		return c.printTrial(result)
	})
	return cmd
}

// trialRow is what would become of one event, as the command line prints it; scripts rely on its keys.
type trialRow struct {
	EventID string     `json:"event_id"`
	Title   string     `json:"title,omitempty"`
	State   string     `json:"state"`
	Error   *string    `json:"error"`
	Apps    []string   `json:"apps"`
	Steps   []triedRow `json:"steps"`
}

type triedRow struct {
	ID    string          `json:"id"`
	Round string          `json:"round,omitempty"`
	Use   string          `json:"use"`
	State string          `json:"state"`
	Note  string          `json:"note,omitempty"`
	Error *string         `json:"error"`
	Input json.RawMessage `json:"input,omitempty"`
	// Request is what would have been sent, without secrets.
	Request *engine.SentRequest `json:"request,omitempty"`
}

func newTrialRow(o dryrun.Outcome) trialRow {
	row := trialRow{
		EventID: o.Event.Key, Title: o.Run.Title, State: string(o.Run.State), Error: failureText(o.Run.Failure),
		Apps: append([]string{}, o.Apps...), Steps: []triedRow{},
	}
	for _, s := range o.Run.Steps {
		step := triedRow{
			ID: s.Step, Round: s.Round, Use: s.Use, State: string(s.State), Note: s.Note, Error: failureText(s.Failure), Input: s.Input,
		}
		for _, a := range s.Attempts {
			step.Request = a.Request
		}
		row.Steps = append(row.Steps, step)
	}
	return row
}

// printTrial prints a paragraph for each event and the sum of all; with --json all that is known.
func (c *cli) printTrial(result dryrun.Result) error {
	rows := make([]trialRow, len(result.Outcomes))
	for i, o := range result.Outcomes {
		rows[i] = newTrialRow(o)
	}
	if c.json {
		return c.printJSON(map[string]any{"summary": result.Summary(), "apps": result.Apps, "states": result.States, "events": rows})
	}
	for _, row := range rows {
		title := row.Title
		if title == "" {
			title = row.EventID
		}
		fmt.Fprintf(c.out, "%s: %s\n", printable(title), row.State)
		for _, s := range row.Steps {
			fmt.Fprintf(c.out, "  %s\n", printable(s.sentence()))
		}
		if row.Error != nil && len(row.Steps) == 0 {
			fmt.Fprintf(c.out, "  %s\n", printable(*row.Error))
		}
	}
	_, err := fmt.Fprintln(c.out, result.Summary())
	return err
}

// sentence tells a step in a line.
func (s triedRow) sentence() string {
	name := s.ID
	if s.Round != "" {
		name += " (" + s.Round + ")"
	}
	parts := []string{name}
	switch {
	case s.Error != nil:
		parts = append(parts, s.State+": "+*s.Error)
	case s.Request != nil:
		parts = append(parts, "would send "+s.Request.Method+" "+s.Request.URL)
		if s.Request.Body != "" {
			parts = append(parts, s.Request.Body)
		}
	case s.Note != "":
		parts = append(parts, s.State+": "+s.Note)
	default:
		parts = append(parts, s.State)
	}
	return strings.Join(parts, "  ")
}
