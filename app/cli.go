package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine"
)

// Exit codes; people script them.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
)

// cli is one call of the command line.
type cli struct {
	in      io.Reader
	out     *printer
	err     io.Writer
	dir     string
	secrets string
	json    bool
	verbose bool
	hidden  bool
	// zone is the time zone that was chosen, once data was opened that says so.
	zone *time.Location
}

// usageError is a mistake in how a command was called.
type usageError struct{ error }

// quietError ends with exit code 1; all there is to say has been printed.
type quietError struct{}

func (quietError) Error() string { return "" }

// run carries out one call and returns its exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	c := &cli{in: in, out: &printer{Writer: out}, err: errOut}
	root := c.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(c.out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case c.out.failed != nil:
		c.complain(fmt.Sprintf("What the command has to say cannot be written: %s.", engine.Cause(c.out.failed)))
		return exitFailed
	case err == nil:
		return exitFine
	case errors.Is(err, quietError{}):
		return exitFailed
	case errors.As(err, &usage):
		c.complain(strings.TrimSpace(usage.Error()))
		fmt.Fprintln(errOut, "See: bellhop --help")
		return exitUsage
	case errors.Is(err, context.Canceled) && ctx.Err() != nil:
		c.complain("Interrupted before it was done.")
		return exitFailed
	}
	c.log().Debug("the command failed", "error", err)
	c.complain(c.sentence(err))
	return exitFailed
}

// complain prints what went wrong.
func (c *cli) complain(says string) {
	lines := strings.Split(says, "\n")
	for i, line := range lines {
		lines[i] = printable(line)
	}
	fmt.Fprintln(c.err, strings.Join(lines, "\n"))
}

// sentence is what is printed of an error. Whoever uses the command line can do something with an
// internal error's own text.
func (c *cli) sentence(err error) string {
	if engine.ErrorCode(err) == engine.Internal {
		return "Something went wrong inside Bellhop: " + err.Error()
	}
	return engine.ErrorMessage(err)
}

func (c *cli) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "bellhop",
		Short: "Bellhop runs your automations on your own computer",
		Long: "Bellhop runs your automations on your own computer: when this happens, do that.\n" +
			"Without a command it opens the window.",
		Args:              positional(cobra.NoArgs),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		RunE:              func(cmd *cobra.Command, _ []string) error { return c.openWindow(cmd.Context()) },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error {
		says, _, _ := strings.Cut(err.Error(), ": strconv.") // Go's words for a number that is none
		return usageError{errors.New(says)}
	})
	root.Flags().BoolVar(&c.hidden, "hidden", false, "open the window in the tray, as at login")
	flags := root.PersistentFlags()
	flags.StringVar(&c.dir, "data", os.Getenv("BELLHOP_DATA"), "data `folder` (or BELLHOP_DATA)")
	flags.StringVar(&c.secrets, "secrets", os.Getenv("BELLHOP_SECRETS"), "where secrets are kept: `keyring|file` (or BELLHOP_SECRETS)")
	flags.BoolVar(&c.json, "json", false, "print data as JSON")
	flags.BoolVarP(&c.verbose, "verbose", "v", false, "log what happens to standard error")
	root.PersistentPreRunE = func(cmd *cobra.Command, _ []string) error {
		return errors.Join(noEmptyChoice(cmd), c.complete())
	}
	root.AddCommand(
		c.serveCommand(), c.demoCommand(), c.practiceCommand(),
		c.connectCommand(), c.connectionsCommand(), c.disconnectCommand(), c.allowCommand(),
		c.importCommand(), c.exportCommand(), c.checkCommand(),
		c.recipesCommand(), c.switchCommand("on", true), c.switchCommand("off", false), c.addressCommand(),
		c.startCommand(), c.tryCommand(), c.pauseCommand(), c.resumeCommand(), c.reachCommand(), c.proxyCommand(),
		c.runsCommand(), c.deliveriesCommand(), c.subscriptionsCommand(), c.runCommand(), c.retryCommand(), c.replayCommand(), c.cancelCommand(), c.settleCommand(), c.unblockCommand(), c.catchUpCommand(),
		c.tablesCommand(), c.foldersCommand(), c.backupCommand(), c.bundleCommand(), c.restoreCommand(), c.recoveryCodeCommand(), c.recoverSecretsCommand(), c.keepCommand(), c.doctorCommand(), c.diagnoseCommand(), c.versionCommand(),
	)
	return root
}

// complete checks the common flags and fills in their defaults.
func (c *cli) complete() (err error) {
	switch c.secrets {
	case "", "keyring", "file":
	default:
		return usageError{fmt.Errorf("--secrets is keyring or file, not %q", c.secrets)}
	}
	if c.dir == "" {
		c.dir, err = boot.DefaultDir()
	}
	return err
}

// choices are the flags that mean something only with a value.
var choices = []string{"data", "secrets", "listen", "slack-listen", "recipe", "state", "from", "since", "until", "with", "passphrase-file", "all"}

// noEmptyChoice refuses such flags without a value, as by a script whose variable is not set: with
// --data "" it would work on the user's own data.
func noEmptyChoice(cmd *cobra.Command) error {
	for _, name := range choices {
		if value, err := cmd.Flags().GetString(name); err == nil && value == "" && cmd.Flags().Changed(name) {
			return usageError{fmt.Errorf("--%s is given without a value", name)}
		}
	}
	return nil
}

// checkListen refuses what cannot be an address to listen at.
func checkListen(flag, address string) error {
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil || strings.ContainsAny(host, "/ ") {
		return usageError{fmt.Errorf("%s wants HOST:PORT, such as %s, not %q", flag, boot.DefaultListen, address)}
	}
	return nil
}

// positional makes a wrong number of arguments a usage error that says how the command is called.
func positional(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch err := check(cmd, args); {
		case err == nil:
			return nil
		case cmd.HasParent():
			return usageError{fmt.Errorf("Usage: %s", cmd.UseLine())}
		}
		var names []string
		for _, sub := range cmd.Commands() {
			names = append(names, sub.Name())
		}
		unknown := engine.Problem{Message: fmt.Sprintf("unknown command %q.", args[0]), Suggestion: engine.Suggest(args[0], names)}
		return usageError{errors.New(unknown.String())}
	}
}

// config says what to open.
func (c *cli) config() boot.Config {
	return boot.Config{Dir: c.dir, Secrets: c.secrets, Version: version, Log: c.log()}
}

// completeRecipe offers the names of recipes to the shell.
func (c *cli) completeRecipe(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 || c.complete() != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	if _, err := os.Stat(filepath.Join(c.dir, boot.DatabaseFile)); err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp // pressing Tab makes no data
	}
	var names []string
	_ = c.withData(func(ctx context.Context, d *boot.Data, _ []string) error { // a shell shows no errors
		recipes, err := d.Store.Recipes(ctx)
		for _, r := range recipes {
			names = append(names, r.Name)
		}
		return err
	})(cmd, args)
	return names, cobra.ShellCompDirectiveNoFileComp
}

// withData runs a command on the open data folder.
func (c *cli) withData(use func(ctx context.Context, d *boot.Data, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) (err error) {
		d, err := boot.OpenData(cmd.Context(), c.config())
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, d.Close()) }()
		c.zone = d.Zone()
		return use(cmd.Context(), d, args)
	}
}
