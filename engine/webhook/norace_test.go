//go:build !race

package webhook_test

// largest is the size of the bodies that must take no memory.
const largest = 50 << 20
