package folder

import "testing"

// SetMostFiles bounds how many files a folder may have, for one test.
func SetMostFiles(t *testing.T, n int) {
	old := mostFiles
	mostFiles = n
	t.Cleanup(func() { mostFiles = old })
}
