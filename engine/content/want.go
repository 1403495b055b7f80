package content

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
)

// want says which parts of a value are wanted.
type want struct {
	all  bool
	sub  map[string]*want
	last int // the largest place that is wanted of a list; -1 for none
}

// wanted puts paths together.
func wanted(paths [][]string) *want {
	if paths == nil {
		return &want{all: true}
	}
	root := &want{last: -1}
	for _, path := range paths {
		w := root
		for _, part := range path {
			if index, err := strconv.Atoi(part); err == nil {
				if index < 0 {
					break // counted from the end, which only the whole list knows
				}
				w.last = max(w.last, index)
			}
			below, ok := w.sub[part]
			if !ok {
				below = &want{last: -1}
				if w.sub == nil {
					w.sub = map[string]*want{}
				}
				w.sub[part] = below
			}
			w = below
		}
		w.all = true
	}
	return root
}

// field returns the name of a field, and what is wanted of it.
func (w *want) field(quoted []byte) (string, *want) {
	if w == nil || len(quoted) > longestKey {
		return "", nil
	}
	name := quoted[1 : len(quoted)-1]
	if !bytes.ContainsRune(name, '\\') {
		below := w.sub[string(name)]
		if below == nil {
			return "", nil
		}
		return string(name), below
	}
	var plain string
	if json.Unmarshal(slices.Clip(quoted), &plain) != nil {
		return "", nil
	}
	return plain, w.sub[plain]
}

// item returns what is wanted of an item.
func (w *want) item(index int) *want {
	if w == nil || index > w.last {
		return nil
	}
	return w.sub[strconv.Itoa(index)]
}
