//go:build !linux

package main

import "time"

// Processor time and memory of another process are read where /proc tells them.

func (p *process) cpu() time.Duration        { return 0 }
func (p *process) memory() (now, most int64) { return 0, 0 }
