package draft

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"bellhop/engine/mapping"
	"bellhop/engine/recipe"
)

// Bounds that keep looking through data quick.
const (
	maxItems   = 20     // of a list, shown and searched
	maxVisited = 20_000 // values, looked at for one search
	maxHits    = 100
)

// Node is one value that can be inserted.
type Node struct {
	// ID is the path as it is written in a pill, such as `trigger.customer.email`.
	ID string
	// Label is the name for people, such as "Email"; Trail are the labels above it, without the source's.
	Label string
	Trail []string
	// Value is the value in a line; empty for a group of fields.
	Value string
	// Items is the number of items of a list, and -1 for anything else.
	Items int
	// Empty is true for null and for a text with nothing in it.
	Empty bool

	path  mapping.Path
	value any
}

// Pill is what is inserted into a field.
func (n Node) Pill() string { return "{{" + n.ID + "}}" }

// Outline is data to choose from, as a tree. Nodes are made when they are asked for.
type Outline struct {
	roots    []string
	rounds   map[string]bool // the roots that are rounds of loops
	nodes    map[string]Node
	children map[string][]string
}

// NewOutline makes an outline of what the sources have in data. Sources without data are left out.
func NewOutline(sources []Source, data map[string]any) *Outline {
	o := &Outline{nodes: map[string]Node{}, children: map[string][]string{}, rounds: map[string]bool{}}
	for _, source := range sources {
		value, ok := data[source.Name]
		if group, is := value.(map[string]any); !ok || is && empty(group) {
			continue
		}
		n := newNode(mapping.Path{{Name: source.Name}}, source.Name, nil, value)
		o.nodes[n.ID] = n
		o.roots = append(o.roots, n.ID)
		o.rounds[n.ID] = source.Loop
	}
	return o
}

// empty says whether there is nothing in a group to choose.
func empty(group map[string]any) bool {
	for _, value := range group {
		if inner, ok := value.(map[string]any); value != nil && value != "" && (!ok || !empty(inner)) {
			return false
		}
	}
	return true
}

// Roots returns the ids of the sources.
func (o *Outline) Roots() []string { return o.roots }

// Node returns the node of an id that Roots, Children or Search gave.
func (o *Outline) Node(id string) (Node, bool) {
	n, ok := o.nodes[id]
	return n, ok
}

// Branch says whether a node has children.
func (o *Outline) Branch(id string) bool { return branch(o.nodes[id].value) }

func branch(value any) bool {
	switch v := value.(type) {
	case map[string]any:
		return len(v) > 0
	case []any:
		return len(v) > 0
	}
	return false
}

// Children returns the ids below a node, the likeliest first. Of a long list only the first items are
// told.
func (o *Outline) Children(id string) []string {
	if ids, ok := o.children[id]; ok {
		return ids
	}
	parent := o.nodes[id]
	var below []Node
	var trail []string
	if len(parent.path) > 1 {
		trail = append(slices.Clip(parent.Trail), parent.Label)
	}
	switch v := parent.value.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		if o.rounds[id] {
			names = recipe.LoopData
		}
		for _, name := range names {
			below = append(below, newNode(parent.path.Field(name), Humanise(name), trail, v[name]))
		}
		if !o.rounds[id] {
			slices.SortStableFunc(below, func(a, b Node) int { return rank(a) - rank(b) })
		}
	case []any:
		for i, item := range v[:min(len(v), maxItems)] {
			below = append(below, newNode(parent.path.At(i), strconv.Itoa(i+1), trail, item))
		}
	}
	ids := make([]string, len(below))
	for i, n := range below {
		ids[i] = n.ID
		o.nodes[n.ID] = n
	}
	o.children[id] = ids
	return ids
}

// Search returns the ids of the values whose label or value has all words of a text, in any case.
func (o *Outline) Search(text string) []string {
	words := strings.Fields(strings.ToLower(text))
	var hits []string
	visited := 0
	var visit func(id string)
	visit = func(id string) {
		if visited++; visited > maxVisited || len(hits) >= maxHits {
			return
		}
		n := o.nodes[id]
		if len(n.path) > 1 && n.has(words) {
			hits = append(hits, id)
		}
		for _, child := range o.Children(id) {
			visit(child)
		}
	}
	for _, root := range o.roots {
		visit(root)
	}
	return hits
}

func (n Node) has(words []string) bool {
	text := strings.ToLower(strings.Join(n.Trail, " ") + " " + n.Label + " " + n.ID + "\n" + n.Value)
	own := strings.ToLower(n.Label + " " + n.path[len(n.path)-1].Name + "\n" + n.Value)
	found := false
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
		found = found || strings.Contains(own, word)
	}
	return found
}

// first are the fields that people look for most, in their order.
var first = []string{"name", "title", "number", "email", "phone", "message", "text", "total_price", "total", "amount", "price", "quantity", "currency", "status"}

// rank sorts what people look for before what programs do: first the well known, then other values,
// groups and lists, then ids and links, and last what is empty.
func rank(n Node) int {
	name := n.path[len(n.path)-1].Name
	if i := slices.Index(first, name); i >= 0 && !n.Empty {
		return i
	}
	switch {
	case n.Empty:
		return len(first) + 4
	case n.Items >= 0:
		return len(first) + 2
	case branch(n.value):
		return len(first) + 1
	case name == "id", strings.HasSuffix(name, "_id"), strings.HasSuffix(name, "token"), strings.Contains(n.Value, "://"):
		return len(first) + 3
	}
	return len(first)
}

func newNode(path mapping.Path, label string, trail []string, value any) Node {
	n := Node{ID: path.String(), Label: label, Trail: trail, Items: -1, path: path, value: value}
	switch v := value.(type) {
	case map[string]any:
		n.Value = nameOf(v)
		if len(path) > 0 && !path[len(path)-1].Item {
			n.Value = "" // only an item of a list needs telling from the others
		}
		n.Empty = len(v) == 0
	case []any:
		n.Items = len(v)
		n.Value = namesOf(v)
		n.Empty = len(v) == 0
	default:
		n.Value = Short(mapping.Text(v), 80)
		n.Empty = n.Value == ""
	}
	return n
}

// Label is what the entry is likely called that a loop is at in a round.
func Label(round map[string]any) string {
	switch item := round["item"].(type) {
	case map[string]any:
		return nameOf(item)
	case []any:
		return ""
	default:
		return Short(mapping.Text(item), 40)
	}
}

// nameOf is what an item of a list is likely called.
func nameOf(fields map[string]any) string {
	for _, name := range []string{"title", "name", "label", "email", "id"} {
		switch v := fields[name].(type) {
		case nil, map[string]any, []any:
		default:
			return Short(mapping.Text(v), 40)
		}
	}
	return ""
}

func namesOf(list []any) string {
	var names []string
	for _, item := range list[:min(len(list), 5)] {
		name := ""
		switch v := item.(type) {
		case map[string]any:
			name = nameOf(v)
		case []any:
		default:
			name = mapping.Text(v)
		}
		if name != "" {
			names = append(names, name)
		}
	}
	return Short(strings.Join(names, ", "), 80)
}

// short are words that people know in capitals.
var short = []string{"id", "url", "ip", "sku", "vat", "html", "api"}

// Humanise makes a label of a field's name: "total_price" and "totalPrice" are "Total price".
func Humanise(name string) string {
	var words []string
	var word []rune
	cut := func() {
		if len(word) > 0 {
			words = append(words, string(word))
			word = nil
		}
	}
	last := rune(0)
	for _, r := range name {
		switch {
		case r == '_' || r == '-' || r == '.' || unicode.IsSpace(r):
			cut()
			last = r
			continue
		case unicode.IsUpper(r) && unicode.IsLower(last):
			cut()
		}
		word = append(word, r)
		last = r
	}
	cut()
	for i, w := range words {
		lower := strings.ToLower(w)
		switch {
		case slices.Contains(short, lower):
			words[i] = strings.ToUpper(w)
		case i == 0:
			r := []rune(lower)
			words[i] = string(unicode.ToUpper(r[0])) + string(r[1:])
		default:
			words[i] = lower
		}
	}
	if len(words) == 0 {
		return name
	}
	return strings.Join(words, " ")
}
