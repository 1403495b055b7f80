//go:build !headless && !windows

package main

import (
	"os"
	"syscall"
)

// replaceBy makes this process another program.
func replaceBy(program string, args []string) error { return syscall.Exec(program, args, os.Environ()) }
