//go:build !linux

package sqlite_test

import (
	"context"
	"testing"

	"bellhop/store/sqlite"
)

// writesName and failingWrites are for Linux, where a process can be kept from writing.
const writesName = "writes"

func failingWrites(context.Context, *sqlite.DB, string) error { return nil }

// syncsName and failingSyncs are, too.
const syncsName = "syncs"

func failingSyncs(context.Context, *sqlite.DB) error { return nil }

// smallDisk mounts none: only Linux can without tools.
func smallDisk(*testing.T) (dir string, ok bool) { return "", false }
