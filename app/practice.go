package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"bellhop/app/boot"
	"bellhop/engine/practice"
)

func (c *cli) practiceCommand() *cobra.Command {
	var listen, slackListen string
	cmd := &cobra.Command{
		Use: "practice", Short: "Run the pretend Shopify, Stripe and Slack on their own", Args: positional(cobra.NoArgs),
		Long: "Runs the pretend Shopify, Stripe and Slack on their own, until interrupted, and prints their addresses and secrets.\n" +
			"POST /orders on the control address makes one order and delivers it to the recipes that are on and use a\n" +
			"connection with the shop's address, or to the `address` in its JSON. GET /messages shows what Slack got.\n" +
			"POST /payments makes one at the pretend Stripe, which delivers it to its webhook endpoints.\n" +
			"POST /sleep with {\"asleep\": true} lets the shop think that this computer sleeps: what it sends then arrives\n" +
			"nowhere. With false, Bellhop fetches what it missed.",
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8421", "`host:port` of the pretend Shopify and Stripe and of the control")
	cmd.Flags().StringVar(&slackListen, "slack-listen", "127.0.0.1:8422", "`host:port` of the pretend Slack")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		return errors.Join(checkListen("--listen", listen), checkListen("--slack-listen", slackListen))
	}
	cmd.RunE = c.withData(func(ctx context.Context, d *boot.Data, _ []string) (err error) {
		params, err := d.PracticeParams(ctx)
		if err != nil {
			return err
		}
		params.Log = c.log()
		var p *practice.Practice
		params.BeforeSend = func(ctx context.Context, shop *practice.Shop) {
			if err := d.Subscribe(ctx, shop, p.ShopURL()); err != nil {
				c.log().Warn("the recipes cannot be told to the pretend shop", "error", err)
			}
		}
		params.Awake = func(ctx context.Context) error { return d.CatchUp(ctx, 0) }
		p = practice.New(params)
		if err := p.Start(listen, slackListen); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, p.Close()) }()
		if err := c.introduce(p); err != nil {
			return err
		}
		<-ctx.Done()
		return nil
	})
	return cmd
}

// introduce prints all that is needed to connect to the pretend apps. Their secrets open nothing.
func (c *cli) introduce(p *practice.Practice) error {
	shop, slack := p.ShopAccount(), p.SlackAccount()
	rows := [][2]string{
		{"control", p.ShopURL()},
		{"shopify", p.ShopURL()},
		{"slack", p.SlackURL()},
		{"stripe", p.StripeURL()},
		{"shop", shop["shop"]},
		{"client_id", shop["client_id"]},
		{"client_secret", shop["client_secret"]},
		{"access_token", p.Shop.AccessToken()},
		{"bot_token", slack["bot_token"]},
		{"webhook_url", slack["webhook_url"]},
		{"api_key", p.StripeAccount()["api_key"]},
	}
	if c.json {
		all := map[string]string{}
		for _, row := range rows {
			all[row[0]] = row[1]
		}
		return c.printJSON(all)
	}
	var text strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&text, "%-14s %s\n", row[0], row[1])
	}
	_, err := fmt.Fprint(c.out, text.String()+"ready\n")
	return err
}
