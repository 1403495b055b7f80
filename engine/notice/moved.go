package notice

import (
	"fmt"

	"bellhop/engine"
)

// lookAtAddressLocked tells, once, that the public address is another than apps were told.
func (n *Notices) lookAtAddressLocked(r engine.Reach) {
	if r.Before == "" || r.URL == "" || n.kept.Address == r.URL {
		return
	}
	n.kept.Address = r.URL
	n.addLocked(engine.Notice{
		Kind: engine.NoticeReach, At: n.Now(), Title: "Bellhop's address has changed",
		Text: fmt.Sprintf("It is %s now. Apps that send to %s must be told the new one; Bellhop tells those it can tell by itself.", r.URL, r.Before),
	})
}
