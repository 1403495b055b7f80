package logic

import (
	"fmt"
	"maps"

	"bellhop/engine/mapping"
)

// combine makes one list of the fields `first` and `second` (and `third`). With `how` append they follow one
// another; with match, the entries that have the same at `first_key` and `second_key` become one, where a field
// that both have is the first's. `rest` says what becomes of entries of the first that have no other: keep or
// leave_out.
func combine(c Call) (Outcome, error) {
	var lists [3][]any
	for i, field := range []string{"first", "second", "third"} {
		var err error
		if lists[i], err = c.list(field); err != nil {
			return Outcome{}, err
		}
	}
	if c.text("how") == "match" {
		return c.match(lists[0], lists[1])
	}
	n := len(lists[0]) + len(lists[1]) + len(lists[2])
	if n > mostEntries {
		return Outcome{}, mistake("The lists have %d entries together; %d is the most that can be put together.", n, mostEntries)
	}
	all := make([]any, 0, n)
	for _, list := range lists {
		all = append(all, list...)
	}
	return listed(all, counted(n, "entry", "entries")), nil
}

func (c Call) match(first, second []any) (Outcome, error) {
	key, err := c.path("first_key")
	if err != nil {
		return Outcome{}, err
	}
	other, err := c.path("second_key")
	if err != nil {
		return Outcome{}, err
	}
	if other == nil {
		other = key
	}
	if key == nil {
		return Outcome{}, mistake("The step does not say which field tells that two entries belong together. Write its name, such as sku.")
	}
	if err := somewhere(first, key); err != nil {
		return Outcome{}, err
	}
	if err := somewhere(second, other); err != nil {
		return Outcome{}, err
	}
	found := map[string]map[string]any{}
	for _, entry := range second {
		fields, isGroup := entry.(map[string]any)
		if value := at(entry, other); isGroup && value != nil {
			if _, twice := found[mapping.Text(value)]; !twice { // the first counts
				found[mapping.Text(value)] = fields
			}
		}
	}
	var all []any
	matched := 0
	for i, entry := range first {
		fields, isGroup := entry.(map[string]any)
		if !isGroup {
			return Outcome{}, mistake("Entry %d of the first list is %s, not a group of fields, so nothing can be added to it.", i+1, show(entry))
		}
		value := at(entry, key)
		partner, ok := found[mapping.Text(value)]
		if value == nil || !ok {
			if c.text("rest") != "leave_out" {
				all = append(all, entry)
			}
			continue
		}
		matched++
		one := maps.Clone(partner)
		maps.Copy(one, fields)
		all = append(all, one)
	}
	return listed(all, fmt.Sprintf("%d of %d matched", matched, len(first))), nil
}
