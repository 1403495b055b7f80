package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/desk"
)

func (c *cli) importCommand() *cobra.Command {
	var on bool
	cmd := &cobra.Command{
		Use: "import FILE ...", Short: "Add recipes and connectors from files, or update those of the same name",
		Long: "Add recipes and connectors from files, or update those of the same name. FILE - is standard input; a folder stands for\n" +
			"the .yaml, .yml and .json files in it.",
		Args: positional(cobra.MinimumNArgs(1)),
	}
	cmd.Flags().BoolVar(&on, "on", false, "switch the recipes on")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		files, err := inFolders(args)
		if err != nil {
			return err
		}
		var failures []error
		var imported []engine.Recipe
		for _, file := range files {
			err := c.importFile(ctx, d, file, on, &imported)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil {
				failures = append(failures, err)
			}
		}
		// Not before all are there: they may need each other.
		for _, r := range imported {
			if err := c.warn(ctx, d, r.ID, r.Draft); err != nil {
				failures = append(failures, err)
			}
		}
		return c.all(failures)
	})
	return cmd
}

// all prints the errors of several files and ends the command with exit code 1 if there are any.
func (c *cli) all(failures []error) error {
	for _, err := range failures {
		fmt.Fprintln(c.err, c.sentence(err))
	}
	if len(failures) > 0 {
		return quietError{}
	}
	return nil
}

// importFile brings a file in, and adds what it was to imported if that is a recipe.
func (c *cli) importFile(ctx context.Context, d *boot.Data, file string, on bool, imported *[]engine.Recipe) error {
	data, err := c.readFile(ctx, file)
	if err != nil {
		return err
	}
	if boot.IsConnector(data) {
		name, added, err := d.ImportConnector(ctx, file, data)
		if err != nil {
			return err
		}
		unready, err := unready(ctx, d)
		if err != nil {
			return err
		}
		for _, says := range unready {
			c.complain("Take care, this recipe is on and cannot run: " + says)
		}
		what := map[bool]string{true: "added", false: "updated"}[added]
		return c.say(map[string]any{"connector": name, "added": added}, "%s the connector %q\n", what, name)
	}
	r, added, err := d.Import(ctx, file, data)
	if err != nil {
		return err
	}
	what := map[bool]string{true: "added", false: "updated"}[added]
	if on {
		if err := d.Switch(ctx, r.ID, true); err != nil {
			return fmt.Errorf("%w", engine.Wrap(err, engine.ErrorCode(err),
				"%s: the recipe was %s but cannot be switched on: %s", file, what, engine.ErrorMessage(err)))
		}
		r.On = true
	}
	*imported = append(*imported, r)
	state := map[bool]string{true: "on", false: "off"}[r.On]
	return c.say(map[string]any{"id": r.ID, "name": r.Name, "on": r.On, "added": added}, "%s %q (%s)\n", what, r.Name, state)
}

// warn says what is probably not meant in a recipe that was just imported or published.
func (c *cli) warn(ctx context.Context, d *boot.Data, id int64, definition engine.Definition) error {
	says, err := d.Warnings(ctx, id, definition)
	for _, one := range says {
		c.complain("Take care: " + one)
	}
	return err
}

// say prints one result: as JSON with --json, else as a sentence.
func (c *cli) say(data map[string]any, format string, args ...any) error {
	if c.json {
		return c.printJSON(data)
	}
	_, err := fmt.Fprintf(c.out, format, args...)
	return err
}

func (c *cli) exportCommand() *cobra.Command {
	var folder string
	cmd := &cobra.Command{
		Use: "export RECIPE", Short: "Print a recipe as YAML, or write all recipes into a folder",
		Long: "Prints a recipe as YAML. With --all, writes all recipes into a folder, a file each; `bellhop import` of that folder\n" +
			"brings them in again.",
		Args: positional(func(cmd *cobra.Command, args []string) error {
			if folder != "" {
				return cobra.NoArgs(cmd, args)
			}
			return cobra.ExactArgs(1)(cmd, args)
		}),
		ValidArgsFunction: c.completeRecipe,
	}
	cmd.Flags().StringVar(&folder, "all", "", "write all recipes into this `folder`")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		if folder != "" {
			n, err := d.ExportAll(ctx, folder)
			if err != nil {
				return err
			}
			return c.say(map[string]any{"folder": folder, "recipes": n}, "%d recipes are in %s\n", n, folder)
		}
		r, err := d.FindRecipe(ctx, args[0])
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(r.Draft)
		}
		file, err := d.Export(ctx, r.ID)
		if err == nil {
			_, err = c.out.Write(file)
		}
		return err
	})
	return cmd
}

func (c *cli) checkCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE ...", Short: "Say what is wrong with recipe and connector files",
		Long: "Say what is wrong with recipe and connector files, as FILE:LINE:COLUMN: SENTENCE. FILE - is standard input.\n" +
			"Whether the connections of a recipe exist is not checked: it may be meant for another computer.",
		Args: positional(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			checker, err := boot.OpenChecker(c.dir)
			if err != nil {
				return err
			}
			var failures []error
			problems := engine.Problems{}
			for _, file := range files {
				data, err := c.readFile(cmd.Context(), file)
				if cmd.Context().Err() != nil {
					return cmd.Context().Err()
				}
				if err == nil {
					err = checker.Check(file, data).Err()
				}
				if found, ok := errors.AsType[engine.Problems](err); ok && c.json {
					problems = append(problems, found...)
				} else if err != nil {
					failures = append(failures, err)
				} else if !c.json {
					fmt.Fprintf(c.out, "%s: fine\n", file)
				}
			}
			if c.json {
				if err := c.printJSON(problems); err != nil {
					return err
				}
				if len(problems) > 0 && len(failures) == 0 {
					return quietError{}
				}
			}
			return c.all(failures)
		},
	}
}

// recipeRow is a recipe as the command line lists it.
type recipeRow struct {
	ID        int64      `json:"id"`
	Name      string     `json:"name"`
	On        bool       `json:"on"`
	Trigger   string     `json:"trigger"`
	LastRun   *time.Time `json:"last_run"`
	LastState string     `json:"last_state,omitempty"`
	Published int        `json:"published"`
	Changed   bool       `json:"changed"`
	Summary   string     `json:"summary"`
}

func newRecipeRow(card desk.RecipeCard) recipeRow {
	row := recipeRow{
		ID: card.ID, Name: card.Name, On: card.On, Trigger: card.Draft.Trigger.Use,
		Published: card.Published, Changed: card.Changed, Summary: card.Summary,
	}
	if last := card.Stats.Last; last != nil {
		row.LastRun, row.LastState = timeOrNil(last.CreatedAt), string(last.State)
	}
	return row
}

func (c *cli) recipesCommand() *cobra.Command {
	return &cobra.Command{
		Use: "recipes", Short: "List the recipes", Args: positional(cobra.NoArgs),
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			cards, err := d.Recipes(ctx)
			if err != nil {
				return err
			}
			rows := make([]recipeRow, len(cards))
			for i, card := range cards {
				rows[i] = newRecipeRow(card)
			}
			return printList(c, rows, false, "id name on trigger last_run", func(r recipeRow) []string {
				last := "never"
				if r.LastRun != nil {
					last = c.clock(*r.LastRun) + " " + r.LastState
				}
				return []string{strconv.FormatInt(r.ID, 10), r.Name, map[bool]string{true: "on", false: "off"}[r.On], r.Trigger, last}
			})
		}),
	}
}

func (c *cli) switchCommand(name string, on bool) *cobra.Command {
	return &cobra.Command{
		Use: name + " RECIPE", Short: "Switch a recipe " + name, Args: positional(cobra.ExactArgs(1)),
		ValidArgsFunction: c.completeRecipe,
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			r, err := d.FindRecipe(ctx, args[0])
			if err != nil {
				return err
			}
			if err := d.Switch(ctx, r.ID, on); err != nil {
				return err
			}
			if on && r.Published == 0 {
				if err := c.warn(ctx, d, r.ID, r.Draft); err != nil {
					return err
				}
			}
			return c.say(map[string]any{"id": r.ID, "name": r.Name, "on": on}, "%q is %s\n", r.Name, name)
		}),
	}
}

func (c *cli) addressCommand() *cobra.Command {
	return &cobra.Command{
		Use: "address RECIPE", Short: "Print where a recipe's webhooks go", Args: positional(cobra.ExactArgs(1)),
		ValidArgsFunction: c.completeRecipe,
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			r, err := d.FindRecipe(ctx, args[0])
			if err != nil {
				return err
			}
			addresses, err := d.Addresses(ctx, r)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(addresses)
			}
			for _, a := range addresses {
				fmt.Fprintln(c.out, a)
			}
			return nil
		}),
	}
}
