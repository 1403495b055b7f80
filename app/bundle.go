package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) bundleCommand() *cobra.Command {
	var o boot.BundleOptions
	var passphraseFile string
	cmd := &cobra.Command{
		Use: "bundle FILE", Short: "Put all data into one file, for safe keeping or for another computer", Args: positional(cobra.ExactArgs(1)),
		Long: "Puts recipes with their versions, connections, tables, settings and your own connectors into FILE, while Bellhop works.\n" +
			"`bellhop restore` puts them in place again, here or on another computer. With --with-secrets the secrets of the connections\n" +
			"are in it, encrypted under a passphrase, which is asked for: write it down. With --with-history all runs are in it, too.",
		Example: "  bellhop bundle bellhop.bellhop --with-secrets\n  bellhop bundle everything.bellhop --with-secrets --with-history --passphrase-file passphrase.txt",
	}
	cmd.Flags().BoolVar(&o.Secrets, "with-secrets", false, "with the secrets of the connections, under a passphrase")
	cmd.Flags().BoolVar(&o.History, "with-history", false, "with all runs and what came in")
	cmd.Flags().StringVar(&passphraseFile, "passphrase-file", "", "`file` whose first line is the passphrase, instead of asking")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) (err error) {
		path, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		if err := boot.MayBundle(path); err != nil {
			return err
		}
		if err := losesNothing(ctx, path, o); err != nil {
			return err
		}
		if o.Secrets {
			if o.Passphrase, err = c.passphrase(ctx, passphraseFile, true); err != nil {
				return err
			}
		}
		made, err := d.Bundle(ctx, path, o)
		if err != nil {
			return err
		}
		if !o.History && made.UnderWay > 0 {
			c.complain(fmt.Sprintf("Take care: %d runs are under way, and they are not in the file. Let them end and make it again, or add --with-history.", made.UnderWay))
		}
		return c.printContents(path, made)
	})
	return cmd
}

// losesNothing refuses to replace a file by one that would hold less: it may be the only copy.
func losesNothing(ctx context.Context, path string, o boot.BundleOptions) error {
	old, err := boot.InspectBundle(ctx, path, "")
	if err != nil {
		return nil //nolint:nilerr // there is none, or what it is will be said when it is to be replaced
	}
	for _, part := range []struct {
		lost       bool
		what, flag string
	}{
		{old.Secrets && !o.Secrets, "the secrets of the connections", "--with-secrets"},
		{old.History && !o.History, "the runs", "--with-history"},
	} {
		if part.lost {
			return engine.Errorf(engine.Conflict, "%s holds %s, and the new file would not. Add %s, choose another name, or remove the old file first.", path, part.what, part.flag)
		}
	}
	return nil
}

func (c *cli) restoreCommand() *cobra.Command {
	var o boot.RestoreOptions
	var check bool
	var passphraseFile string
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Put the data of such a file in the place of the data here", Args: positional(cobra.ExactArgs(1)),
		Long: "Puts the data of a file that `bellhop bundle` made in the place of the data here. Bellhop must not be running. All of it\n" +
			"is checked first; the data from before is kept in a folder of its own. Runs that were under way when the file was\n" +
			"made are held until you look at them. With --check it only says what is in the file and whether it is whole.",
	}
	cmd.Flags().BoolVar(&check, "check", false, "change nothing; say what is in the file, and whether it is whole")
	cmd.Flags().BoolVar(&o.WithoutSecrets, "without-secrets", false, "leave the secrets in the file, such as when the passphrase is lost")
	cmd.Flags().StringVar(&passphraseFile, "passphrase-file", "", "`file` whose first line is the passphrase, instead of asking")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx := cmd.Context()
		path, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		contents, err := boot.InspectBundle(ctx, path, "")
		if err != nil {
			return err
		}
		if contents.Secrets && !o.WithoutSecrets && (!check || passphraseFile != "") {
			if o.Passphrase, err = c.passphrase(ctx, passphraseFile, false); err != nil {
				return err
			}
		}
		if check {
			if o.Passphrase != "" {
				if _, err := boot.InspectBundle(ctx, path, o.Passphrase); err != nil {
					return err
				}
			}
			c.takeZone(ctx)
			return c.printContents(path, contents)
		}
		_, replaced, err := boot.Restore(ctx, c.config(), path, o)
		if err != nil {
			return err
		}
		if c.json {
			return c.printJSON(replaced)
		}
		c.takeZone(ctx)
		fmt.Fprintln(c.out, printable(replaced.Sentence(c.now().Location())))
		if on := onOf(contents); len(on) > 0 {
			fmt.Fprintf(c.out, "On, and at work as soon as Bellhop is started: %s. If Bellhop with these recipes still runs on another computer, quit it there first, or everything is done twice.\n",
				printable(strings.Join(on, ", ")))
		}
		return nil
	}
	return cmd
}

func onOf(contents boot.Contents) (names []string) {
	for _, r := range contents.Recipes {
		if r.On {
			names = append(names, r.Name)
		}
	}
	return names
}

// printContents says what is in a bundle.
func (c *cli) printContents(path string, contents boot.Contents) error {
	if c.json {
		return c.printJSON(struct {
			File string `json:"file"`
			boot.Contents
		}{path, contents})
	}
	list := func(what string, names []string, besides string) {
		says := fmt.Sprint(len(names))
		if len(names) > 0 {
			says += besides + ": " + strings.Join(names, ", ")
		}
		fmt.Fprintf(c.out, "%-12s %s\n", what, printable(says))
	}
	var recipes []string
	for _, r := range contents.Recipes {
		recipes = append(recipes, r.Name)
	}
	fmt.Fprintf(c.out, "%-12s %s\n", "file", printable(path))
	fmt.Fprintf(c.out, "%-12s %s, by Bellhop %s\n", "made", c.clock(contents.MadeAt), printable(contents.Version))
	list("recipes", recipes, fmt.Sprintf(", of which %d on", len(onOf(contents))))
	list("connections", contents.Connections, map[bool]string{true: ", with their secrets", false: ", without their secrets"}[contents.Secrets])
	list("tables", contents.Tables, "")
	list("connectors", contents.Connectors, "")
	history := "not in it"
	if contents.History {
		history = fmt.Sprintf("%d runs", contents.Runs)
	}
	_, err := fmt.Fprintf(c.out, "%-12s %s\n%-12s %s\n", "history", history, "size", megabytes(contents.Bytes()))
	return err
}

// longestPassphrase is how long a passphrase may be, in bytes.
const longestPassphrase = 1 << 10

// passphrase reads a passphrase from a file's first line, or asks for it; twice if it is a new one and a
// person types it.
func (c *cli) passphrase(ctx context.Context, file string, isNew bool) (string, error) {
	if file != "" {
		text, err := c.read(ctx, file, longestPassphrase)
		if err != nil {
			return "", engine.Wrap(err, engine.Unavailable, "The passphrase cannot be read from %s: %s.", file, engine.Cause(err))
		}
		line, _, _ := strings.Cut(string(text), "\n")
		return strings.TrimSuffix(line, "\r"), nil
	}
	first, err := c.askHidden(ctx, "Passphrase for the secrets (it is not shown as you type): ")
	if err != nil || !isNew || !c.asks() {
		return first, err
	}
	again, err := c.askHidden(ctx, "Once more: ")
	if err == nil && again != first {
		return "", engine.Errorf(engine.Invalid, "These are two different passphrases. Nothing was done.")
	}
	return first, err
}
