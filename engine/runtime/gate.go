package runtime

import (
	"context"

	"bellhop/engine/action"
)

// Gate is passed by every try of a step that reaches outside, before the try is committed as begun.
type Gate interface {
	// Enter lets a call begin, perhaps after a short wait; when it has ended, leave must be called once
	// with what came of it, and may add to a *action.Failure what it knows. A *action.Paused means that the run has to wait, without a try; any other
	// error is ctx's.
	Enter(ctx context.Context, call action.Call) (leave func(result action.Result, err error), err error)
}
