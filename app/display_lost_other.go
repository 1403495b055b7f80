//go:build !linux && !headless

package main

// onDisplayLost does nothing: on this system a program that loses its screen is told to end.
func onDisplayLost(func()) {}
