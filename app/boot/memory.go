package boot

import (
	"os"
	"runtime/debug"
)

// collectAt is how much garbage there may be, in percent of what is in use, before it is collected. With
// Go's 100 the engine spends a quarter of its processor time on collecting what a run leaves behind; with
// 200 it takes some megabytes more under load, and none when it has nothing to do.
const collectAt = 200

// collectLess sets that, unless whoever started Bellhop says otherwise by Go's own GOGC.
func collectLess() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}
