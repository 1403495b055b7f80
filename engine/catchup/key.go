package catchup

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"

	"bellhop/engine"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
)

// longestKey is how long a key may be before it is shortened.
const longestKey = 200

// mark says whether an event has come neither by delivery nor by catch-up yet, and marks that it has now. Place
// is whose events they are.
func mark(tx engine.MemoryTx, recipeID int64, place, key string) (first bool, err error) {
	first, _, err = tx.MarkSeen(recipeID, "catch_up "+place, key)
	return first, err
}

// shared returns a key as it is kept: short, and text; "" if there is none.
func shared(key string) string {
	key = strings.ToValidUTF8(strings.TrimSpace(key), "\uFFFD")
	if len(key) > longestKey {
		sum := sha256.Sum256([]byte(key))
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	return key
}

// Key finds in a delivery what tells its event from others, as the app's API does too.
type Key struct {
	place string
	text  *mapping.Template
	paths [][]string
	// only is the path where the key is nothing but the value there.
	only []string
}

// NewKey compiles a trigger's CatchUpSpec, of an operation that has one. The error is Invalid.
func NewKey(t engine.Trigger, c engine.Connector, o engine.Operation, account engine.Account) (*Key, error) {
	pill := o.CatchUp.Key
	text, err := mapping.Parse(pill)
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "What tells missed events apart cannot be read: %s", err)
	}
	place, err := placeOf(t, c, account.Connection)
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The connector file of %s has a mistake: %s", c.Title, err)
	}
	k := &Key{place: place, text: text}
	for _, one := range text.Pills() {
		for _, path := range one.Paths() {
			if len(path) > 1 && !path[0].Item && path[0].Name == "trigger" {
				k.paths = append(k.paths, parts(path[1:]))
			}
		}
	}
	if len(k.paths) == 1 && pill == "{{trigger."+strings.Join(k.paths[0], ".")+"}}" {
		k.only = k.paths[0]
	}
	return k, nil
}

// parts writes a path as content.Pick has it.
func parts(path mapping.Path) []string {
	all := make([]string, len(path))
	for i, segment := range path {
		if all[i] = segment.Name; segment.Item {
			all[i] = strconv.Itoa(segment.Index)
		}
	}
	return all
}

// Mark says whether an event has come neither by delivery nor by catch-up yet, and marks that it has now. It
// belongs into the transaction that stores the event.
func (k *Key) Mark(tx engine.MemoryTx, recipeID int64, key string) (first bool, err error) {
	return mark(tx, recipeID, k.place, key)
}

// Of returns the key of a body in memory that content.Check found to be right; "" if it has none.
func (k *Key) Of(body []byte, contentType string) string {
	if k.only != nil {
		if value, ok := content.Glance(body, contentType, k.only); ok {
			return shared(mapping.Text(value))
		}
	}
	key, _ := k.OfReader(bytes.NewReader(body), contentType) // there is nothing that could not be read
	return key
}

// OfReader is Of for a body of any length. Errors are those of r.
func (k *Key) OfReader(r io.Reader, contentType string) (string, error) {
	value, err := content.Pick(r, contentType, k.paths)
	if err != nil {
		if engine.ErrorCode(err) == engine.Invalid {
			err = nil // the run tells what is wrong with it
		}
		return "", err
	}
	text, err := k.text.Eval(map[string]any{"trigger": value}, mapping.Env{})
	if err != nil {
		return "", nil //nolint:nilerr // a pill finds nothing, so there is no key
	}
	return shared(mapping.Text(text)), nil
}
