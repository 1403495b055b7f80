package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// settled is how long after its start a program has done what a start leaves to do, also giving memory back.
const settled = 10 * time.Second

// classed finds Bellhop's windows in what xwininfo tells, by their class.
var classed = regexp.MustCompile(`(?m)^\s*(0x[0-9a-f]+) .*\("Bellhop" "Bellhop"\)`)

// home measures the program with its window, if the command line names it: how soon the window is there, and what
// it takes while it is shown and while it hides in the tray. It needs a display of X11 with a tray, and xwininfo.
func (b *bench) home(r *report) error {
	if b.window == "" {
		return nil
	}
	dir := filepath.Join(b.dir, "window")
	if _, err := prepare(b.ctx, dir, b.sink.url(), 1); err != nil {
		return err
	}
	// The first start draws the fonts' index and the graphics driver's programs, which stay on the disk.
	for _, name := range []string{"first start", "later start"} {
		before := windows(b.ctx)
		p, began, err := b.launch(dir)
		if err != nil {
			return err
		}
		took, err := b.shown(began, before)
		if err == nil && name == "later start" {
			err = b.idle(r, p, "the window shown", math.Inf(1), "none")
		}
		p.stop()
		if err != nil {
			return err
		}
		r.single("from the start of the process to the window, "+name, "≤ 1 s", took.Seconds(), milliseconds, 1)
	}
	p, _, err := b.launch(dir, "--hidden")
	if err != nil {
		return err
	}
	defer p.stop()
	return b.idle(r, p, "hidden in the tray", 150<<20, "≤ 150 MB")
}

// launch starts the program with a window.
func (b *bench) launch(dir string, args ...string) (*process, time.Time, error) {
	p := &process{cmd: exec.CommandContext(b.ctx, b.window, append(args, "--data", dir, "--secrets", "file")...), dir: dir}
	began := time.Now()
	return p, began, p.cmd.Start()
}

// shown waits until a window is on the screen that was not there before.
func (b *bench) shown(began time.Time, before map[string]bool) (time.Duration, error) {
	for time.Since(began) < patience {
		for id := range windows(b.ctx) {
			if before[id] {
				continue
			}
			if says, err := exec.CommandContext(b.ctx, "xwininfo", "-id", id).Output(); err == nil && strings.Contains(string(says), "IsViewable") {
				return time.Since(began), nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return 0, errors.New("no window comes: is there a display of X11, and xwininfo?")
}

// windows returns the ids of Bellhop's windows on the display.
func windows(ctx context.Context) map[string]bool {
	ids := map[string]bool{}
	tree, _ := exec.CommandContext(ctx, "xwininfo", "-root", "-tree").Output() // without it there are none
	for _, found := range classed.FindAllStringSubmatch(string(tree), -1) {
		ids[found[1]] = true
	}
	return ids
}

// idle measures what a process takes that has nothing to do; most bytes of memory are its goal.
func (b *bench) idle(r *report, p *process, when string, most float64, goal string) error {
	time.Sleep(settled)
	cpu := p.cpu()
	time.Sleep(2 * b.during)
	used := (p.cpu() - cpu).Seconds() / (2 * b.during).Seconds() * 100
	memory, _ := p.memory()
	if memory == 0 {
		return fmt.Errorf("the program has ended, which was to be measured with %s", when)
	}
	r.single("memory, "+when, goal, float64(memory), megabytes, most)
	r.single("processor with nothing to do, of one core, "+when, "≤ 0.5 %", used, percent, 0.5)
	return nil
}
