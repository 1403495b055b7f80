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

func (c *cli) diagnoseCommand() *cobra.Command {
	var o boot.DiagnosisOptions
	cmd := &cobra.Command{
		Use: "diagnose FILE.zip", Short: "Write a file for whoever helps you, without secrets", Args: positional(cobra.ExactArgs(1)),
		Long: "Writes versions, what the doctor says, settings, numbers and the logs into FILE.zip. Secrets, e-mail addresses and\n" +
			"whatever looks like a secret are taken out; orders and messages are not in it at all. It is a zip file: look at it\n" +
			"before you send it to anybody.",
	}
	cmd.Flags().BoolVar(&o.Recipes, "recipes", false, "with the recipes, in which texts and addresses of yours may stand")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		path, err := filepath.Abs(args[0])
		if err != nil {
			return err
		}
		if err := c.diagnose(cmd.Context(), path, o); err != nil {
			return err
		}
		return c.say(map[string]any{"file": path}, "%s\n", printable(path))
	}
	return cmd
}

// diagnose writes a diagnosis, with what the doctor says.
func (c *cli) diagnose(ctx context.Context, path string, o boot.DiagnosisOptions) error {
	var report strings.Builder
	for _, f := range c.examine(ctx) {
		fmt.Fprintln(&report, f.line())
	}
	o.Doctor = report.String()
	d, err := boot.OpenData(ctx, c.config())
	if err != nil {
		return engine.Wrap(err, engine.ErrorCode(err), "The data cannot be read, so there is only what the doctor says:\n%s", o.Doctor)
	}
	defer func() { _ = d.Close() }() // it was only read
	return d.Diagnose(ctx, path, o)
}
