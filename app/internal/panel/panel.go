// Package panel says whether the desktop has a place that shows tray icons. Where it has none, a window that
// hides in the tray would be gone for good.
package panel

import "context"

// Watch calls tell with whether tray icons are shown, at once and each time that it changes, until ctx ends. It
// blocks. On Windows and macOS they always are.
func Watch(ctx context.Context, tell func(shown bool)) { watch(ctx, tell) }
