package action

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/http/httpguts"

	"bellhop/engine"
	"bellhop/engine/auth"
	"bellhop/engine/mapping"
	"bellhop/engine/request"
)

// Action is an operation compiled: every pill parsed, every path read.
type Action struct {
	connector engine.Connector
	operation engine.Operation
	scheme    *auth.Scheme

	method  request.Text
	path    request.Path
	url     *request.Address // nil if the request goes to path below the base address
	headers []filled
	query   []filled
	json    node // nil if there is no JSON body
	form    node
	text    *request.Text
	judge   judge
	result  *request.Text // nil if the parsed body is the result
}

type filled struct {
	name  string
	value request.Text
}

// Compile reads an operation that makes a request. Errors tell what is wrong in the connector file.
func Compile(c engine.Connector, o engine.Operation) (*Action, error) {
	if o.Request == nil {
		return nil, engine.Errorf(engine.Internal, "the operation %s.%s makes no request", c.Name, o.Name)
	}
	a := &Action{connector: c, operation: o}
	if err := a.compile(*o.Request); err != nil {
		return nil, engine.Wrap(err, engine.Invalid, "The connector file of %s has a mistake in %s: %s", c.Title, o.Name, err)
	}
	return a, nil
}

func (a *Action) compile(r engine.RequestSpec) error {
	var err error
	if a.scheme, err = auth.Compile(a.connector); err != nil {
		return err
	}
	if a.method, err = request.CompileText(r.Method); err != nil {
		return fmt.Errorf("method: %w", err)
	}
	if r.URL != "" {
		if a.url, err = request.CompileAddress(r.URL); err != nil {
			return fmt.Errorf("url: %w", err)
		}
	}
	if a.path, err = request.CompilePath(r.Path); err != nil {
		return fmt.Errorf("path: %w", err)
	}
	if a.headers, err = compileNamed(r.Headers); err != nil {
		return fmt.Errorf("headers.%w", err)
	}
	for _, h := range a.headers {
		if !httpguts.ValidHeaderFieldName(h.name) {
			return fmt.Errorf("headers: %q is not the name of a header", h.name)
		}
	}
	if a.query, err = compileNamed(r.Query); err != nil {
		return fmt.Errorf("query.%w", err)
	}
	if r.JSON != nil {
		if a.json, err = compileNode(r.JSON); err != nil {
			return fmt.Errorf("json: %w", err)
		}
	}
	if r.Form != nil {
		if a.form, err = compileNode(r.Form); err != nil {
			return fmt.Errorf("form: %w", err)
		}
	}
	if r.Text != "" {
		t, err := request.CompileText(r.Text)
		if err != nil {
			return fmt.Errorf("text: %w", err)
		}
		a.text = &t
	}
	if a.operation.Result != "" {
		t, err := request.CompileText(a.operation.Result)
		if err != nil {
			return fmt.Errorf("result: %w", err)
		}
		a.result = &t
	}
	a.judge, err = compileJudge(a.operation.Judge)
	return err
}

// compileNamed reads the values of headers or of a query, in the order of their names. Values that
// are not texts are taken as they read.
func compileNamed(in map[string]any) ([]filled, error) {
	var out []filled
	for _, name := range slices.Sorted(maps.Keys(in)) {
		text, ok := in[name].(string)
		if !ok {
			text = mapping.Text(in[name])
		}
		t, err := request.CompileText(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out = append(out, filled{name, t})
	}
	return out, nil
}

// usersAddress says whether the whole address comes from a person, as in http.request: then the
// answer may be anything, also a page.
func (a *Action) usersAddress() bool {
	return a.url != nil && strings.HasPrefix(a.operation.Request.URL, "{{") && !strings.Contains(a.operation.Request.URL, "connection.")
}

// node is a part of a body, compiled. Its value is nil where it is to be left out.
type node interface {
	value(data map[string]any) (any, error)
}

type (
	literal  struct{ v any }
	textNode struct{ request.Text }
	listNode []node
	mapNode  struct {
		names  []string
		values []node
	}
)

func compileNode(v any) (node, error) {
	switch v := v.(type) {
	case string:
		t, err := request.CompileText(v)
		if err != nil {
			return nil, err
		}
		if !t.Pills() {
			return literal{v}, nil
		}
		return textNode{t}, nil
	case []any:
		list := make(listNode, len(v))
		for i, one := range v {
			n, err := compileNode(one)
			if err != nil {
				return nil, fmt.Errorf("[%d]%w", i, err)
			}
			list[i] = n
		}
		return list, nil
	case map[string]any:
		var m mapNode
		for _, name := range slices.Sorted(maps.Keys(v)) {
			n, err := compileNode(v[name])
			if err != nil {
				return nil, fmt.Errorf(".%s: %w", name, err)
			}
			m.names, m.values = append(m.names, name), append(m.values, n)
		}
		return m, nil
	}
	return literal{v}, nil
}

func (l literal) value(map[string]any) (any, error) { return l.v, nil }

// value is nil for a field left empty, so that its key is left out.
func (t textNode) value(data map[string]any) (any, error) {
	v, err := t.Value(data)
	if v == "" {
		return nil, err
	}
	return v, err
}

func (l listNode) value(data map[string]any) (any, error) {
	out := make([]any, 0, len(l))
	for _, n := range l {
		v, err := n.value(data)
		if err != nil {
			return nil, err
		}
		if _, null := n.(literal); v != nil || null {
			out = append(out, v)
		}
	}
	if len(out) == 0 && len(l) > 0 {
		return nil, nil
	}
	return out, nil
}

func (m mapNode) value(data map[string]any) (any, error) {
	out := make(map[string]any, len(m.names))
	for i, n := range m.values {
		v, err := n.value(data)
		if err != nil {
			return nil, err
		}
		if _, null := n.(literal); v != nil || null {
			out[m.names[i]] = v
		}
	}
	// A group of which every part was left out is left out itself.
	if len(out) == 0 && len(m.names) > 0 {
		return nil, nil
	}
	return out, nil
}
