// Package banner shows notices on the desktop in the way of the desktop itself, so that a click on one can open
// what it is about.
package banner

import (
	"context"
	"errors"
	"image"

	"bellhop/engine"
)

// ErrNone says that there is no way of the desktop's own here.
var ErrNone = errors.New("this desktop takes notices in no way that is known")

// Params say how notices look and what a click does. Both may be nil.
type Params struct {
	// Open is called when a notice is clicked, in a goroutine of its own.
	Open func(n engine.Notice)
	Icon image.Image
}

// Banner shows notices.
type Banner interface {
	// Show returns when the desktop has taken the notice. A notice takes the place of an older one about the
	// same recipe and of the same kind, as far as that is to be seen still. ErrNone where there is no way.
	Show(ctx context.Context, n engine.Notice) error
	Close()
}

// largestIcon is how many pixels wide and high an icon is sent.
const largestIcon = 64

// group says which notices take each other's place: a recipe's own notifications never do.
type group struct {
	kind   engine.NoticeKind
	recipe int64
}

func groupOf(n engine.Notice) (g group, ok bool) {
	return group{n.Kind, n.RecipeID}, n.Kind != engine.NoticeStep
}
