package engine_test

import (
	"errors"
	"fmt"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestCauseIsTheInnermost(t *testing.T) {
	path := &fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}
	require.Equal(t, fs.ErrNotExist, engine.Cause(engine.Wrap(fmt.Errorf("read: %w", path), engine.NotFound, "There is no x.")))
	plain := errors.New("plain")
	require.Equal(t, plain, engine.Cause(plain))
	require.NoError(t, engine.Cause(nil))
}
