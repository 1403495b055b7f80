package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
)

func (c *cli) serveCommand() *cobra.Command {
	var listen string
	cmd := &cobra.Command{
		Use: "serve", Short: "Run the engine without a window", Args: positional(cobra.NoArgs),
		Long: "Run the engine without a window. Prints `ready http://HOST:PORT` once it takes deliveries.\n" +
			"An interrupt stops it: runs under way get up to ten seconds, the rest goes on at the next start.",
	}
	cmd.Flags().StringVar(&listen, "listen", "", "`host:port` where webhooks arrive, instead of what the settings say (else "+boot.DefaultListen+"); port 0 picks a free one")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if listen == "" {
			return nil
		}
		return checkListen("--listen", listen)
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		log, file := c.engineLog()
		defer func() { err = errors.Join(err, file.Close()) }()
		config := c.config()
		config.Listen, config.Log = listen, log
		s, err := boot.Open(cmd.Context(), config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		if s.Rescue != nil {
			c.complain(s.Rescue.Sentence(s.Zone()))
		}
		if s.Restored != nil {
			c.complain(s.Restored.Sentence(s.Zone()))
		}
		if _, err := fmt.Fprintf(c.out, "ready %s\n", s.URL); err != nil {
			return err
		}
		<-cmd.Context().Done()
		return nil
	}
	return cmd
}
