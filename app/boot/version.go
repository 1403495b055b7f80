package boot

import (
	"context"

	"bellhop/engine"
)

// sameVersion refuses to work on data that a Bellhop of another version runs on, as after an update that was
// installed meanwhile: the newer one would bring the data into a form that the other does not know.
func sameVersion(ctx context.Context, c Config) error {
	status, running, err := Running(ctx, c.Dir)
	if err != nil || !running || status.Version == c.Version {
		return nil // that it does not answer is told where it is asked
	}
	return engine.Errorf(engine.Conflict,
		"Bellhop %s still runs on this data, and this is Bellhop %s. Quit the one that runs, in its menu beside the clock, and try again.",
		status.Version, c.Version)
}
