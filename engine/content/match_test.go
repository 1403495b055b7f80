package content_test

import (
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/content"
)

func TestMatch(t *testing.T) {
	t.Parallel()
	const body = `{"type":"invoice.paid","n":7,"live":false,"data":{"object":{"reason":"cycle","lines":[{"id":"a"}],"none":null}}}`
	for _, test := range []struct {
		wants map[string]string
		body  string
		fits  bool
	}{
		{nil, body, true},
		{map[string]string{"type": "invoice.paid"}, body, true},
		{map[string]string{"type": "invoice.paid", "data.object.reason": "cycle"}, body, true},
		{map[string]string{"type": "invoice.paid", "data.object.reason": "create"}, body, false},
		{map[string]string{"n": "7", "live": "false", "data.object.lines[0].id": "a"}, body, true},
		{map[string]string{"data.object.none": ""}, body, false},
		{map[string]string{"data.object": ""}, body, false},
		{map[string]string{"nothing": "x"}, body, false},
		{map[string]string{"type": "x"}, `[]`, false},
		{map[string]string{"type": "x"}, `{`, false},
	} {
		m, err := content.NewMatch(test.wants)
		require.NoError(t, err)
		fits, err := m.Fits(strings.NewReader(test.body), "application/json")
		require.NoError(t, err)
		require.Equal(t, test.fits, fits, "%v", test.wants)
	}
	_, err := content.NewMatch(map[string]string{"a..b": ""})
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
	m, err := content.NewMatch(map[string]string{"type": "x"})
	require.NoError(t, err)
	lost := errors.New("the file is gone")
	_, err = m.Fits(iotest.ErrReader(lost), "application/json")
	require.ErrorIs(t, err, lost)
}
