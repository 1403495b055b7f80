package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) recoveryCodeCommand() *cobra.Command {
	return &cobra.Command{
		Use: "recovery-code", Short: "Make a code that brings lost secrets back, and show it", Args: positional(cobra.NoArgs),
		Long: "Makes a code with which the secrets of your connections can be had back when their key or the keyring is lost, as long\n" +
			"as there is the data folder. Write it on paper: it is shown once and kept nowhere. One made before is useless from\n" +
			"then on. Whoever has both the code and the data folder can use your accounts.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			if !c.terminal() {
				return engine.Errorf(engine.Invalid, "The code is a secret and is only shown in a terminal, so that it gets into no file. Call bellhop recovery-code there.")
			}
			code, err := d.RecoveryCode(ctx)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.out, "\n    %s\n\nWrite it down and keep it apart from this computer. A code that you had before is useless now.\n"+
				"With `bellhop recover-secrets` it brings the secrets back.\n", code)
			return err
		}),
	}
}

func (c *cli) recoverSecretsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "recover-secrets", Short: "Bring lost secrets back by the recovery code", Args: positional(cobra.NoArgs),
		Long: "Asks for the recovery code and brings back those secrets that cannot be read any more. Those that can stay as they\n" +
			"are. If the computer has no keyring any more, say --secrets file, here and from then on.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			code, err := c.askHidden(ctx, "Recovery code (it is not shown as you type): ")
			if err != nil {
				return err
			}
			n, err := d.RecoverSecrets(ctx, code)
			if err != nil {
				return err
			}
			if n == 0 {
				return c.say(map[string]any{"recovered": 0}, "The code is right, and no secret was lost: all can be read.\n")
			}
			return c.say(map[string]any{"recovered": n}, "%d lost secrets are back. `bellhop doctor` says whether all is well.\n", n)
		}),
	}
}
