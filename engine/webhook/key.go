package webhook

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"bellhop/engine/catchup"
)

// maxKeyLength bounds the provider's id; no known provider's is near it.
const maxKeyLength = 255

// eventKey returns the event's key: the provider's id, its hash where it is absurdly long; what makes a
// signed delivery one of a kind; or a random one. The error is Unavailable if the body cannot be read again.
func eventKey(route Route, header http.Header, body *body, contentType string) (string, error) {
	key := route.eventKey(header)
	if key == "" && len(route.EventIDIn) > 0 {
		var err error
		if key, err = body.text(contentType, route.EventIDIn); err != nil {
			return "", err
		}
	}
	switch {
	case key == "" && body.once != "":
		return "sig_" + body.once, nil
	case key == "":
		return "evt_" + strings.ToLower(rand.Text()), nil
	case len(key) > maxKeyLength:
		sum := sha256.Sum256([]byte(key))
		return "sha256:" + hex.EncodeToString(sum[:]), nil
	}
	return strings.ToValidUTF8(key, "�"), nil
}

// missedKey reads of a body what its event is called where missed ones are asked for. The error is
// Unavailable if a file cannot be read again.
func missedKey(key *catchup.Key, body *body, contentType string) (string, error) {
	if body.file == nil {
		return key.Of(body.bytes, contentType), nil
	}
	return key.OfReader(body.file.Content(), contentType)
}
