package boot

import (
	"context"

	"bellhop/app/internal/instance"
	"bellhop/engine"
)

// Running says whether a process runs the engine on the data in dir, and what it says of itself.
func Running(ctx context.Context, dir string) (status instance.Status, running bool, err error) {
	client, err := instance.Dial(dir)
	if engine.ErrorCode(err) == engine.NotFound {
		return status, false, nil
	}
	if err != nil {
		return status, false, err
	}
	defer client.Close()
	status, err = client.Ping(ctx)
	return status, err == nil, err
}

// ShowRunning shows the window of the process that runs the engine on the data in dir.
func ShowRunning(ctx context.Context, dir string) error {
	client, err := instance.Dial(dir)
	if err != nil {
		return err
	}
	defer client.Close()
	err = client.Show(ctx)
	if engine.ErrorCode(err) == engine.Conflict {
		return engine.Wrap(err, engine.Conflict,
			"Bellhop runs on this data without a window (bellhop serve). Stop it first, or open other data with --data.")
	}
	return err
}
