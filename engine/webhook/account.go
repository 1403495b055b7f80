package webhook

import (
	"bellhop/engine"
	"bellhop/engine/auth"
	"bellhop/engine/signature"
)

// CheckAccount returns an Invalid error if deliveries cannot be checked with what an account holds, since a key in
// it is none: found out by who enters it, and not when the first delivery is turned away. Secrets that the account
// lacks are not missed.
func CheckAccount(connector engine.Connector, account engine.Account) error {
	data := auth.Data(account)
	for _, o := range connector.Triggers {
		if o.Webhook == nil || o.Webhook.Signature == nil {
			continue
		}
		spec, err := resolve(*o.Webhook.Signature, data)
		if err != nil {
			continue // it needs more than the account
		}
		spec = signature.Complete(spec)
		if spec.Scheme != signature.SchemePublicKey && (spec.Key == "" || spec.Secret == "") {
			continue // any text is a secret
		}
		if _, err := signature.New(spec); err != nil {
			return err
		}
	}
	return nil
}
