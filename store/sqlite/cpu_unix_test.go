//go:build unix

package sqlite_test

import (
	"syscall"
	"time"
)

// cpu is how much time the processor has spent for this process.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
