package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/desk"
)

// runRow is a run as the command line prints it; scripts rely on its keys.
type runRow struct {
	ID       int64      `json:"id"`
	Recipe   string     `json:"recipe"`
	RecipeID int64      `json:"recipe_id"`
	Version  int        `json:"version"`
	EventID  string     `json:"event_id"`
	Title    string     `json:"title,omitempty"`
	State    string     `json:"state"`
	Created  *time.Time `json:"created"`
	Started  *time.Time `json:"started"`
	Finished *time.Time `json:"finished"`
	// Due is when the run goes on by itself, while it waits.
	Due      *time.Time `json:"due,omitempty"`
	Error    *string    `json:"error"` // null if nothing went wrong
	ReplayOf int64      `json:"replay_of,omitempty"`
	// Recovered is true if the event was missed and fetched later.
	Recovered bool `json:"recovered,omitempty"`
	// CalledBy is the run that started this one.
	CalledBy int64     `json:"called_by,omitempty"`
	Steps    []stepRow `json:"steps"`
}

type stepRow struct {
	ID       string          `json:"id"`
	Round    string          `json:"round,omitempty"`
	Use      string          `json:"use"`
	State    string          `json:"state"`
	Attempts int             `json:"attempts"`
	Error    *string         `json:"error"`
	Note     string          `json:"note,omitempty"`
	Input    json.RawMessage `json:"input,omitempty"`
	Output   json.RawMessage `json:"output,omitempty"`
	Tries    []tryRow        `json:"tries,omitempty"`
}

type tryRow struct {
	Started  *time.Time          `json:"started"`
	Finished *time.Time          `json:"finished"`
	Request  *engine.SentRequest `json:"request,omitempty"`
	Response *engine.Response    `json:"response,omitempty"`
	Error    *string             `json:"error"`
}

// newRunRow puts a run into its printed form; whole adds what went in and out of each step.
func newRunRow(r engine.Run, whole bool) runRow {
	row := runRow{
		ID: r.ID, Recipe: r.RecipeName, RecipeID: r.RecipeID, Version: r.Version, EventID: r.EventKey, Title: r.Title,
		State: string(r.State), Created: timeOrNil(r.CreatedAt), Started: timeOrNil(r.StartedAt), Finished: timeOrNil(r.FinishedAt),
		Error: failureText(r.Failure), ReplayOf: r.ReplayOf, Recovered: r.Recovered, CalledBy: r.CalledBy, Steps: []stepRow{},
	}
	if r.State == engine.Waiting {
		row.Due = timeOrNil(r.DueAt)
	}
	for _, s := range r.Steps {
		step := stepRow{
			ID: s.Step, Round: s.Round, Use: s.Use, State: string(s.State), Attempts: len(s.Attempts), Error: failureText(s.Failure), Note: s.Note,
		}
		if whole {
			step.Input, step.Output = s.Input, s.Output
			for _, a := range s.Attempts {
				step.Tries = append(step.Tries, tryRow{
					Started: timeOrNil(a.StartedAt), Finished: timeOrNil(a.FinishedAt),
					Request: a.Request, Response: a.Response, Error: failureText(a.Failure),
				})
			}
		}
		row.Steps = append(row.Steps, step)
	}
	return row
}

func failureText(f *engine.Failure) *string {
	if f == nil {
		return nil
	}
	return &f.Message
}

func (c *cli) runsCommand() *cobra.Command {
	var recipe, state string
	var limit int
	var recovered bool
	cmd := &cobra.Command{
		Use: "runs", Short: "List runs, newest first", Args: positional(cobra.NoArgs),
		Long: "List runs, newest first: a table on a terminal, one JSON object a line in a pipe,\na JSON array with --json.",
	}
	cmd.Flags().StringVar(&recipe, "recipe", "", "only those of this recipe (name or id)")
	cmd.Flags().StringVar(&state, "state", "", "only those in this `state`: "+stateNames())
	cmd.Flags().BoolVar(&recovered, "recovered", false, "only those whose events were missed at first, and fetched later")
	cmd.Flags().IntVar(&limit, "limit", 100, "at most this many")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
		filter := engine.RunFilter{Recovered: recovered, Limit: limit}
		if limit < 1 {
			return usageError{fmt.Errorf("--limit is 1 or more, not %d", limit)}
		}
		if state != "" {
			if !engine.State(state).Valid() {
				return usageError{fmt.Errorf("--state is one of %s, not %q", stateNames(), state)}
			}
			filter.States = []engine.State{engine.State(state)}
		}
		if recipe != "" {
			r, err := d.FindRecipe(ctx, recipe)
			if err != nil {
				return err
			}
			filter.RecipeID = r.ID
		}
		runs, err := d.Runs(ctx, filter)
		if err != nil {
			return err
		}
		rows := make([]runRow, len(runs))
		for i, r := range runs {
			whole, err := d.Store.Run(ctx, r.ID)
			if err != nil {
				return err
			}
			rows[i] = newRunRow(whole, false)
		}
		return printList(c, rows, true, "id recipe event state started error", func(r runRow) []string {
			what := r.Title
			if what == "" {
				what = r.EventID
			}
			if r.Recovered {
				what += " (recovered)"
			}
			started, failure := time.Time{}, ""
			if r.Started != nil {
				started = *r.Started
			}
			if r.Error != nil {
				failure = *r.Error
			}
			return []string{strconv.FormatInt(r.ID, 10), r.Recipe, what, r.State, c.clock(started), failure}
		})
	})
	return cmd
}

func stateNames() string {
	names := make([]string, len(engine.States))
	for i, s := range engine.States {
		names[i] = string(s)
	}
	return strings.Join(names, ", ")
}

func (c *cli) runCommand() *cobra.Command {
	return &cobra.Command{
		Use: "run ID", Short: "Print one run with all that went in and out", Args: positional(cobra.ExactArgs(1)),
		RunE: c.withRun(func(ctx context.Context, d *boot.Data, id int64) error {
			r, err := d.Store.Run(ctx, id)
			if err != nil {
				return err
			}
			return c.printJSON(newRunRow(r, true))
		}),
	}
}

// withRun runs a command on the run whose id is the argument.
func (c *cli) withRun(use func(ctx context.Context, d *boot.Data, id int64) error) func(*cobra.Command, []string) error {
	return c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		id, err := strconv.ParseInt(args[0], 10, 64)
		if err != nil {
			return usageError{fmt.Errorf("a run's ID is a number, as `bellhop runs` lists it, not %q", args[0])}
		}
		return use(ctx, d, id)
	})
}

func (c *cli) retryCommand() *cobra.Command {
	var from string
	cmd := &cobra.Command{
		Use: "retry ID", Short: "Run a run again from the step that failed, or all that failed",
		Long: "Run a run again from the step that failed, in the recipe as it is now. A run that succeeded has no such\n" +
			"step: say where to begin with --from, or run its event again as a new run with `bellhop replay`.\n\n" +
			"With --all instead of an ID all runs are meant that failed or are held, the oldest first; --state, --recipe,\n" +
			"--since, --until and --limit say which.",
	}
	cmd.Flags().StringVar(&from, "from", "", "begin at this `step` instead")
	all := addMany(cmd)
	cmd.RunE = c.oneOrAll(all, func(ctx context.Context, d *boot.Data, filter engine.RunFilter) (desk.Bulk, error) {
		if from != "" {
			return desk.Bulk{}, usageError{errors.New("--from is for one run, not for --all")}
		}
		return d.RetryAll(ctx, filter)
	}, "go on", c.withRun(func(ctx context.Context, d *boot.Data, id int64) error {
		run, err := d.Store.Run(ctx, id)
		if err != nil {
			return err
		}
		if run.State == engine.Succeeded && from == "" {
			// A script that says it twice must not do everything twice.
			return engine.Errorf(engine.Conflict,
				"Run %d succeeded, so there is no failed step to begin at. Say where with --from STEP, or use: bellhop replay %d", id, id)
		}
		if err := d.Retry(ctx, id, from); err != nil {
			return err
		}
		return c.say(map[string]any{"id": id, "state": engine.Queued}, "run %d goes on\n", id)
	}))
	return cmd
}

func (c *cli) replayCommand() *cobra.Command {
	var draft bool
	cmd := &cobra.Command{
		Use: "replay ID", Short: "Run a run's event again as a new run, or those of many",
		Long: "Run a run's event again as a new run, in the recipe as it is published, or as its draft is with --draft: what\n" +
			"its steps send is sent for real. To see what would be sent, use `bellhop try`.\n\n" +
			"With --all instead of an ID the events of many runs are run again, the oldest first; --state, --recipe, --since,\n" +
			"--until and --limit say which, and at least one of them must.",
	}
	cmd.Flags().BoolVar(&draft, "draft", false, "run the recipe's draft")
	all := addMany(cmd)
	cmd.RunE = c.oneOrAll(all, func(ctx context.Context, d *boot.Data, filter engine.RunFilter) (desk.Bulk, error) {
		if !all.narrowed() {
			return desk.Bulk{}, usageError{errors.New("say which runs are to be replayed: --state, --recipe, --since, --until or --limit")}
		}
		return d.ReplayAll(ctx, filter, draft)
	}, "are replayed", c.withRun(func(ctx context.Context, d *boot.Data, id int64) error {
		replay := d.Replay
		if draft {
			replay = d.ReplayDraft
		}
		again, err := replay(ctx, id)
		if err != nil {
			return err
		}
		return c.say(map[string]any{"id": again, "replay_of": id, "state": engine.Queued}, "run %d repeats run %d\n", again, id)
	}))
	return cmd
}

func (c *cli) cancelCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "cancel ID", Short: "Stop a run, or all that are not over",
		Long: "Stop a run. With --all instead of an ID all runs are stopped that are not over; --state, --recipe, --since,\n" +
			"--until and --limit say which.",
	}
	all := addMany(cmd)
	cmd.RunE = c.oneOrAll(all, func(ctx context.Context, d *boot.Data, filter engine.RunFilter) (desk.Bulk, error) {
		return d.CancelAll(ctx, filter)
	}, "are cancelled", c.withRun(func(ctx context.Context, d *boot.Data, id int64) error {
		if err := d.Cancel(ctx, id); err != nil {
			return err
		}
		return c.say(map[string]any{"id": id, "state": engine.Cancelled}, "run %d is cancelled\n", id)
	}))
	return cmd
}
