package webhook

import (
	"bytes"
	"io"
	"strconv"

	"bellhop/engine"
	"bellhop/engine/content"
	"bellhop/engine/mapping"
)

// Order says which runs wait for each other; *recipe.Order does.
type Order interface {
	// Pills are the paths of the data that Key looks at.
	Pills() []mapping.Path
	// Key is what runs that wait for each other have in common.
	Key(data map[string]any, env mapping.Env) string
}

// orderKey reads of a body what the order of runs goes by. The error is Unavailable if a file cannot be
// read again; what it does not have is the Order's to judge.
func orderKey(order Order, event engine.Event, body *body) (string, error) {
	data := map[string]any{"trigger": map[string]any{}, "trigger_request": event.Request.Data()}
	if paths := triggerPaths(order.Pills()); len(paths) > 0 {
		source := io.Reader(bytes.NewReader(body.bytes))
		if body.file != nil {
			source = body.file.Content()
		}
		value, err := content.Pick(source, event.ContentType, paths)
		switch {
		case err == nil:
			data["trigger"] = value
		case engine.ErrorCode(err) != engine.Invalid:
			return "", err
		}
	}
	return order.Key(data, mapping.Env{}), nil
}

// triggerPaths are the paths within the trigger's data.
func triggerPaths(pills []mapping.Path) [][]string {
	var paths [][]string
	for _, pill := range pills {
		if len(pill) == 0 || pill[0].Item || pill[0].Name != "trigger" {
			continue
		}
		path := make([]string, 0, len(pill))
		for _, segment := range pill[1:] {
			if segment.Item {
				path = append(path, strconv.Itoa(segment.Index))
			} else {
				path = append(path, segment.Name)
			}
		}
		paths = append(paths, path)
	}
	return paths
}
