package mapping

// Trace is how one pill came to its value, step by step, for people who ask why.
type Trace struct {
	// Pill is the pill as written, and Path where it looked; Path is empty for a literal.
	Pill, Path string
	// Raw is what was found there; nil if nothing was.
	Raw any
	// Steps are the filters, as far as they were reached.
	Steps []TraceStep
	// Value is the pill's value, or nil with Err set.
	Value any
	Err   error
}

// TraceStep is a value after one filter. While nothing has been found it is nil.
type TraceStep struct {
	Filter string
	Value  any
	Err    error
}

// Explain evaluates each pill by itself and tells how it came to its value.
func (t *Template) Explain(data any, env Env) []Trace {
	traces := []Trace{}
	for _, pill := range t.Pills() {
		trace := Trace{}
		e := evaluation{data: data, env: env, budget: maxWork, trace: &trace}
		trace.Value, trace.Err = e.pill(pill)
		traces = append(traces, trace)
	}
	return traces
}

func (t *Trace) begin(p *Pill, v any) {
	if t != nil {
		t.Pill, t.Path, t.Raw = p.Source, p.head.written, v
	}
}

func (t *Trace) filtered(name string, v any, err error) {
	if t != nil {
		t.Steps = append(t.Steps, TraceStep{Filter: name, Value: v, Err: err})
	}
}
