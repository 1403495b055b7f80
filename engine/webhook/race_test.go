//go:build race

package webhook_test

// largest is the size of the bodies that must take no memory: the race detector needs a minute for each 50 MB.
const largest = 4 << 20
