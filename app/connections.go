package main

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

// maxSecret bounds a secret's file; no key or token is near it.
const maxSecret = 64 << 10

func (c *cli) connectCommand() *cobra.Command {
	var name, baseURL string
	var sets, secretSets []string
	var near bool
	var limits engine.Limits
	cmd := &cobra.Command{
		Use: "connect CONNECTOR", Short: "Add an account at an app, or change the one of that name", Args: positional(cobra.ExactArgs(1)),
		Example: "  bellhop connect slack --name \"Shop Slack\" --secret bot_token=@token.txt\n" +
			"  pass show slack | bellhop connect slack --name \"Shop Slack\" --secret bot_token=-",
	}
	cmd.Flags().StringVar(&name, "name", "", "the connection's `name`, as recipes use it (required)")
	cmd.Flags().StringArrayVar(&sets, "set", nil, "`field=value` of what is not secret")
	cmd.Flags().StringArrayVar(&secretSets, "secret", nil, "`field=@FILE`, or field=- for standard input")
	cmd.Flags().StringVar(&baseURL, "base-url", "", "`address` to use instead of the app's own")
	cmd.Flags().BoolVar(&near, "allow-private", false, "let its requests go to this computer and its own network")
	cmd.Flags().Float64Var(&limits.PerSecond, "per-second", 0, "the most requests in a second; 0 is as many as the app takes")
	cmd.Flags().Float64Var(&limits.PerMinute, "per-minute", 0, "the most requests in a minute")
	cmd.Flags().IntVar(&limits.AtOnce, "at-once", 0, fmt.Sprintf("the most requests on their way at the same time; 0 is %d", engine.DefaultAtOnce))
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
		if limits.PerSecond < 0 || limits.PerMinute < 0 || limits.AtOnce < 0 {
			return usageError{fmt.Errorf("a limit is 0 or more")}
		}
		if strings.TrimSpace(name) == "" {
			return usageError{fmt.Errorf("give the connection a --name")}
		}
		fields, err := pairs("--set", sets)
		if err != nil {
			return err
		}
		secrets, err := c.readSecrets(ctx, secretSets)
		if err != nil {
			return err
		}
		connection, known, err := connectionNamed(ctx, d, name)
		if err != nil {
			return err
		}
		if known && connection.Connector != args[0] {
			return engine.Errorf(engine.Conflict, "There is a connection named %q already, for %s. Choose another name.", connection.Name, connection.Connector)
		}
		connection.Name, connection.Connector = name, args[0]
		connection.Fields = merged(connection.Fields, fields)
		if cmd.Flags().Changed("base-url") {
			if connection.BaseURL, err = checkBaseURL(baseURL); err != nil {
				return err
			}
		}
		if cmd.Flags().Changed("allow-private") {
			connection.AllowPrivate = near
		}
		for _, flag := range []string{"per-second", "per-minute", "at-once"} {
			if cmd.Flags().Changed(flag) {
				connection.Limits = changedLimits(cmd, connection.Limits, limits)
			}
		}
		if err := d.SaveConnection(ctx, &connection, secrets); err != nil {
			return err
		}
		what := map[bool]string{true: "changed", false: "added"}[known]
		return c.say(map[string]any{"id": connection.ID, "name": connection.Name, "connector": connection.Connector, "added": !known},
			"%s the connection %q\n", what, connection.Name)
	})
	return cmd
}

// changedLimits returns old with those of given that were named; nil if none is left.
func changedLimits(cmd *cobra.Command, old *engine.Limits, given engine.Limits) *engine.Limits {
	var limits engine.Limits
	if old != nil {
		limits = *old
	}
	if cmd.Flags().Changed("per-second") {
		limits.PerSecond = given.PerSecond
	}
	if cmd.Flags().Changed("per-minute") {
		limits.PerMinute = given.PerMinute
	}
	if cmd.Flags().Changed("at-once") {
		limits.AtOnce = given.AtOnce
	}
	if limits == (engine.Limits{}) {
		return nil
	}
	return &limits
}

func connectionNamed(ctx context.Context, d *boot.Data, name string) (c engine.Connection, known bool, err error) {
	all, err := d.Connections(ctx)
	if err != nil {
		return c, false, err
	}
	i := slices.IndexFunc(all, func(c engine.Connection) bool { return strings.EqualFold(c.Name, strings.TrimSpace(name)) })
	if i < 0 {
		return engine.Connection{}, false, nil
	}
	return all[i], true, nil
}

// pairs splits `field=value` settings.
func pairs(flag string, settings []string) (map[string]string, error) {
	out := map[string]string{}
	for _, s := range settings {
		field, value, ok := strings.Cut(s, "=")
		if !ok || field == "" {
			// What was given is not repeated: it may be a secret in the wrong place.
			return nil, usageError{fmt.Errorf("%s wants field=value", flag)}
		}
		out[field] = value
	}
	return out, nil
}

// readSecrets reads secrets from where the settings point. A newline at the end is not part of one,
// nor is the byte order mark that some editors put before a text.
func (c *cli) readSecrets(ctx context.Context, settings []string) (map[string]string, error) {
	secrets := map[string]string{}
	stdin := false
	for _, s := range settings {
		field, source, ok := strings.Cut(s, "=")
		file, isFile := strings.CutPrefix(source, "@")
		if source == standardInput {
			file, isFile = standardInput, true
		}
		switch {
		case !ok || field == "" || !isFile || file == "":
			// The value itself is not repeated: it may be the secret.
			return nil, usageError{fmt.Errorf("--secret wants field=@FILE, or field=- for standard input: a secret given openly would stay in your command history")}
		case file == standardInput && stdin:
			return nil, usageError{fmt.Errorf("only one secret can come from standard input")}
		}
		stdin = stdin || file == standardInput
		data, err := c.read(ctx, file, maxSecret)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			return nil, engine.Wrap(err, engine.Unavailable, "The secret %q cannot be read from %s: %s.", field, source, engine.Cause(err))
		}
		value := strings.TrimRight(strings.TrimPrefix(string(data), "\ufeff"), "\r\n")
		if value == "" {
			return nil, engine.Errorf(engine.Invalid, "The secret %q is empty. Write it into the file that you name, and nothing else.", field)
		}
		if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
			return nil, engine.Errorf(engine.Invalid, "The secret %q has several lines, or signs that no key has. Is it the right file?", field)
		}
		secrets[field] = value
	}
	return secrets, nil
}

func checkBaseURL(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	u, err := url.Parse(text)
	switch {
	case err == nil && u.User != nil:
		// What was given is not repeated: there may be a password in it.
		return "", engine.Errorf(engine.Invalid, "A base address has no user name and password in it. They are given as the connection's fields.")
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "":
		return "", engine.Errorf(engine.Invalid, "%q is no base address. Write one such as https://example.com.", text)
	}
	return strings.TrimRight(text, "/"), nil
}

func merged(old, changes map[string]string) map[string]string {
	out := maps.Clone(old)
	if out == nil {
		out = map[string]string{}
	}
	for field, value := range changes {
		if value == "" {
			delete(out, field)
		} else {
			out[field] = value
		}
	}
	return out
}

// connectionRow is a connection as the command line lists it.
type connectionRow struct {
	ID        int64             `json:"id"`
	Name      string            `json:"name"`
	Connector string            `json:"connector"`
	Fields    map[string]string `json:"fields"`
	// Secrets names the secrets that are set; their values are nobody's business.
	Secrets  []string `json:"secrets"`
	BaseURL  string   `json:"base_url,omitempty"`
	Practice bool     `json:"practice,omitempty"`
	// Limits are the connection's own; AllowPrivate lets it reach this computer and its network.
	Limits       *engine.Limits `json:"limits,omitempty"`
	AllowPrivate bool           `json:"allow_private,omitempty"`
	// Waiting is how many runs wait for the connection, and Trouble says why.
	Waiting int    `json:"waiting,omitempty"`
	Trouble string `json:"trouble,omitempty"`
}

func (c *cli) connectionsCommand() *cobra.Command {
	return &cobra.Command{
		Use: "connections", Short: "List the connections, without secrets", Args: positional(cobra.NoArgs),
		RunE: c.withData(func(ctx context.Context, d *boot.Data, _ []string) error {
			all, err := d.Connections(ctx)
			if err != nil {
				return err
			}
			paused, err := d.Paused(ctx)
			if err != nil {
				return err
			}
			rows := make([]connectionRow, len(all))
			for i, one := range all {
				rows[i] = connectionRow{
					ID: one.ID, Name: one.Name, Connector: one.Connector, Fields: merged(one.Fields, nil),
					Secrets: append([]string{}, one.SecretFields...), BaseURL: one.BaseURL, Practice: one.Practice,
					Limits: one.Limits, AllowPrivate: one.AllowPrivate,
				}
				for _, p := range paused {
					if p.WaitsFor == one.Name {
						rows[i].Waiting, rows[i].Trouble = p.Runs, p.Why
					}
				}
			}
			return printList(c, rows, false, "name app fields secrets waiting", func(r connectionRow) []string {
				var fields []string
				for _, name := range slices.Sorted(maps.Keys(r.Fields)) {
					fields = append(fields, name+"="+r.Fields[name])
				}
				waiting := ""
				if r.Waiting > 0 {
					waiting = fmt.Sprintf("%d: %s", r.Waiting, r.Trouble)
				}
				return []string{r.Name, r.Connector, strings.Join(fields, " "), strings.Join(r.Secrets, " "), waiting}
			})
		}),
	}
}

func (c *cli) disconnectCommand() *cobra.Command {
	return &cobra.Command{
		Use: "disconnect CONNECTION", Short: "Remove a connection and its secrets", Args: positional(cobra.ExactArgs(1)),
		RunE: c.withData(func(ctx context.Context, d *boot.Data, args []string) error {
			connection, err := d.FindConnection(ctx, args[0])
			if err != nil {
				return err
			}
			if err := d.DeleteConnection(ctx, connection); err != nil {
				return err
			}
			return c.say(map[string]any{"name": connection.Name}, "removed the connection %q\n", connection.Name)
		}),
	}
}
