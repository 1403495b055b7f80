package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) proxyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "proxy", Short: "Say what requests go out through, and whether it answers", Args: positional(cobra.NoArgs),
		Long: "Say which proxy requests go out through, whether a password is kept for it, and whether it answers. Without one in the\n" +
			"settings it is the one that the environment names (HTTPS_PROXY, HTTP_PROXY). Exit code 1 if it does not let Bellhop through.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			p, err := d.Proxy(ctx)
			if err != nil {
				return err
			}
			wrong := d.TryProxy(ctx)
			if err := c.printProxy(p, wrong); err != nil {
				return err
			}
			if wrong != nil {
				return quietError{}
			}
			return nil
		}),
	}
	cmd.AddCommand(c.proxyUseCommand(), c.proxyOffCommand())
	return cmd
}

func (c *cli) proxyUseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "use ADDRESS", Short: "Let requests go out through a proxy", Args: positional(cobra.ExactArgs(1)),
		Long: "Let requests go out through a proxy, such as http://proxy.example:3128 or socks5://127.0.0.1:1080. If it wants to know who\n" +
			"asks, write the user name into the address. The password is asked for, or read from standard input, and kept where secrets are.",
		Example: "  bellhop proxy use http://ann@proxy.example:3128 < password.txt",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			address, written := engine.SplitProxy(args[0])
			if written != "" {
				return engine.Errorf(engine.Invalid, "Leave the password out of the address: what stands in a command, others can read. It is asked for.")
			}
			if err := (engine.Settings{Proxy: address}).Check(); err != nil {
				return err
			}
			password := ""
			if engine.ProxyUser(address) != "" {
				var err error
				if password, err = c.askHidden(ctx, "Password for the proxy (Enter alone keeps the one there is): "); err != nil {
					return err
				}
			}
			err := d.ChangeSettings(ctx, func(s *engine.Settings) { s.Proxy = engine.JoinProxy(address, password) })
			if err != nil {
				return err
			}
			return c.say(map[string]any{"address": address}, "kept; `bellhop proxy` says whether it answers\n")
		}),
	}
}

func (c *cli) proxyOffCommand() *cobra.Command {
	return &cobra.Command{
		Use: "off", Short: "Go by the computer's environment again", Args: positional(cobra.NoArgs),
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			if err := d.ChangeSettings(ctx, func(s *engine.Settings) { s.Proxy = "" }); err != nil {
				return err
			}
			return c.say(map[string]any{"address": ""}, "there is no proxy in the settings any more\n")
		}),
	}
}

func (c *cli) printProxy(p boot.Proxy, wrong error) error {
	if c.json {
		says := ""
		if wrong != nil {
			says = c.sentence(wrong)
		}
		return c.printJSON(struct {
			boot.Proxy
			Answers bool   `json:"answers"`
			Problem string `json:"problem,omitempty"`
		}{p, p.Address != "" && wrong == nil, says})
	}
	if p.Address == "" {
		_, err := fmt.Fprintln(c.out, "none: requests go out directly")
		return err
	}
	kept := "none"
	if p.Password {
		kept = "kept"
	}
	state := "it answers"
	if wrong != nil {
		state = c.sentence(wrong)
	}
	_, err := fmt.Fprintf(c.out, "%-10s %s\n%-10s %s\n%-10s %s\n", "proxy", printable(p.Address+proxyOrigin(p)), "password", kept, "state", printable(state))
	return err
}
