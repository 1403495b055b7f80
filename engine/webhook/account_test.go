package webhook_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/webhook"
)

func TestAKeyThatIsNoneIsFoundWhenItIsEntered(t *testing.T) {
	t.Parallel()
	catalog, err := connector.Ready(assets.Connectors())
	require.NoError(t, err)
	c, ok := catalog.Connector("webhook")
	require.True(t, ok)
	for name, test := range map[string]struct {
		fields, secrets map[string]string
		says            string
	}{
		"a public key":              {map[string]string{"scheme": "discord", "public_key": "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"}, nil, ""},
		"half of one":               {map[string]string{"scheme": "discord", "public_key": "d75a980182b10ab7d54b"}, nil, "The public key cannot be read"},
		"an application's id":       {map[string]string{"scheme": "sendgrid", "public_key": "1234560815483883520"}, nil, "The public key cannot be read"},
		"another signature's":       {map[string]string{"scheme": "public_key", "header": "X-Signature", "public_key": "no key"}, nil, "The public key cannot be read"},
		"a secret of the standard":  {map[string]string{"scheme": "standard_webhooks"}, map[string]string{"secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}, ""},
		"not in Base64":             {map[string]string{"scheme": "standard_webhooks"}, map[string]string{"secret": "whsec_???"}, "is not Base64"},
		"one that is kept":          {map[string]string{"scheme": "standard_webhooks"}, nil, ""},
		"any text where it will do": {map[string]string{"scheme": "twilio"}, map[string]string{"secret": "???"}, ""},
		"nothing":                   {nil, nil, ""},
	} {
		err := webhook.CheckAccount(c, engine.Account{Connection: engine.Connection{Name: "Door", Connector: "webhook", Fields: test.fields}, Secrets: test.secrets})
		if test.says == "" {
			require.NoError(t, err, name)
			continue
		}
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), name)
		require.ErrorContains(t, err, test.says, name)
	}
}
