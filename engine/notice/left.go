package notice

import (
	"context"
	"fmt"

	"bellhop/engine"
)

// Left tells that an app goes on sending to an address that nobody needs, since it cannot be told to stop. app is
// its title, recipe the name of the one that needed it, and address is as a person may see it. It returns at once.
func (n *Notices) Left(app, recipe, address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.readLocked(context.Background())
	n.addLocked(engine.Notice{
		Kind: engine.NoticeReach, At: n.Now(), Title: fmt.Sprintf("%s goes on sending in vain", app),
		Text: fmt.Sprintf("Bellhop could not remove the webhook that it made there for “%s”. Remove it in %s by hand: %s", recipe, app, address),
	})
	n.signal()
}
