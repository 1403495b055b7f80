package content

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

func number(n int64) json.Number { return json.Number(strconv.FormatInt(n, 10)) }

// parseXML returns a map with the document's element. An element is its text; or, if there is more to
// it, a map of its attributes (`@name`), the elements in it, of which several with a name are a list, and
// its text (`#text`). Prefixes of names are left out. Document types and entities of one's own are
// refused: a few lines of them can stand for gigabytes, or for files of this computer.
func parseXML(body []byte) (any, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	// The text is known to be UTF-8, whatever it says of itself.
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	root := &element{fields: map[string]any{}}
	open := []*element{root}
	for {
		token, err := d.Token()
		if err == io.EOF { //nolint:errorlint // the document's end comes bare
			break
		}
		if err != nil {
			return nil, engine.Wrap(err, engine.Invalid, "The body says it is XML but cannot be read as such: %s", engine.Cause(err))
		}
		top := open[len(open)-1]
		switch token := token.(type) {
		case xml.Directive:
			return nil, engine.Errorf(engine.Invalid, "The XML has a document type, which Bellhop does not read since it can be used to attack.")
		case xml.StartElement:
			if len(open) > mapping.MaxDepth {
				return nil, engine.Errorf(engine.Invalid, "This XML is nested more than %d levels deep, which Bellhop does not read.", mapping.MaxDepth)
			}
			if top == root && len(root.fields) > 0 {
				return nil, engine.Errorf(engine.Invalid, "The body says it is XML but has a second element at its end.")
			}
			if top == root {
				root.fields[token.Name.Local] = nil
			}
			open = append(open, newElement(token))
		case xml.EndElement:
			open = open[:len(open)-1]
			parent := open[len(open)-1]
			if parent == root {
				root.fields[token.Name.Local] = top.value()
				break
			}
			add(parent.fields, token.Name.Local, top.value())
		case xml.CharData:
			if top == root && len(bytes.TrimSpace(token)) > 0 {
				return nil, engine.Errorf(engine.Invalid, "The body says it is XML but has text outside of its element.")
			}
			top.text.Write(token)
		}
	}
	if len(root.fields) == 0 {
		return nil, engine.Errorf(engine.Invalid, "The body says it is XML but has no element.")
	}
	return root.fields, nil
}

// element is an element that has begun.
type element struct {
	fields map[string]any
	text   strings.Builder
}

func newElement(start xml.StartElement) *element {
	e := &element{fields: map[string]any{}}
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			e.fields["@"+a.Name.Local] = a.Value
		}
	}
	return e
}

func (e *element) value() any {
	text := strings.TrimSpace(e.text.String())
	if len(e.fields) == 0 {
		return text
	}
	if text != "" {
		e.fields["#text"] = text
	}
	return e.fields
}
