package main

import (
	"context"

	"bellhop/app/boot"
)

// examineProxy tells what requests go out through, and whether it answers; nothing if they go out directly.
func (c *cli) examineProxy(ctx context.Context, d *boot.Data) []finding {
	p, err := d.Proxy(ctx)
	if err != nil {
		return []finding{{"proxy", false, c.sentence(err)}}
	}
	if p.Address == "" {
		return nil
	}
	if err := d.TryProxy(ctx); err != nil {
		return []finding{{"proxy", false, c.sentence(err)}}
	}
	return []finding{{"proxy", true, "requests go out through " + p.Address + proxyOrigin(p) + ", which answers"}}
}

// proxyOrigin says of a proxy that is not in the settings where it is named.
func proxyOrigin(p boot.Proxy) string {
	if p.Chosen {
		return ""
	}
	return " (named by the computer's environment)"
}
