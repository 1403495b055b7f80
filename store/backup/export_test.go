package backup

import (
	"context"
	"time"

	"bellhop/store/sqlite"
)

// OpenChecked opens data that may be damaged; a file of more than the largest size is not checked, and another
// one for so long.
func OpenChecked(ctx context.Context, p sqlite.Params, largest int64, patience time.Duration) (db *sqlite.DB, doubt bool, err error) {
	return openChecked(ctx, p, haste{largest, patience})
}
