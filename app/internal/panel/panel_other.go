//go:build !linux

package panel

import "context"

func watch(ctx context.Context, tell func(bool)) {
	tell(true)
	<-ctx.Done()
}
