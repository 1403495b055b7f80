package content

import (
	"bytes"
	"encoding/json"
	"io"

	"bellhop/engine/mapping"
)

// Selection is which parts of bodies are wanted. It is made once and used for many bodies, also at the
// same time.
type Selection struct {
	root *want
	all  bool
}

// Select makes a selection of paths as Pick takes them; nil selects everything.
func Select(paths [][]string) Selection {
	return Selection{root: wanted(paths), all: paths == nil}
}

// Parse is Pick for a body in memory: what Parse returns, less what is not selected of a JSON document.
// Of an order of 2.5 KB, five fields take an eighth of the time of all.
func (s Selection) Parse(contentType string, body []byte) (any, error) {
	text, read, err := look(contentType, body)
	if err != nil || read != asJSON || s.all {
		return Parse(contentType, body)
	}
	return overMemory(text).document(s.root)
}

// valid says whether text is JSON that mapping.Decode accepts, in a quarter of json.Valid's time.
func valid(text []byte) bool {
	_, err := overMemory(text).document(nil)
	return err == nil
}

func overMemory(text []byte) *scanner {
	return &scanner{source: nothing{}, buf: text, end: len(text), from: -1, budget: MaxRead}
}

// nothing is the rest of a body that is in memory.
type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, io.EOF }

// decode reads a value that the scanner has found to be JSON.
func decode(value []byte) (any, error) {
	switch c := value[0]; {
	case c == '"' && bytes.IndexByte(value, '\\') < 0:
		return string(value[1 : len(value)-1]), nil
	case c == '-' || c >= '0' && c <= '9':
		return json.Number(value), nil
	case c == 't' || c == 'f':
		return c == 't', nil
	case c == 'n':
		return nil, nil
	}
	return mapping.Decode(value)
}
