package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
)

func (c *cli) backupCommand() *cobra.Command {
	return &cobra.Command{
		Use: "backup [FILE]", Short: "Back the data up while Bellhop works", Args: positional(cobra.MaximumNArgs(1)),
		Long: "Writes the recipes, connections and runs to FILE, or to the folder backups in the data folder. The copy is\n" +
			"checked before it takes the place of an older backup. Secrets are not in it.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			path := ""
			if len(args) > 0 {
				var err error
				if path, err = filepath.Abs(args[0]); err != nil {
					return err
				}
			}
			made, err := d.BackUp(ctx, path)
			if err != nil {
				return err
			}
			if c.json {
				return c.printJSON(struct {
					File  string    `json:"file"`
					At    time.Time `json:"at"`
					Bytes int64     `json:"bytes"`
				}{made.Path, made.At, made.Bytes})
			}
			_, err = fmt.Fprintf(c.out, "%s (%s)\n", printable(made.Path), megabytes(made.Bytes))
			return err
		}),
	}
}

// megabytes says how large something is.
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }
