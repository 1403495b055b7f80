package signature

import (
	"cmp"
	"maps"
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
	// See https://www.twilio.com/docs/usage/security#validating-requests
	"twilio": {
		Header: "X-Twilio-Signature", Algorithm: "sha1", Encoding: "base64", Signed: "{url}{form}",
	},
	// See https://mailchimp.com/developer/transactional/guides/track-respond-activity-webhooks/#authenticating-webhook-requests
	"mandrill": {
		Header: "X-Mandrill-Signature", Algorithm: "sha1", Encoding: "base64", Signed: "{url}{form}",
	},
	// See https://developer.squareup.com/docs/webhooks/step3validate
	"square": {
		Header: "X-Square-Hmacsha256-Signature", Algorithm: "sha256", Encoding: "base64", Signed: "{url}{body}",
	},
	// Webhooks come by POST alone. See https://developers.hubspot.com/docs/api/webhooks/validating-requests
	"hubspot": {
		Header: "X-Hubspot-Signature-V3", Algorithm: "sha256", Encoding: "base64",
		Signed: "POST{url}{body}{timestamp}", Timestamp: "X-Hubspot-Request-Timestamp",
	},
	// See https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures
	"trello": {
		Header: "X-Trello-Webhook", Algorithm: "sha1", Encoding: "base64", Signed: "{body}{url}",
	},
	// It tries for ten minutes. See https://discord.com/developers/docs/events/webhook-events#validating-security-request-headers
	"discord": {
		Scheme: SchemePublicKey, Header: "X-Signature-Ed25519", Encoding: "hex",
		Signed: "{timestamp}{body}", Timestamp: "X-Signature-Timestamp", Tolerance: 900,
	},
	// It does not say whether what it sends again, for a day, is signed anew: any time is taken. See
	// https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
	"sendgrid": {
		Scheme: SchemePublicKey, Header: "X-Twilio-Email-Event-Webhook-Signature", Encoding: "base64",
		Signed: "{timestamp}{body}", Timestamp: "X-Twilio-Email-Event-Webhook-Timestamp", Tolerance: -1,
	},
	// Svix, OpenAI, Supabase and others. See https://github.com/standard-webhooks/standard-webhooks
	"standard_webhooks": {
		Header: "Webhook-Signature", Algorithm: "sha256", Encoding: "base64", Prefix: "v1,", Separator: " ", Key: "base64",
		Signed: "{id}.{timestamp}.{body}", Timestamp: "Webhook-Timestamp", ID: "Webhook-Id",
	},
}

// Schemes lists all that a SignatureSpec can name.
func Schemes() []string {
	all := slices.Sorted(maps.Keys(presets))
	return append([]string{SchemeNone, SchemeHMAC, SchemePublicKey, SchemeHeader, SchemeBasic}, all...)
}

// Complete spells a preset out. Other specs stay as they are.
func Complete(spec engine.SignatureSpec) engine.SignatureSpec {
	preset, ok := presets[spec.Scheme]
	if !ok {
		return spec
	}
	preset.Scheme = cmp.Or(preset.Scheme, SchemeHMAC)
	preset.Header = cmp.Or(preset.Header, spec.Header)
	preset.Secret, preset.PublicKey, preset.Tolerance = spec.Secret, spec.PublicKey, cmp.Or(spec.Tolerance, preset.Tolerance)
	return preset
}
