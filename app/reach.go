package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

func (c *cli) reachCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "reach", Short: "Say whether apps on the internet reach Bellhop, or change how", Args: positional(cobra.NoArgs),
		Long: "Say whether deliveries of apps on the internet arrive, at which address, when that last worked, how much came in this\n" +
			"month, and which recipes are affected if nothing arrives. docs/reachable.md tells of each way.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			r, running, err := d.AskReach(ctx, false)
			if err != nil {
				return err
			}
			return c.printReach(r, running)
		}),
	}
	cmd.AddCommand(c.reachNgrokCommand(), c.reachAddressCommand(), c.reachOffCommand(), c.reachCheckCommand())
	return cmd
}

func (c *cli) reachNgrokCommand() *cobra.Command {
	var domain string
	cmd := &cobra.Command{
		Use: "ngrok", Short: "Let deliveries come in through your ngrok account", Args: positional(cobra.NoArgs),
		Long: "Let deliveries come in through your ngrok account. Its authtoken is read from standard input and kept where secrets\n" +
			"are kept; without any, the one that is kept goes on to be used. Without --domain the account's own address is used.",
		Example: "  bellhop reach ngrok < token.txt",
	}
	cmd.Flags().StringVar(&domain, "domain", "", "use this `domain` of your account")
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
		address, err := engine.CheckDomain(domain) // before a token is kept
		if err != nil {
			return err
		}
		line, err := c.askHidden(ctx, "Paste the authtoken of your ngrok account (Enter alone keeps the one there is): ")
		if err != nil {
			return err
		}
		if token := strings.TrimSpace(line); token != "" {
			if err := d.SetToken(ctx, token); err != nil {
				return err
			}
		} else if has, err := d.HasToken(ctx); err != nil {
			return err
		} else if !has {
			return engine.Errorf(engine.Invalid, "There is no token. Copy it at https://dashboard.ngrok.com/get-started/your-authtoken and give it on standard input.")
		}
		return c.chooseWay(ctx, d, engine.WayNgrok, address)
	})
	return cmd
}

func (c *cli) reachAddressCommand() *cobra.Command {
	return &cobra.Command{
		Use: "address URL", Short: "Let deliveries come in at an address of your own", Args: positional(cobra.ExactArgs(1)),
		Long: "Let deliveries come in at an address of your own, where your server, router or another program passes everything on to\n" +
			"Bellhop on this computer, without changing the path.",
		Example: "  bellhop reach address https://hooks.example.com",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			address := strings.TrimRight(strings.TrimSpace(args[0]), "/")
			if err := c.chooseWay(ctx, d, engine.WayAddress, address); err != nil {
				return err
			}
			for _, doubt := range doubts(engine.Reach{Way: engine.WayAddress, URL: address}) {
				fmt.Fprintln(c.err, "mind: "+printable(doubt))
			}
			return nil
		}),
	}
}

func (c *cli) reachOffCommand() *cobra.Command {
	return &cobra.Command{
		Use: "off", Short: "Let only this computer reach Bellhop", Args: positional(cobra.NoArgs),
		Long: "Let only this computer reach Bellhop. A token of ngrok stays where secrets are kept, for the next time.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			return c.chooseWay(ctx, d, engine.WayNone, "")
		}),
	}
}

func (c *cli) reachCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use: "check", Short: "Call the public address now, as an app would", Args: positional(cobra.NoArgs),
		Long: "Let Bellhop call its own public address now, by the way that deliveries take, and wait for it. Exit code 1 if the\n" +
			"call does not come through; then it says why.",
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			r, running, err := d.AskReach(ctx, true)
			if err != nil {
				return err
			}
			if !running {
				return engine.Errorf(engine.Unavailable, "Bellhop does not run, so nothing arrives. Start it, with its window or by bellhop serve.")
			}
			return c.printReach(r, running)
		}),
	}
}

// doubts say what will not work at a public address, although Bellhop itself may be able to call it.
func doubts(r engine.Reach) []string {
	if r.Way != engine.WayAddress {
		return nil
	}
	switch {
	case r.Nearby():
		return []string{"only this computer and those in its network can call " + r.URL + "; apps on the internet cannot deliver there"}
	case r.Plain():
		return []string{"apps such as Shopify, Stripe and Slack deliver to addresses that begin with https:// only, and what others send to " + r.URL + " can be read on its way"}
	}
	return nil
}

// chooseWay keeps how deliveries come in, and says what that means.
func (c *cli) chooseWay(ctx context.Context, d *boot.Data, way engine.Way, address string) error {
	err := d.ChangeSettings(ctx, func(s *engine.Settings) { s.Way, s.Address = way, address })
	if err != nil {
		return err
	}
	r, running, err := d.AskReach(ctx, false)
	if err != nil {
		return err
	}
	if c.json {
		return c.printReach(r, running)
	}
	switch {
	case way == engine.WayNone:
		fmt.Fprintln(c.out, "only this computer reaches Bellhop now")
	case running:
		fmt.Fprintln(c.out, "taken up; `bellhop reach check` says whether deliveries arrive")
	default:
		fmt.Fprintln(c.out, "kept; it counts when Bellhop is started")
	}
	return nil
}

// reachReport is what --json prints.
type reachReport struct {
	Way       string       `json:"way"`
	Running   bool         `json:"running"`
	Reachable bool         `json:"reachable"`
	OneWay    bool         `json:"one_way,omitempty"` // Bellhop cannot call itself, but what apps send arrives
	State     string       `json:"state"`
	Address   string       `json:"address,omitempty"`
	Before    string       `json:"before,omitempty"`
	Plan      string       `json:"plan,omitempty"`
	Problem   string       `json:"problem,omitempty"`
	Code      string       `json:"code,omitempty"`
	Checked   time.Time    `json:"checked,omitzero"`
	Worked    time.Time    `json:"worked,omitzero"`
	Month     engine.Usage `json:"month"`
	Affected  []string     `json:"affected"`
	Asking    []string     `json:"asking"`
}

func (c *cli) printReach(r engine.Reach, running bool) error {
	if c.json {
		way := string(r.Way)
		if way == "" {
			way = "none"
		}
		return c.printJSON(reachReport{
			Way: way, Running: running, Reachable: running && r.Reachable() && !r.Nearby(), OneWay: r.OneWay, State: string(r.Link.State), Address: r.URL, Before: r.Before,
			Plan: r.Link.Plan, Problem: r.Problem, Code: r.Code, Checked: r.Checked.UTC().Truncate(time.Second), Worked: r.Worked.UTC().Truncate(time.Second), Month: r.Month,
			Affected: append([]string{}, r.Cut...), Asking: append([]string{}, r.Polling...),
		})
	}
	line := func(name, format string, args ...any) {
		fmt.Fprintf(c.out, "%-10s %s\n", name, printable(fmt.Sprintf(format, args...)))
	}
	line("way", "%s", wayWords(r))
	line("state", "%s", c.reachWords(r, running))
	if r.URL != "" {
		line("address", "%s", r.URL)
	}
	for _, doubt := range doubts(r) {
		line("mind", "%s", doubt)
	}
	if r.Before != "" {
		line("before", "%s: apps that were told this address must be told the new one", r.Before)
	}
	if r.Way != engine.WayNone {
		line("this month", "%d requests, %s", r.Month.Requests, megabytes(r.Month.Bytes))
	}
	if len(r.Cut) > 0 {
		var names []string
		for _, name := range r.Cut {
			named := fmt.Sprintf("%q", name)
			if slices.Contains(r.Polling, name) {
				named += " (goes on by asking)"
			}
			names = append(names, named)
		}
		line("affected", "%s", strings.Join(names, ", "))
	}
	return nil
}

func wayWords(r engine.Reach) string {
	switch r.Way {
	case engine.WayNgrok:
		if r.Link.Plan != "" {
			return "ngrok, plan " + r.Link.Plan
		}
		return "ngrok"
	case engine.WayAddress:
		return "an address of your own"
	case engine.WayNone:
	}
	return "none: only this computer reaches Bellhop"
}

// reachWords says in a line whether deliveries arrive.
func (c *cli) reachWords(r engine.Reach, running bool) string {
	worked := "never worked"
	if !r.Worked.IsZero() {
		worked = "last worked " + c.clock(r.Worked)
	}
	switch {
	case r.Way == engine.WayNone:
		return "apps on the internet cannot deliver"
	case !running:
		return "Bellhop does not run, so nothing arrives; it " + worked
	case r.OneWay:
		return "deliveries arrive, although Bellhop cannot call itself at this address, which some routers do not allow; the " +
			strings.Replace(worked, "last worked", "last arrived", 1)
	case r.Problem != "":
		return r.Problem + " It " + worked + "."
	case r.Reachable() && r.Nearby():
		return "calls of this computer arrive, but nobody on the internet can call this address; it " + worked
	case r.Reachable():
		return "deliveries arrive; it " + worked
	case r.Link.State == engine.LinkConnecting:
		return "connecting"
	}
	return "being called for the first time"
}
