//go:build !headless

package main

import (
	"context"

	"bellhop/ui/page/settings"
)

// examine looks whether everything is fine, as `bellhop doctor` does.
func (d *desktop) examine(ctx context.Context) []settings.Finding {
	var found []settings.Finding
	for _, f := range d.cli.examine(ctx) {
		found = append(found, settings.Finding{What: f.What, Says: f.Says, Fine: f.Fine})
	}
	return found
}

// diagnose writes a file for whoever helps into a folder.
func (d *desktop) diagnose(ctx context.Context, folder string) (string, error) {
	return d.cli.speakingOf(d.Data).diagnoseInto(ctx, folder)
}
