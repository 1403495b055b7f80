package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// ticks is what /proc counts processor time in; it is 100 a second on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpu returns the processor time that the process has used, see proc_pid_stat(5).
func (p *process) cpu() time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(stat, []byte(") ")) // the name before it may hold anything
	fields := bytes.Fields(rest)
	user, _ := strconv.Atoi(string(fields[11]))
	system, _ := strconv.Atoi(string(fields[12]))
	return time.Duration(user+system) * tick
}

// memory returns the bytes of the process that are resident now, and the most there ever were.
func (p *process) memory() (now, most int64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range bytes.Lines(status) {
		fields := bytes.Fields(line)
		if len(fields) < 2 {
			continue
		}
		kb, _ := strconv.ParseInt(string(fields[1]), 10, 64)
		switch string(fields[0]) {
		case "VmRSS:":
			now = kb << 10
		case "VmHWM:":
			most = kb << 10
		}
	}
	return now, most
}
