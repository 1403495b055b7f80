package content

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// Match is what some places of a body must hold. The zero Match fits every body.
type Match struct {
	paths []mapping.Path
	picks [][]string
	wants []string
}

// NewMatch makes a match of paths, such as `data.object.mode`, and the text or number that each must have. The
// error is Invalid.
func NewMatch(wants map[string]string) (Match, error) {
	var m Match
	for _, place := range slices.Sorted(maps.Keys(wants)) {
		path, err := mapping.ParsePath(place)
		if err != nil {
			return m, engine.Wrap(err, engine.Invalid, "%q is no place in the body. Write it as type or data.type.", place)
		}
		pick := make([]string, len(path))
		for i, segment := range path {
			if pick[i] = segment.Name; segment.Item {
				pick[i] = strconv.Itoa(segment.Index)
			}
		}
		m.paths, m.picks, m.wants = append(m.paths, path), append(m.picks, pick), append(m.wants, wants[place])
	}
	return m, nil
}

// Any says whether every body fits.
func (m Match) Any() bool { return len(m.paths) == 0 }

// Fits says whether a body that was found to be right holds what it must. Errors are those of r.
func (m Match) Fits(r io.Reader, contentType string) (bool, error) {
	if m.Any() {
		return true, nil
	}
	body, err := Pick(r, contentType, m.picks)
	if err != nil {
		if engine.ErrorCode(err) == engine.Invalid {
			err = nil // it is more than can be read, and so not what is waited for
		}
		return false, err
	}
	for i, path := range m.paths {
		value, err := path.Lookup(body)
		if err != nil {
			return false, nil //nolint:nilerr // nothing is there
		}
		switch value.(type) {
		case string, json.Number, bool:
			if mapping.Text(value) != m.wants[i] {
				return false, nil
			}
		default:
			return false, nil
		}
	}
	return true, nil
}
