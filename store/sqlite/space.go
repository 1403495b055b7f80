package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// Size is what the data takes on the disk, in bytes.
type Size struct {
	// Used is what holds data; Free is what the file has besides, for data to come.
	Used, Free int64
	// Log is what was committed and not yet moved into the file, and what such took before.
	Log int64
	// Bodies is what large bodies take, which lie beside the file and go with their events.
	Bodies int64
}

// Kept is what history takes: what becomes less when runs are removed.
func (s Size) Kept() int64 { return s.Used + s.Bodies }

// Size reads how large the data is. It costs the same at any size, but for a moment for each thousand large bodies.
func (db *DB) Size(ctx context.Context) (size Size, err error) {
	err = db.snapshot(ctx, func(ctx context.Context, q querier) error {
		values := [3]int64{}
		for i, pragma := range []string{`PRAGMA page_size`, `PRAGMA page_count`, `PRAGMA freelist_count`} {
			all, err := collect(ctx, q, number, pragma)
			if err != nil {
				return err
			}
			values[i] = all[0]
		}
		size.Used, size.Free = values[0]*(values[1]-values[2]), values[0]*values[2]
		bodies, err := collect(ctx, q, number, `SELECT coalesce(sum(size), 0) FROM event_file`)
		if err != nil {
			return err
		}
		size.Bodies = bodies[0]
		return nil
	})
	if err != nil {
		return Size{}, err
	}
	size.Log, err = db.logSize()
	return size, err
}

func (db *DB) logSize() (int64, error) {
	info, err := os.Stat(db.path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, explain(err)
	}
	return info.Size(), nil
}

// Shrink gives free space back to the disk until the file has at most spare bytes of it, in
// transactions of a few milliseconds. The file becomes smaller with the next Checkpoint. It returns
// the bytes that were given back.
func (db *DB) Shrink(ctx context.Context, spare int64) (int64, error) {
	pace := newPace(mostMoved)
	given := int64(0)
	for {
		size, err := db.Size(ctx)
		if err != nil || size.Free <= spare {
			return given, err
		}
		var took time.Duration
		err = db.writer.do(ctx, func(t *tx) error {
			begun := time.Now()
			defer func() { took = time.Since(begun) }()
			return t.note(drain(t.conn.QueryContext(context.Background(), fmt.Sprintf(`PRAGMA incremental_vacuum(%d)`, pace.n))))
		})
		if err != nil {
			return given, err
		}
		after, err := db.Size(ctx)
		if err != nil || after.Free >= size.Free {
			return given, err // others fill it as fast, which is as good
		}
		given += size.Free - after.Free
		if err := pace.rest(ctx, took); err != nil {
			return given, err
		}
	}
}

// mostMoved is how many pages one transaction of Shrink moves at most.
const mostMoved = 256

// drain runs a statement to its end: SQLite does a bit of the work for each row it is asked for.
func drain(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		continue // the rows are empty
	}
	return rows.Err()
}
