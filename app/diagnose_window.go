//go:build !headless

package main

import (
	"context"
	"path/filepath"

	"bellhop/app/boot"
)

// diagnoseInto writes a diagnosis into a folder, under a name of its own, and returns its path.
func (c *cli) diagnoseInto(ctx context.Context, folder string) (string, error) {
	path := filepath.Join(folder, "Bellhop diagnosis "+c.now().Format("2006-01-02 15.04.05")+".zip")
	return path, c.diagnose(ctx, path, boot.DiagnosisOptions{})
}
