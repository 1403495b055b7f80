package boot

import (
	"context"
	"log/slog"
	"time"

	"bellhop/engine"
	"bellhop/engine/webhook"
	"bellhop/store/body"
	"bellhop/store/sqlite"
)

const (
	// sweepEvery is how often large bodies whose events are gone are removed.
	sweepEvery = time.Hour
	// sweepAge is how old they are at least: the event of a younger one may be about to be committed.
	sweepAge = time.Hour
)

// door is what deliveries come in by, besides the handler itself.
type door struct {
	dir     string
	bodies  *body.Store
	answers *webhook.Answers
}

// openDoor makes the folder of large bodies, and removes what was cut off while it came in.
func openDoor(dir string) (door, error) {
	bodies, err := body.Open(dir)
	if err != nil {
		return door{}, err
	}
	return door{dir: dir, bodies: bodies, answers: webhook.NewAnswers()}, bodies.Clear()
}

// keep keeps the log of what is refused, and the folder of large bodies tidy, until ctx ends.
func (d door) keep(ctx context.Context, hooks *webhook.Handler, db *sqlite.DB, log *slog.Logger) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		hooks.KeepLog(ctx)
	}()
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			<-done
			return
		case <-ticker.C:
		}
		if len(SetAside(d.dir)) > 0 {
			continue // a damaged database that lies there may be read once more, and then its bodies too
		}
		removed, err := d.bodies.Sweep(ctx, time.Now().Add(-sweepAge), db.BodyFiles)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("large bodies could not be swept", "error", err)
		case removed > 0:
			log.Info("large bodies were removed with their events", "files", removed)
		}
	}
}

// publishers tells several.
type publishers []engine.Publisher

var _ engine.Publisher = publishers(nil)

func (all publishers) Publish(c engine.Change) {
	for _, p := range all {
		p.Publish(c)
	}
}
