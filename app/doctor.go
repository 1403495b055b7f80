package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

// finding is one line of the doctor's report; it is safe to paste anywhere.
type finding struct {
	What string `json:"what"`
	Fine bool   `json:"fine"`
	Says string `json:"says"`
}

// line is the finding as it is printed.
func (f finding) line() string {
	sign := map[bool]string{true: "✓", false: "✗"}[f.Fine]
	return fmt.Sprintf("%s %-10s %s", sign, f.What, printable(f.Says))
}

func (c *cli) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Say what is fine and what is not", Args: positional(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			findings := c.examine(cmd.Context())
			if c.json {
				if err := c.printJSON(findings); err != nil {
					return err
				}
			}
			broken := false
			for _, f := range findings {
				broken = broken || !f.Fine
				if !c.json {
					fmt.Fprintln(c.out, f.line())
				}
			}
			if broken {
				return quietError{}
			}
			return nil
		},
	}
}

func (c *cli) examine(ctx context.Context) []finding {
	says, fine := display()
	findings := []finding{
		{"version", true, fmt.Sprintf("Bellhop %s, %s, %s/%s", version, runtime.Version(), runtime.GOOS, runtime.GOARCH)},
		// Without a display the engine still works, so this is news and not trouble.
		{"display", true, map[bool]string{true: "", false: "no window: "}[fine] + says},
	}
	backups, _ := boot.Backups(c.dir) // where they cannot be listed, opening the data says so
	if _, err := os.Stat(filepath.Join(c.dir, boot.DatabaseFile)); errors.Is(err, fs.ErrNotExist) && len(backups) == 0 {
		return append(findings, finding{"database", true, "nothing yet in " + c.dir}, c.examinePort(boot.UsualListen()))
	}
	config := c.config()
	config.Log = slog.New(slog.DiscardHandler) // what it would tell is among the findings
	d, err := boot.OpenData(ctx, config)
	if err != nil {
		return append(findings, finding{"database", false, c.sentence(err)}, c.examineEngine(ctx, boot.UsualListen()))
	}
	defer func() { _ = d.Close() }() // what is wrong with it has been told
	c = c.speakingOf(d)
	address := strings.TrimPrefix(d.LocalURL(ctx), "http://")
	findings = append(findings, c.examinePause(ctx, d)...)
	findings = append(findings, c.examineRestored()...)
	findings = append(findings, c.examineSubscriptions(ctx, d)...)
	findings = append(findings, c.examineProxy(ctx, d)...)
	port := c.examineEngine(ctx, address)
	if told, elsewhere := d.Elsewhere(ctx, "http://"+address); port.Fine && elsewhere {
		port.Fine = false
		port.Says += fmt.Sprintf(", as it cannot listen at %s, where it was told to; close what does, or choose another address in the settings, and start Bellhop again", told)
	}
	if next, asked, differs := d.NextListen(ctx); differs {
		port.Says += "; from its next start on it listens at " + next + ", as the settings say"
		if asked {
			port.Says += ", unless it is told otherwise again"
		}
	}
	return append(findings, c.examineDatabase(ctx, d), c.examineBackups(), c.examineSecrets(ctx, d), port, c.examineReach(ctx, d),
		c.examineConnectors(d), c.examineRecipes(ctx, d), c.examineLooks(ctx, d))
}

func (c *cli) examineDatabase(ctx context.Context, d *boot.Data) finding {
	if err := d.Store.Check(ctx); err != nil {
		return finding{"database", false, c.sentence(err)}
	}
	counts, err := d.StateCounts(ctx)
	if err != nil {
		return finding{"database", false, c.sentence(err)}
	}
	runs := 0
	for _, n := range counts {
		runs += n
	}
	size, err := d.Store.Size(ctx)
	if err != nil {
		return finding{"database", false, c.sentence(err)}
	}
	says := fmt.Sprintf("whole, %d runs, %s, in %s", runs, megabytes(size.Used+size.Free+size.Log), c.dir)
	if size.Bodies > 0 {
		says += fmt.Sprintf(", and beside it %s of large deliveries", megabytes(size.Bodies))
	}
	return finding{"database", true, says}
}

// examineBackups tells of the backups, and of damaged data that one of them replaced.
func (c *cli) examineBackups() finding {
	if aside := boot.SetAside(c.dir); len(aside) > 0 {
		return finding{"backups", false, fmt.Sprintf("the data was damaged, and a backup took its place; look for what is missing since, and remove %s when you do not need it any more",
			strings.Join(aside, ", "))}
	}
	all, err := boot.Backups(c.dir)
	if err != nil {
		return finding{"backups", false, c.sentence(err)}
	}
	if len(all) == 0 {
		return finding{"backups", true, "none yet; Bellhop makes one a day while it runs, and `bellhop backup` makes one now"}
	}
	return finding{"backups", true, fmt.Sprintf("%d, the newest of %s", len(all), c.clock(all[0].At))}
}

func (c *cli) examineSecrets(ctx context.Context, d *boot.Data) finding {
	all, err := d.Connections(ctx)
	if err != nil {
		return finding{"keyring", false, c.sentence(err)}
	}
	place, err := d.SecretsPlace(ctx)
	if err != nil {
		return finding{"keyring", false, c.sentence(err)}
	}
	for _, connection := range all {
		if _, err := d.Book.Account(ctx, connection.Name); err != nil {
			return finding{"keyring", false, fmt.Sprintf("%s: %s", connection.Name, c.sentence(err))}
		}
	}
	return finding{"keyring", true, fmt.Sprintf("secrets of %d connections are readable, kept in %s", len(all), place)}
}

// examineEngine asks the engine that runs on the data, or sees whether one could listen at address.
func (c *cli) examineEngine(ctx context.Context, address string) finding {
	status, running, err := boot.Running(ctx, c.dir)
	switch {
	case err != nil:
		return finding{"port", false, c.sentence(err)}
	case running:
		return finding{"port", true, fmt.Sprintf("Bellhop runs (process %d) and takes webhooks at %s", status.PID, status.Listen)}
	}
	return c.examinePort(address)
}

func (c *cli) examinePort(address string) finding {
	listener, err := boot.Listen(address)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return finding{"port", false, fmt.Sprintf(
			"another program uses %s; close it, or start Bellhop with another --listen", address)}
	case err != nil:
		return finding{"port", false, fmt.Sprintf(
			"Bellhop cannot listen at %s: %s; choose an address of this computer in the settings, or with --listen", address, engine.Cause(err))}
	}
	_ = listener.Close() // it was only a try
	return finding{"port", true, fmt.Sprintf("%s is free; Bellhop is not running", address)}
}

func (c *cli) examineConnectors(d *boot.Data) finding {
	if problems := d.ConnectorProblems(); len(problems) > 0 {
		return finding{"connectors", false, "left out until they are right: " + problems.Error()}
	}
	return finding{"connectors", true, fmt.Sprintf("%d", len(d.Catalog.Connectors()))}
}

func (c *cli) examineRecipes(ctx context.Context, d *boot.Data) finding {
	cards, err := d.Recipes(ctx)
	if err != nil {
		return finding{"recipes", false, c.sentence(err)}
	}
	unready, err := unready(ctx, d)
	if err != nil {
		return finding{"recipes", false, c.sentence(err)}
	}
	if len(unready) > 0 {
		return finding{"recipes", false, "on but not able to run: " + strings.Join(unready, " ")}
	}
	on := 0
	for _, card := range cards {
		if card.On {
			on++
		}
	}
	return finding{"recipes", true, fmt.Sprintf("%d, of which %d on", len(cards), on)}
}

// examineLooks tells of recipes whose triggers cannot look at what they wait for.
func (c *cli) examineLooks(ctx context.Context, d *boot.Data) finding {
	troubles, err := d.Troubles(ctx)
	if err != nil {
		return finding{"looking", false, c.sentence(err)}
	}
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return finding{"looking", false, c.sentence(err)}
	}
	var says []string
	for _, r := range recipes {
		if t, ok := troubles[r.ID]; ok {
			says = append(says, fmt.Sprintf("%q cannot see what is new since %s: %s", r.Name, c.clock(t.Since), t.Message))
		}
	}
	if len(says) > 0 {
		return finding{"looking", false, strings.Join(says, " ")}
	}
	return finding{"looking", true, "every recipe that asks for what is new gets an answer"}
}

// unready tells of each recipe that is on and cannot run what is wrong with it first.
func unready(ctx context.Context, d *boot.Data) ([]string, error) {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	var says []string
	for _, r := range recipes {
		if !r.On {
			continue
		}
		live, err := d.Store.Version(ctx, r.ID, r.Published)
		if err != nil {
			return nil, err
		}
		problems, err := d.Problems(ctx, live)
		if err != nil {
			return nil, err
		}
		if len(problems) > 0 {
			says = append(says, fmt.Sprintf("%q: %s", r.Name, problems[0].Message))
		}
	}
	return says, nil
}
