package bundle

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"filippo.io/age"
	"golang.org/x/text/unicode/norm"

	"bellhop/engine"
	"bellhop/store/secret"
)

// shortestPassphrase is how many characters a passphrase has at least: whoever has the file can try as
// many as his computer can.
const shortestPassphrase = 10

// usualWork makes each try of a passphrase take about a second (age's own choice); a file that asks for more than
// mostWork, about four seconds, is none of ours.
const (
	usualWork = 18
	mostWork  = 20
)

// secretsFormat is the form of what secrets.age holds.
const secretsFormat = 1

// secrets are what secrets.age holds, as JSON: for each key of the keyring the values by field.
type secrets struct {
	Format int                          `json:"secrets"`
	Values map[string]map[string]string `json:"values"`
}

// CheckPassphrase refuses a passphrase that is too easily tried.
func CheckPassphrase(passphrase string) error {
	if utf8.RuneCountInString(passphrase) < shortestPassphrase {
		return engine.Errorf(engine.Invalid,
			"The passphrase for the secrets needs %d characters or more; a few words are best. Write it down: without it nobody can read them.", shortestPassphrase)
	}
	return nil
}

// seal encrypts the secrets under the passphrase.
func (p Params) seal() ([]byte, error) {
	return seal(p.Secrets, p.Passphrase, cmp.Or(p.work, usualWork))
}

func seal(values map[string]map[string]string, passphrase string, work int) ([]byte, error) {
	if err := CheckPassphrase(passphrase); err != nil {
		return nil, err
	}
	// Keyboards of some systems write é as two characters.
	recipient, err := age.NewScryptRecipient(norm.NFC.String(passphrase))
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "This cannot be a passphrase.")
	}
	recipient.SetWorkFactor(work)
	plain, err := json.Marshal(secrets{secretsFormat, values})
	if err != nil {
		return nil, engine.Errorf(engine.Internal, "The secrets cannot be written down.")
	}
	return secret.Encrypt(plain, recipient)
}

// unseal decrypts them. Its error is Invalid if the passphrase does not fit.
func unseal(sealed []byte, passphrase, path string) (map[string]map[string]string, error) {
	identity, err := age.NewScryptIdentity(norm.NFC.String(passphrase))
	if err != nil {
		return nil, wrongPassphrase(err)
	}
	identity.SetMaxWorkFactor(mostWork)
	plain, err := age.Decrypt(bytes.NewReader(sealed), identity)
	if _, no := errors.AsType[*age.NoIdentityMatchError](err); no {
		return nil, wrongPassphrase(err)
	}
	if err != nil {
		return nil, damaged(path)
	}
	content, err := io.ReadAll(io.LimitReader(plain, largestSecrets))
	if err != nil {
		return nil, damaged(path)
	}
	var s secrets
	// The cause is left out: it could quote a secret.
	if err := json.Unmarshal(content, &s); err != nil || s.Format != secretsFormat {
		return nil, damaged(path)
	}
	return s.Values, nil
}

func wrongPassphrase(cause error) error {
	return engine.Wrap(cause, engine.Invalid, "This is not the passphrase that the secrets in the file were put away with. Nothing was changed. Look for capital letters and spaces.")
}
