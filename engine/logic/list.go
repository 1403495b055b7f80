package logic

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/collate"

	"bellhop/engine/mapping"
)

// mostEntries bounds what comes of lists, since all of it is kept with the run.
const mostEntries = 100_000

// listed is the result of logic that makes a list.
func listed(items []any, note string) Outcome {
	if items == nil {
		items = []any{}
	}
	return Outcome{Output: map[string]any{"items": items, "count": number(len(items))}, Note: note}
}

// at returns what a path finds in an entry, nil if nothing; the entry itself if the path is nil.
func at(entry any, path mapping.Path) any {
	if path == nil {
		return entry
	}
	v, err := path.Lookup(entry)
	if err != nil {
		return nil
	}
	return v
}

// somewhere refuses a field that no entry has: it was probably mistyped.
func somewhere(list []any, path mapping.Path) error {
	if path == nil || len(list) == 0 || slices.ContainsFunc(list, func(entry any) bool { return at(entry, path) != nil }) {
		return nil
	}
	_, err := path.Lookup(list[0])
	return mistake("No entry of the list has anything at %s: %s", show(path.String()), err)
}

// listBy returns the entries of `list` and the field `by`, which is nil if what counts is the entries themselves.
func (c Call) listBy() (list []any, by mapping.Path, err error) {
	if list, err = c.list("list"); err != nil {
		return nil, nil, err
	}
	if by, err = c.path("by"); err != nil {
		return nil, nil, err
	}
	return list, by, somewhere(list, by)
}

// listKeep keeps the entries of `list` that fit `rules`, whose values are names of their fields; `match`
// says whether all rules must fit.
func listKeep(c Call) (Outcome, error) {
	list, err := c.list("list")
	if err != nil {
		return Outcome{}, err
	}
	m, err := c.matcher()
	if err != nil {
		return Outcome{}, err
	}
	for _, path := range m.paths {
		if err := somewhere(list, path); err != nil && !m.asksWhether {
			return Outcome{}, err
		}
	}
	var fit []any
	for i, entry := range list {
		ok, err := m.fits(entry, c.Env)
		if err != nil {
			return Outcome{}, mistake("Entry %d of the list: %s", i+1, err)
		}
		if ok {
			fit = append(fit, entry)
		}
	}
	return listed(fit, fmt.Sprintf("%d of %s", len(fit), counted(len(list), "entry", "entries"))), nil
}

// listSort orders the entries of `list` by the field `by`, or by themselves. Numbers go by size and before
// text, text by the alphabet of the language, and entries without the field come last. `order` may be descending.
func listSort(c Call) (Outcome, error) {
	list, by, err := c.listBy()
	if err != nil {
		return Outcome{}, err
	}
	down := c.text("order") == "descending"
	alphabet := collate.New(c.Env.Locale)
	var keys collate.Buffer
	sorted := make([]sortable, len(list))
	for i, entry := range list {
		sorted[i] = sortableOf(entry, at(entry, by), alphabet, &keys)
	}
	slices.SortStableFunc(sorted, func(a, b sortable) int { return a.compare(b, down) })
	items := make([]any, len(sorted))
	for i, one := range sorted {
		items[i] = one.entry
	}
	return listed(items, ""), nil
}

// sortable is an entry with what it is sorted by.
type sortable struct {
	entry  any
	rank   int // of numbers 0, of text 1, of nothing 2
	number mapping.Decimal
	text   []byte
}

func sortableOf(entry, value any, alphabet *collate.Collator, keys *collate.Buffer) sortable {
	s := sortable{entry: entry, rank: 1}
	n, ok := mapping.ParseDecimal(value)
	switch text := mapping.Text(value); {
	case ok:
		s.rank, s.number = 0, n
	case text == "":
		s.rank = 2
	default:
		s.text = slices.Clone(alphabet.KeyFromString(keys, text))
		keys.Reset()
	}
	return s
}

func (s sortable) compare(other sortable, down bool) int {
	if s.rank == 2 || other.rank == 2 {
		return s.rank - other.rank // what has nothing to sort by comes last either way
	}
	result := s.rank - other.rank
	if result == 0 && s.rank == 0 {
		result = s.number.Cmp(other.number)
	} else if result == 0 {
		result = slices.Compare(s.text, other.text)
	}
	if down {
		return -result
	}
	return result
}

// listTake takes the first or last (`end`) `count` entries of `list`.
func listTake(c Call) (Outcome, error) {
	list, err := c.list("list")
	if err != nil {
		return Outcome{}, err
	}
	n, err := c.whole("count", 1, 0, mostEntries)
	if err != nil {
		return Outcome{}, err
	}
	n = min(n, len(list))
	taken := list[:n]
	if c.text("end") == "last" {
		taken = list[len(list)-n:]
	}
	return listed(taken, fmt.Sprintf("%d of %s", n, counted(len(list), "entry", "entries"))), nil
}

// listUnique takes each entry of `list` once, the first of those that have the same at the field `by`.
// Entries without it are all kept.
func listUnique(c Call) (Outcome, error) {
	list, by, err := c.listBy()
	if err != nil {
		return Outcome{}, err
	}
	seen := map[string]bool{}
	var items []any
	for _, entry := range list {
		value := at(entry, by)
		key := mapping.Text(value)
		if value == nil || !seen[key] {
			items = append(items, entry)
		}
		seen[key] = true
	}
	return listed(items, counted(len(list)-len(items), "entry", "entries")+" left out"), nil
}

// listTotal gives `count`, `sum`, `average`, `least` and `most` of the field `by` of the entries of `list`, or
// of the entries themselves. Entries without the field count for nothing; all but sum and count of no
// numbers are nothing.
func listTotal(c Call) (Outcome, error) {
	list, by, err := c.listBy()
	if err != nil {
		return Outcome{}, err
	}
	var numbers []any
	var least, most any
	var low, high mapping.Decimal
	for i, entry := range list {
		value := at(entry, by)
		if value == nil || value == "" {
			continue
		}
		n, ok := mapping.ParseDecimal(value)
		if !ok {
			return Outcome{}, mistake("Entry %d of the list has %s where a number is needed.", i+1, show(value))
		}
		value = json.Number(n.String())
		if least == nil || n.Cmp(low) < 0 {
			least, low = value, n
		}
		if most == nil || n.Cmp(high) > 0 {
			most, high = value, n
		}
		numbers = append(numbers, value)
	}
	sum, err := calculate(sumOf, numbers, nil, c.Env)
	if err != nil {
		return Outcome{}, mistake("The numbers cannot be added up: %s", err)
	}
	var average any
	if len(numbers) > 0 {
		if average, err = calculate(dividedBy, sum, number(len(numbers)), c.Env); err != nil {
			return Outcome{}, mistake("The average cannot be worked out: %s", err)
		}
	}
	return Outcome{
		Output: map[string]any{"count": number(len(numbers)), "sum": sum, "average": average, "least": least, "most": most},
		Note:   fmt.Sprintf("%s of %s", show(sum), counted(len(numbers), "number", "numbers")),
	}, nil
}

// listJoin writes the entries of `list`, or their field `by`, as one text with a `separator` between them.
func listJoin(c Call) (Outcome, error) {
	list, by, err := c.listBy()
	if err != nil {
		return Outcome{}, err
	}
	separator, length := c.separator(", "), 0
	var texts []string
	for _, entry := range list {
		if value := at(entry, by); value != nil {
			texts = append(texts, mapping.Text(value))
			length += len(texts[len(texts)-1]) + len(separator)
		}
		if length > mapping.MaxText {
			return Outcome{}, mistake("The text becomes longer than the %d characters a field can have.", mapping.MaxText)
		}
	}
	return Outcome{Output: map[string]any{"text": strings.Join(texts, separator)}}, nil
}

// separator returns the field `separator` as it is, with spaces: line for a line break, and another text if
// it was left empty.
func (c Call) separator(or string) string {
	switch text := mapping.Text(c.With["separator"]); text {
	case "":
		return or
	case "line":
		return "\n"
	default:
		return text
	}
}
