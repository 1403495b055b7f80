package main

import (
	"io"
	"net/http"
	"regexp"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// get fetches an address again and again until what comes matches, and prints that: `get $address '^\[\]'`.
func get(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[1])
	for deadline := time.After(patience); ; {
		res, err := http.Get(args[0])
		ts.Check(err)
		body, err := io.ReadAll(res.Body)
		ts.Check(err)
		ts.Check(res.Body.Close())
		if want.Match(body) {
			_, err = ts.Stdout().Write(body)
			ts.Check(err)
			return
		}
		select {
		case <-deadline:
			ts.Fatalf("it does not happen: %s; there is %s", args[1], body)
		case <-time.After(10 * time.Millisecond):
		}
	}
}
