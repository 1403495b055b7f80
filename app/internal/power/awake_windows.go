package power

import (
	"runtime"
	"syscall"
)

var setThreadExecutionState = syscall.NewLazyDLL("kernel32.dll").NewProc("SetThreadExecutionState")

// Flags of SetThreadExecutionState (winbase.h).
const (
	esContinuous     = 0x80000000
	esSystemRequired = 0x00000001
)

// holdAwake says that the system is required, which counts for as long as the thread that says so lives and does
// not take it back.
func holdAwake() (func(), error) {
	begun, end, ended := make(chan error), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		was, _, err := setThreadExecutionState.Call(esContinuous | esSystemRequired)
		if was == 0 { // its documentation: NULL if it fails
			begun <- err
			return
		}
		begun <- nil
		<-end
		_, _, _ = setThreadExecutionState.Call(esContinuous)
	}()
	if err := <-begun; err != nil {
		return nil, err
	}
	return func() { close(end); <-ended }, nil
}
