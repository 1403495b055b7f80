package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/desk"
)

// many is which runs a command is to change, where it is not one.
type many struct {
	command              *cobra.Command
	all                  bool
	states               []string
	recipe, since, until string
	limit                int
}

// choosing are the flags that say which of all runs are meant.
var choosing = []string{"state", "recipe", "since", "until", "limit"}

// addMany gives a command the flags that choose many runs, and lets it do without an ID then.
func addMany(cmd *cobra.Command) *many {
	m := &many{command: cmd}
	flags := cmd.Flags()
	flags.BoolVar(&m.all, "all", false, "all runs that the other flags choose, instead of one")
	flags.StringSliceVar(&m.states, "state", nil, "those in this `state`, several parted by commas: "+stateNames())
	flags.StringVar(&m.recipe, "recipe", "", "those of this recipe (name or id)")
	flags.StringVar(&m.since, "since", "", "those that came at or after a `time`: 2026-11-21, \"2026-11-21 14:30\", or 2h for two hours ago")
	flags.StringVar(&m.until, "until", "", "those that came before a `time`")
	flags.IntVar(&m.limit, "limit", 0, "the newest of them, at most this many")
	one := positional(cobra.ExactArgs(1))
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if !m.all {
			if m.narrowed() {
				return usageError{errors.New("--state, --recipe, --since, --until and --limit choose among many runs: add --all")}
			}
			return one(cmd, args)
		}
		if len(args) > 0 {
			return usageError{errors.New("say either the ID of one run or --all, not both")}
		}
		return nil
	}
	return m
}

// narrowed says whether any flag narrows the choice.
func (m *many) narrowed() bool {
	return slices.ContainsFunc(choosing, m.command.Flags().Changed)
}

func (m *many) filter(ctx context.Context, d *boot.Data) (filter engine.RunFilter, err error) {
	if m.command.Flags().Changed("state") && len(m.states) == 0 {
		return filter, usageError{errors.New("--state is given without a value")}
	}
	for _, state := range m.states {
		if !engine.State(state).Valid() {
			return filter, usageError{fmt.Errorf("--state is one of %s, not %q", stateNames(), state)}
		}
		filter.States = append(filter.States, engine.State(state))
	}
	if m.command.Flags().Changed("limit") && m.limit < 1 {
		return filter, usageError{fmt.Errorf("--limit is 1 or more, not %d", m.limit)}
	}
	filter.Limit = m.limit
	if filter.Since, err = pastTime("--since", m.since, d.Now()); err != nil {
		return filter, err
	}
	if filter.Until, err = pastTime("--until", m.until, d.Now()); err != nil {
		return filter, err
	}
	if m.recipe != "" {
		r, err := d.FindRecipe(ctx, m.recipe)
		if err != nil {
			return filter, err
		}
		filter.RecipeID = r.ID
	}
	return filter, nil
}

// pastTime reads a time as people write it on a command line, in the time zone of now, or how long
// ago it was; the zero one if there is none.
func pastTime(flag, given string, now time.Time) (time.Time, error) {
	given = strings.TrimSpace(given)
	if given == "" {
		return time.Time{}, nil
	}
	if ago, err := time.ParseDuration(given); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, given, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, usageError{fmt.Errorf(`%s is a time such as 2026-11-21, "2026-11-21 14:30", or 2h for two hours ago, not %q`, flag, given)}
}

// oneOrAll runs a command on one run, or on all that are chosen; done says what has become of those.
func (c *cli) oneOrAll(m *many, all func(context.Context, *boot.Data, engine.RunFilter) (desk.Bulk, error), done string,
	one func(*cobra.Command, []string) error,
) func(*cobra.Command, []string) error {
	these := c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
		filter, err := m.filter(ctx, d)
		if err != nil {
			return err
		}
		result, err := all(ctx, d, filter)
		if result.Done+result.Skipped > 0 || err == nil {
			if says := c.sayBulk(result, done); says != nil {
				return says
			}
		}
		return err
	})
	return func(cmd *cobra.Command, args []string) error {
		if m.all {
			return these(cmd, args)
		}
		return one(cmd, args)
	}
}

func (c *cli) sayBulk(result desk.Bulk, done string) error {
	if c.json {
		return c.printJSON(result)
	}
	fmt.Fprintf(c.out, "%d runs %s\n", result.Done, done)
	if result.Skipped > 0 {
		fmt.Fprintf(c.out, "%d were left as they are; of the first: %s\n", result.Skipped, printable(result.Why))
	}
	if result.More {
		fmt.Fprintf(c.out, "There are more than %d: say it again for the others.\n", desk.MaxBulk)
	}
	return nil
}
