package webhook

import (
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
		value, err := content.Pick(body.content(), event.ContentType, paths)
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
		paths = append(paths, parts(pill[1:]))
	}
	return paths
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
