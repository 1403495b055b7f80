package main

import (
	"context"

	"bellhop/app/boot"
	"bellhop/engine"
)

// examineReach tells whether deliveries from the internet arrive. That only this computer reaches Bellhop is
// how it begins, and nothing broken.
func (c *cli) examineReach(ctx context.Context, d *boot.Data) finding {
	r, running, err := d.AskReach(ctx, false)
	if err != nil {
		return finding{"reach", false, c.sentence(err)}
	}
	if r.Way == engine.WayNgrok {
		has, err := d.HasToken(ctx)
		if err != nil {
			return finding{"reach", false, c.sentence(err)}
		}
		if !has {
			return finding{"reach", false, "deliveries are to come in through ngrok, and there is no token of an account; give it with `bellhop reach ngrok`"}
		}
	}
	says := wayWords(r)
	if r.URL != "" {
		says += ", " + r.URL
	}
	return finding{"reach", !running || r.Problem == "", says + "; " + c.reachWords(r, running)}
}
