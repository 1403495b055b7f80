package recipe

import (
	"encoding/json"
	"strconv"

	"bellhop/engine"
)

func (w *yamlWriter) trigger(level int, t engine.Trigger) {
	w.pair(level, "use", t.Use)
	w.optional(level, "connection", t.Connection)
	w.with(level, t.With, t.Use)
	w.count(level, "max_bytes", t.MaxBytes)
	w.count(level, "per_minute", int64(t.PerMinute))
	if a := t.Answer; a != nil {
		w.group(level, "answer", func(level int) {
			w.optional(level, "when", string(a.When))
			w.count(level, "within", int64(a.Within))
			w.count(level, "status", int64(a.Status))
			if len(a.Headers) > 0 {
				w.pair(level, "headers", object(a.Headers))
			}
			w.optional(level, "body", a.Body)
		})
	}
}

func (w *yamlWriter) runs(level int, r engine.RunRules) {
	w.group(level, "runs", func(level int) {
		w.count(level, "at_once", int64(r.AtOnce))
		if r.InOrder {
			w.pair(level, "in_order", true)
		}
		w.optional(level, "order_by", r.OrderBy)
		w.optional(level, "block", string(r.Block))
	})
}

// steps writes steps, and those within them, one level further in each.
func (w *yamlWriter) steps(level int, key string, steps []engine.Step) {
	if len(steps) == 0 {
		w.pair(level, key, []any{})
		return
	}
	w.key(level, key)
	for _, s := range steps {
		w.item = true
		w.step(level+2, s)
	}
}

func (w *yamlWriter) step(level int, s engine.Step) {
	w.pair(level, "id", s.ID)
	w.optional(level, "name", s.Name)
	w.pair(level, "use", s.Use)
	w.optional(level, "connection", s.Connection)
	w.with(level, s.With, s.Use)
	if s.Retry != nil {
		w.pair(level, "retry", map[string]any{"times": number(s.Retry.Times)})
	}
	w.optional(level, "on_failure", string(s.OnFailure))
	if len(s.Paths) > 0 {
		w.key(level, "paths")
	}
	for _, path := range s.Paths {
		w.item = true
		w.pair(level+2, "name", path.Name)
		if len(path.When) > 0 {
			w.pair(level+2, "when", path.When)
		}
		w.steps(level+2, "steps", path.Steps)
	}
	if len(s.Steps) > 0 {
		w.steps(level, "steps", s.Steps)
	}
}

// with writes fields in the order of their operation.
func (w *yamlWriter) with(level int, with map[string]any, use string) {
	if len(with) == 0 {
		return
	}
	var order []string
	if _, o, ok := w.catalog.Operation(use); ok {
		for _, f := range o.Fields {
			order = append(order, f.Name)
		}
	}
	w.key(level, "with")
	w.object(level+1, with, order)
}

// key writes a key whose value comes on the lines below.
func (w *yamlWriter) key(level int, key string) {
	w.indent(level)
	w.out.WriteString(key + ":\n")
}

// group writes what write does below a key, and that there is nothing if it writes nothing.
func (w *yamlWriter) group(level int, key string, write func(level int)) {
	before := w.out.Len()
	w.key(level, key)
	empty := w.out.Len()
	write(level + 1)
	if w.out.Len() == empty {
		w.out.Truncate(before)
		w.pair(level, key, map[string]any{})
	}
}

func (w *yamlWriter) optional(level int, key, text string) {
	if text != "" {
		w.pair(level, key, text)
	}
}

// count writes a number that means something else when it is left out.
func (w *yamlWriter) count(level int, key string, n int64) {
	if n != 0 {
		w.pair(level, key, number(n))
	}
}

func number[N int | int64](n N) json.Number { return json.Number(strconv.FormatInt(int64(n), 10)) }

func texts(list []string) []any {
	out := make([]any, len(list))
	for i, text := range list {
		out[i] = text
	}
	return out
}

func object(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for name, text := range m {
		out[name] = text
	}
	return out
}
