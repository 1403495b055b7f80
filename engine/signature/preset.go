package signature

import (
	"slices"

	"bellhop/engine"
)

// presets are ways to sign that several senders share, so that nobody has to spell them out: a
// SignatureSpec names one as its scheme, and gives the secret, and the header where it differs from sender to
// sender.
var presets = map[string]engine.SignatureSpec{
	// Stripe, Calendly and others: t=1533204620,v1=2220f8…. See https://docs.stripe.com/webhooks#verify-manually
	"stripe": {
		Algorithm: "sha256", Encoding: "hex", Prefix: "v1=", Signed: "{timestamp}.{body}", Timestamp: "t=",
	},
	// See https://docs.slack.dev/authentication/verifying-requests-from-slack
	"slack": {
		Header: "X-Slack-Signature", Algorithm: "sha256", Encoding: "hex", Prefix: "v0=",
		Signed: "v0:{timestamp}:{body}", Timestamp: "X-Slack-Request-Timestamp",
	},
	// Svix, OpenAI, Supabase and others. See https://github.com/standard-webhooks/standard-webhooks
	"standard_webhooks": {
		Header: "Webhook-Signature", Algorithm: "sha256", Encoding: "base64", Prefix: "v1,", Separator: " ", Key: "base64",
		Signed: "{id}.{timestamp}.{body}", Timestamp: "Webhook-Timestamp", ID: "Webhook-Id",
	},
}

// Schemes lists all that a SignatureSpec can name.
func Schemes() []string {
	all := []string{SchemeNone, SchemeHMAC, SchemeHeader, SchemeBasic}
	for name := range presets {
		all = append(all, name)
	}
	slices.Sort(all[4:])
	return all
}

// Complete spells a preset out. Other specs stay as they are.
func Complete(spec engine.SignatureSpec) engine.SignatureSpec {
	preset, ok := presets[spec.Scheme]
	if !ok {
		return spec
	}
	preset.Scheme, preset.Secret, preset.Tolerance = SchemeHMAC, spec.Secret, spec.Tolerance
	if preset.Header == "" {
		preset.Header = spec.Header
	}
	return preset
}
