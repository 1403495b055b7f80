package main

import (
	"fmt"
	"strings"

	"bellhop/app/boot"
)

// examineRestored tells where data from before a restoration is kept; nothing if there is none.
func (c *cli) examineRestored() []finding {
	kept := boot.KeptBefore(c.dir)
	if len(kept) == 0 {
		return nil
	}
	return []finding{{"restored", true, fmt.Sprintf("data was restored; what was there before is in %s, to be removed when you do not need it any more", strings.Join(kept, ", "))}}
}
