//go:build !linux

package banner

import (
	"context"

	"bellhop/engine"
)

// New returns what shows nothing: on this system the window's library does.
func New(Params) Banner { return none{} }

type none struct{}

func (none) Show(context.Context, engine.Notice) error { return ErrNone }

func (none) Close() {}
