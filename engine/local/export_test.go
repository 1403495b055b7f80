package local

import (
	"os"
	"testing"
)

// FailWrites lets every write of an appended text end half way with err, for one test.
func FailWrites(t *testing.T, err error) {
	old := write
	write = func(f *os.File, content []byte) error {
		_, _ = f.Write(content[:len(content)/2])
		return err
	}
	t.Cleanup(func() { write = old })
}
