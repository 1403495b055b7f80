package logic

import "bellhop/engine/mapping"

// Numbers are worked with by the filters of pills, which are exact.
var (
	plus      = calculation("{{a | plus: b}}")
	dividedBy = calculation("{{a | divided_by: b}}")
	sumOf     = calculation("{{a | sum}}")
)

func calculation(pill string) *mapping.Template {
	t, err := mapping.Parse(pill)
	if err != nil {
		panic(err)
	}
	return t
}

// calculate returns the value of a calculation. Its error is a *mapping.FilterError or *MissingError.
func calculate(t *mapping.Template, a, b any, env mapping.Env) (any, error) {
	return t.Eval(map[string]any{"a": a, "b": b}, env)
}

// same says whether two values read the same: as numbers where both are, else as text.
func same(a, b any) bool {
	if x, ok := mapping.ParseDecimal(a); ok {
		if y, ok := mapping.ParseDecimal(b); ok {
			return x.Cmp(y) == 0
		}
	}
	return mapping.Kind(a) == mapping.Kind(b) && mapping.Text(a) == mapping.Text(b)
}
