package power

import (
	"os"
	"os/exec"
	"strconv"
)

// holdAwake runs caffeinate(8), which keeps an idle Mac awake as long as it runs, and no longer than this process.
func holdAwake() (func(), error) {
	cmd := exec.Command("/usr/bin/caffeinate", "-i", "-w", strconv.Itoa(os.Getpid()))
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	}, nil
}
