//go:build !linux

package sqlite_test

import "testing"

// smallDisk mounts none: only Linux can without tools.
func smallDisk(*testing.T) (dir string, ok bool) { return "", false }
