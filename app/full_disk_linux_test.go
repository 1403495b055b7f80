package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// TestAFullDiskUnderLoad: while the disk is full deliveries are turned away, so that their senders send
// them again, and whatever is under way waits. When there is room again all goes on by itself. The third
// time the process is killed while the disk is full. Nothing that was accepted is lost, nothing is done twice.
//
// The disk is a tmpfs, which takes rights that not everybody has; without them it is one that never fills
// up. What the store does on a full disk is tested without (TestDeliveriesToAFullDisk).
func TestAFullDiskUnderLoad(t *testing.T) {
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=48m")
	small := !errors.Is(err, syscall.EPERM)
	if small {
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, syscall.Unmount(dir, 0)) })
	}
	o := newOrdeal(t, dir)
	o.reopen()
	o.serve()
	ctx, stop := context.WithCancel(t.Context())
	wait := o.send(ctx)
	for round := range 3 {
		o.accepts(20)
		if small {
			ballast := fillUp(t, dir)
			before := o.turned.Load()
			require.Eventually(t, func() bool { return o.turned.Load() > before+20 }, time.Minute, 10*time.Millisecond, "nobody is turned away")
			if round == 2 {
				o.kill()
				o.nextLife(t)
			}
			require.NoError(t, os.Remove(ballast))
			if round == 2 {
				o.serve()
			}
		}
	}
	o.accepts(20)
	stop()
	wait()
	o.lookOnce()
	o.settleAll()
	o.flush()
	o.check()
	t.Logf("%d deliveries were turned away", o.turned.Load())
}

// fillUp writes a file until nothing fits any more.
func fillUp(t *testing.T, dir string) (path string) {
	t.Helper()
	path = filepath.Join(dir, "ballast")
	f, err := os.Create(path)
	require.NoError(t, err)
	for chunk := make([]byte, 4<<10); err == nil; {
		_, err = f.Write(chunk)
	}
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, f.Close())
	return path
}

// accepts waits until so many more runs are there.
func (o *ordeal) accepts(more int) {
	o.t.Helper()
	newest := func() int64 {
		runs, err := o.data.Runs(o.t.Context(), engine.RunFilter{Limit: 1})
		require.NoError(o.t, err)
		if len(runs) == 0 {
			return 0
		}
		return runs[0].ID
	}
	before := newest()
	require.Eventually(o.t, func() bool { return newest() >= before+int64(more) }, time.Minute, 10*time.Millisecond, "nothing is accepted")
}
