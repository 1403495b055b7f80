package logic

import "bellhop/engine/mapping"

// compose puts names and values together: the field `values` is the result.
func compose(c Call) (Outcome, error) {
	values, ok := c.With["values"].(map[string]any)
	if !ok {
		return Outcome{}, mistake("Put data together needs names and values, and %s is not that.", mapping.Kind(c.With["values"]))
	}
	return Outcome{Output: values}, nil
}
