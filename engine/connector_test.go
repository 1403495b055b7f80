package engine_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

func TestWhenFits(t *testing.T) {
	account := engine.Account{Connection: engine.Connection{Fields: map[string]string{"scheme": "hmac"}}}
	for name, test := range map[string]struct {
		when engine.When
		want bool
	}{
		"nothing asked":     {nil, true},
		"the value":         {engine.When{"scheme": "hmac"}, true},
		"another value":     {engine.When{"scheme": "basic"}, false},
		"one of several":    {engine.When{"scheme": "header|hmac"}, true},
		"none of several":   {engine.When{"scheme": "header|basic"}, false},
		"part of a value":   {engine.When{"scheme": "hm"}, false},
		"any value":         {engine.When{"scheme": "*"}, true},
		"any, but empty":    {engine.When{"secret": "*"}, false},
		"empty as asked":    {engine.When{"secret": ""}, true},
		"all must fit":      {engine.When{"scheme": "hmac", "secret": "*"}, false},
		"empty or a choice": {engine.When{"secret": "|x"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, test.when.Fits(account.Value))
		})
	}
}
