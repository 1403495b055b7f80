package source

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"bellhop/engine"
)

// Decode fills what into points to, by the names in its `json` tags, and returns every unknown key
// and every value of a wrong type, in the order of the file. What can be filled is filled in spite
// of them. A null is as good as a key left out. Understood are structs, pointers, slices, maps with
// text keys, texts, whole numbers, booleans, any (JSON values) and json.RawMessage (with the keys in
// the order of the file); other types are a mistake of the caller's and panic.
func (d *Document) Decode(into any) engine.Problems {
	var r Report
	d.decode(&r, "", reflect.ValueOf(into).Elem())
	return r.Problems(d)
}

var rawMessage = reflect.TypeFor[json.RawMessage]()

func (d *Document) decode(r *Report, path string, to reflect.Value) {
	n := d.places[path].value
	if to.Type() == rawMessage {
		to.SetBytes(n.appendJSON(nil))
		return
	}
	if n.kind == null {
		return
	}
	wrong := func(want string) {
		r.Value(path, "%s", d.wrongType(path, n, want))
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		d.decode(r, path, to.Elem())
	case reflect.Interface:
		to.Set(reflect.ValueOf(n.value()))
	case reflect.String:
		if n.kind != text {
			wrong("a text")
			return
		}
		to.SetString(n.text)
	case reflect.Bool:
		if n.kind != boolean {
			wrong("true or false")
			return
		}
		to.SetBool(n.text == "true")
	case reflect.Int, reflect.Int64:
		whole, err := strconv.ParseInt(n.text, 10, 64)
		if n.kind != number || err != nil {
			wrong("a whole number")
			return
		}
		to.SetInt(whole)
	case reflect.Float64:
		n64, err := strconv.ParseFloat(n.text, 64)
		if n.kind != number || err != nil {
			wrong("a number")
			return
		}
		to.SetFloat(n64)
	case reflect.Slice:
		if n.kind != list {
			wrong("a list")
			return
		}
		to.Set(reflect.MakeSlice(to.Type(), len(n.items), len(n.items)))
		for i := range n.items {
			d.decode(r, Index(path, i), to.Index(i))
		}
	case reflect.Map:
		if n.kind != object {
			wrong("names and values")
			return
		}
		to.Set(reflect.MakeMap(to.Type()))
		for _, e := range n.entries {
			value := reflect.New(to.Type().Elem()).Elem()
			d.decode(r, Key(path, e.key), value)
			to.SetMapIndex(reflect.ValueOf(e.key).Convert(to.Type().Key()), value)
		}
	case reflect.Struct:
		if n.kind != object {
			wrong("names and values")
			return
		}
		d.decodeStruct(r, path, n, to)
	default:
		panic(fmt.Sprintf("source: cannot decode into %s", to.Type()))
	}
}

func (d *Document) decodeStruct(r *Report, path string, n *node, to reflect.Value) {
	names, fields := tagged(to)
	for _, e := range n.entries {
		field, known := fields[e.key]
		if !known {
			r.Key(Key(path, e.key), engine.Suggest(e.key, names), "%q is not known here.", e.key)
			continue
		}
		d.decode(r, Key(path, e.key), field)
	}
}

// tagged returns a struct's fields by the names in their tags.
func tagged(s reflect.Value) (names []string, fields map[string]reflect.Value) {
	fields = map[string]reflect.Value{}
	for i := range s.NumField() {
		name, _, _ := strings.Cut(s.Type().Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
			fields[name] = s.Field(i)
		}
	}
	return names, fields
}

// wrongType says what a value should have been. A word that was taken for something else than a text
// is the commonest case, and quotes mend it.
func (d *Document) wrongType(path string, n *node, want string) string {
	what := d.places[path].name()
	// A sentence begins with a capital letter, but a name stays as it is.
	what = strings.ToUpper(what[:1]) + what[1:]
	if want == "a text" && (n.kind == number || n.kind == boolean) {
		return fmt.Sprintf("%s must be a text. Put it in quotes: %q.", what, n.text)
	}
	is := map[kind]string{boolean: "true or false", number: "a number", text: "a text", list: "a list", object: "names and values"}[n.kind]
	if want == is {
		return fmt.Sprintf("%s must be %s.", what, want)
	}
	hint := map[string]string{
		"a list":           " Each entry of a list begins with a dash, on a line of its own.",
		"names and values": " Each is written as name: value, on a line of its own.",
	}[want]
	return fmt.Sprintf("%s must be %s, but it is %s.%s", what, want, is, hint)
}
