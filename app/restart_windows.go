//go:build !headless

package main

import (
	"os"
	"os/exec"
)

// replaceBy starts another program, while this one is about to end: a program cannot be replaced here.
func replaceBy(program string, args []string) error {
	next := exec.Command(program, args[1:]...)
	next.Stdin, next.Stdout, next.Stderr = os.Stdin, os.Stdout, os.Stderr
	return next.Start()
}
