package recipe

import (
	"crypto/sha256"
	"encoding/hex"

	"bellhop/engine"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
)

// Order tells which runs of a recipe wait for each other: it makes their Run.OrderKey. It may be used
// from many goroutines.
type Order struct{ by *mapping.Template }

// longestOrderKey is the most bytes of a text that is kept as it is; of a longer one the hash is.
const longestOrderKey = 200

// The order keys that are no text of the event; those begin with "=".
const (
	orderAll     = "recipe"
	orderNothing = "none"
)

// NewOrder compiles what a recipe says of the order of its runs; nil if it says nothing. The error is
// Invalid if OrderBy cannot be read.
func NewOrder(d engine.Definition) (*Order, error) {
	if d.Runs == nil || !d.Runs.InOrder {
		return nil, nil
	}
	if d.Runs.OrderBy == "" {
		return &Order{}, nil
	}
	by, err := mapping.Parse(d.Runs.OrderBy)
	if err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The recipe's runs are put in order by a text that cannot be read: %s", err)
	}
	return &Order{by: by}, nil
}

// Pills returns the paths of the data that Key looks at; none if all runs of the recipe go one after
// the other. Of a nil Order there are none.
func (o *Order) Pills() []mapping.Path {
	if o == nil || o.by == nil {
		return nil
	}
	var paths []mapping.Path
	for _, pill := range o.by.Pills() {
		paths = append(paths, pill.Paths()...)
	}
	return paths
}

// Key returns the order key of a run on the data that pills refer to: `trigger` and
// `trigger_request`. It is empty if o is nil. Runs whose event does not have what the order goes by
// all wait for each other: that may be unneeded, but puts nothing in the wrong order.
func (o *Order) Key(data map[string]any, env mapping.Env) string {
	if o == nil {
		return ""
	}
	if o.by == nil {
		return orderAll
	}
	value, err := o.by.Eval(data, env)
	if err != nil {
		return orderNothing
	}
	key := "=" + mapping.Text(value)
	if len(key) > longestOrderKey {
		sum := sha256.Sum256([]byte(key))
		return "#" + hex.EncodeToString(sum[:])
	}
	return key
}

// OfEvent is Key of an event whose body is in memory.
func (o *Order) OfEvent(e engine.Event) string {
	if len(o.Pills()) == 0 {
		return o.Key(nil, mapping.Env{})
	}
	data := map[string]any{"trigger_request": e.Request.Data()}
	if body, err := content.Parse(e.ContentType, e.Body); err == nil {
		data["trigger"] = body
	}
	return o.Key(data, mapping.Env{})
}

// OrderKey is Key of data that is parsed already, for those who make few runs.
func OrderKey(d engine.Definition, data any, request engine.Request, env mapping.Env) (string, error) {
	o, err := NewOrder(d)
	if o == nil || err != nil {
		return "", err
	}
	return o.Key(map[string]any{"trigger": data, "trigger_request": request.Data()}, env), nil
}
