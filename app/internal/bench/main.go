// Command bench measures Bellhop against a bare engine that does the same job with nothing around it, in
// one run on one computer, and sets the figures beside the goals. All of it stays on loopback. The
// figures that count are ratios: absolute times say more about the computer and its other work.
//
//	go build -tags headless -o bin/bellhop-headless ./app
//	go run -tags headless ./app/internal/bench -bellhop bin/bellhop-headless
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// settings are what the command line says.
type settings struct {
	bellhop string        // the program
	window  string        // the program with a window, if that is to be measured
	dir     string        // for data folders
	rounds  int           // of which the medians count
	during  time.Duration // of each load
	history int           // runs in the long history
	pile    int           // runs that wait while the app is slow; 0 is a tenth of the history
	only    string        // of measures; all if empty
}

func main() {
	var s settings
	flag.StringVar(&s.bellhop, "bellhop", "bin/bellhop-headless", "the program to measure")
	flag.StringVar(&s.window, "window", "", "the program with a window to measure too; it needs a display of X11 with a tray, and xwininfo")
	flag.StringVar(&s.dir, "dir", "", "where data folders go; a new one in the temporary folder if empty. The kind of disk matters")
	flag.IntVar(&s.rounds, "rounds", 3, "how often to measure; medians count")
	flag.DurationVar(&s.during, "during", 5*time.Second, "how long each load lasts")
	flag.IntVar(&s.history, "history", 0, "how many runs to put into the history for the measures of scale; 0 leaves them out. A million takes some minutes and 1 GB")
	flag.IntVar(&s.pile, "pile", 0, "how many runs to let pile up on top of the history; 0 is a tenth of it")
	flag.StringVar(&s.only, "only", "", "measure only this: "+strings.Join(measures, ", "))
	serve := flag.String("reference", "", "serve as the reference engine with this folder")
	post := flag.String("post", "", "where the reference engine posts to; empty to store only")
	flag.Parse()

	err := func() error {
		if *serve != "" {
			return reference(*serve, *post)
		}
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		return measure(ctx, s, os.Stdout)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
