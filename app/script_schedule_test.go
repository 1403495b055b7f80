package main

import (
	"context"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// away lets a script's recipes, whose engine does not run, look as they do after so long a time off:
// `away 48h`.
func away(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	db, err := sqlite.Open(ctx, sqlite.Params{Path: ts.Getenv("BELLHOP_DATA") + "/bellhop.db"})
	ts.Check(err)
	defer func() { ts.Check(db.Close()) }()
	ts.Check(db.Update(ctx, func(tx engine.Tx) error {
		recipes, err := tx.Recipes(ctx)
		for _, r := range recipes {
			if err == nil {
				err = tx.SetTriggerState(r.ID, engine.TriggerThrough, time.Now().Add(-d).UTC().Format(time.RFC3339Nano))
			}
		}
		return err
	}))
}
