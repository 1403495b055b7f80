package file

import (
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestAFileThatIsTooLargeIsNotRead(t *testing.T) {
	data, err := read(io.NopCloser(strings.NewReader("12345678")), 8)
	require.NoError(t, err)
	require.Equal(t, "12345678", string(data))
	_, err = read(io.NopCloser(strings.NewReader(strings.Repeat("x", 3<<20))), 2<<20)
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	require.Contains(t, engine.ErrorMessage(err), "2 MB are read at most.")
}
