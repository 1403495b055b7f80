// Package architecture holds no code, only the tests that keep the house as it was designed: who
// may import whom, and what the build without a window must not need.
package architecture
