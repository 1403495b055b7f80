package sqlite_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// syncsName makes the other process fail whenever it makes sure that something is on disk.
const syncsName = "syncs"

// TestADiskThatFailsOnlyWhenAskedToMakeSure: what is written is taken, and fsync fails, as of a network drive or a
// stick that was pulled out. Nothing is acknowledged that is not sure; what was, stays, and whoever opens the
// data later finds it whole.
func TestADiskThatFailsOnlyWhenAskedToMakeSure(t *testing.T) {
	t.Parallel()
	path := file(t)
	cmd, says := process(t, path, syncsName, "")
	var acknowledged []string
	refused := 0
	for says.Scan() {
		switch what, key, _ := strings.Cut(says.Text(), " "); what {
		case "kept":
			acknowledged = append(acknowledged, key)
		case "refused":
			refused++
		case "unable":
			require.NoError(t, cmd.Wait())
			t.Log(says.Text())
			return // this system lets nobody fail so
		}
	}
	require.NoError(t, cmd.Wait())
	require.Len(t, acknowledged, 20, "none while it failed")
	require.Equal(t, 12, refused)

	db := open(t, path)
	require.NoError(t, db.Check(t.Context()))
	recipe, err := recipeNamed(t.Context(), db, "busy")
	require.NoError(t, err)
	for _, key := range acknowledged {
		_, err := db.EventByKey(t.Context(), recipe, key)
		require.NoError(t, err, "%s was acknowledged and is lost", key)
	}
	require.Empty(t, db.Texts(t, "SELECT key FROM event WHERE NOT EXISTS (SELECT 1 FROM run WHERE event_id = event.id)"))
	require.NoError(t, add(t.Context(), db, recipe, "goes on"))
}

// failSyncs makes fsync(2) and fdatasync(2) fail with EIO in this process from now on, for good: seccomp(2).
func failSyncs() error {
	const refuse = unix.SECCOMP_RET_ERRNO | uint32(unix.EIO)
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS}, // the number of the call
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 2, K: unix.SYS_FSYNC},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: 1, K: unix.SYS_FDATASYNC},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		{Code: unix.BPF_RET | unix.BPF_K, K: refuse},
	}
	program := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	runtime.LockOSThread() // both calls are of one thread, and the second takes all others with it
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	left, _, err := unix.RawSyscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_TSYNC, uintptr(unsafe.Pointer(&program)))
	switch {
	case err != 0:
		return err
	case left != 0:
		return fmt.Errorf("thread %d is left out", left)
	}
	return nil
}

// failingSyncs is what the other process does.
//
//nolint:forbidigo // the parent reads what it prints
func failingSyncs(ctx context.Context, db *sqlite.DB) error {
	recipe, err := recipeNamed(ctx, db, "busy")
	if err != nil {
		return err
	}
	for i := range 20 {
		key := fmt.Sprint("before", i)
		if err := add(ctx, db, recipe, key); err != nil {
			return err
		}
		fmt.Println("kept", key)
	}
	if err := failSyncs(); err != nil {
		fmt.Println("unable", err)
		return nil //nolint:nilerr // it is said
	}
	for i := range 12 {
		err := add(ctx, db, recipe, fmt.Sprint("while", i))
		switch {
		case err == nil:
			return errors.New("it was acknowledged, and is not sure to be on disk")
		case engine.ErrorCode(err) != engine.Unavailable:
			return fmt.Errorf("it fails with %s: %w, %w", engine.ErrorCode(err), err, errors.Unwrap(err))
		}
		fmt.Println("refused", engine.ErrorMessage(err))
		if _, err := db.EventByKey(ctx, recipe, "before0"); err != nil {
			return fmt.Errorf("what was there cannot be read: %w", err)
		}
	}
	_ = db.Close() // the log cannot be moved
	return nil
}
