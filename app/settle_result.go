package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/recipe"
)

// saySettled says whether a run goes on after one of its steps was decided about.
func (c *cli) saySettled(ctx context.Context, d *boot.Data, id int64) error {
	run, err := d.Store.Run(ctx, id)
	if err != nil {
		return err
	}
	says := "run %d goes on\n"
	if run.State == engine.Unsure {
		says = "of run %d something else is still in doubt\n"
	}
	return c.say(map[string]any{"id": id, "state": run.State}, says, id)
}

// arrivedAt says what later steps use of the results of a run's steps in doubt and was not given; "" if that is
// nothing. What is given must be of one step: where there is but one in doubt, it is filled in.
func arrivedAt(ctx context.Context, d *boot.Data, id int64, step, round *string, given map[string]string) (lacking string, err error) {
	run, err := d.Store.Run(ctx, id)
	if err != nil || run.State != engine.Unsure {
		return "", err // that nothing is in doubt is said by who decides
	}
	definition, err := d.Store.Version(ctx, run.RecipeID, run.Version)
	if err != nil {
		return "", err
	}
	var says, seen []string
	doubts := definition.Doubts(run)
	for _, s := range doubts {
		if *step != "" && (s.Step != *step || s.Round != *round) || slices.Contains(seen, s.Step) {
			continue
		}
		seen = append(seen, s.Step)
		for _, need := range recipe.Needs(definition, d.Catalog, s.Step) {
			if _, ok := given[need.Path]; ok {
				continue
			}
			what := fmt.Sprintf("%q", need.Path)
			if need.Path == "" {
				what = "all"
			}
			says = append(says, fmt.Sprintf("%s of %s (used by %s)", what, s.Step, strings.Join(need.By, ", ")))
		}
	}
	switch {
	case len(given) > 0 && *step == "" && len(doubts) == 1:
		*step, *round = doubts[0].Step, doubts[0].Round
	case len(given) > 0 && *step == "":
		return "", usageError{errors.New("several steps are in doubt: say with --step and --round which of them gave it")}
	}
	if len(says) == 0 {
		return "", nil
	}
	return "Later steps use what came back: " + strings.Join(says, "; ") +
		". Say what it was with --gave NAME=VALUE, go on all the same with --without-result, or stop the run with `bellhop cancel`.", nil
}
