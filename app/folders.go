package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
)

func (c *cli) foldersCommand() *cobra.Command {
	list := c.withData(func(ctx context.Context, d *boot.Data, _ []string) error { return c.listFolders(ctx, d) })
	cmd := &cobra.Command{
		Use: "folders", Short: "List the folders that recipes may use, add or remove one", Args: positional(cobra.NoArgs), RunE: list,
		Long: "Recipes read and write files only in folders that you chose, and in those within them. Until you choose any,\n" +
			"that is Documents/Bellhop. The first one counts where a recipe names none.",
		Example: "  bellhop folders add ~/Documents/Invoices\n  bellhop folders remove ~/Documents/Invoices",
	}
	cmd.AddCommand(
		&cobra.Command{Use: "list", Short: "List the folders", Args: positional(cobra.NoArgs), RunE: list},
		&cobra.Command{
			Use: "add FOLDER", Short: "Let recipes use a folder", Args: positional(cobra.ExactArgs(1)),
			RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
				if _, err := d.AddFolder(ctx, args[0]); err != nil {
					return err
				}
				return c.listFolders(ctx, d)
			}),
		},
		&cobra.Command{
			Use: "remove FOLDER", Short: "Let recipes use a folder no longer; what is in it stays", Args: positional(cobra.ExactArgs(1)),
			RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
				folder, err := filepath.Abs(args[0])
				if err != nil {
					return err
				}
				if err := d.RemoveFolder(ctx, folder); err != nil {
					return err
				}
				return c.listFolders(ctx, d)
			}),
		},
	)
	return cmd
}

func (c *cli) listFolders(ctx context.Context, d *boot.Data) error {
	folders, err := d.Folders(ctx)
	if err != nil {
		return err
	}
	if c.json {
		return c.printJSON(append([]string{}, folders...))
	}
	for _, folder := range folders {
		fmt.Fprintln(c.out, printable(folder))
	}
	return nil
}
