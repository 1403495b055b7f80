// Package mapping fills fields with data. A field's text may hold pills, the output part of Liquid:
//
//	New order {{ trigger.name }} for {{ trigger.total_price | money: trigger.currency }}
//
// A pill is `{{ value | filter: argument, argument | filter … }}`. The value is a path into the data
// or a literal; so are arguments. A path is names joined by dots, with items of lists in brackets,
// counted from 0, or from the end with a minus: `trigger.line_items[0].title`, `trigger.tags[-1]`.
// A name of other signs than letters, digits, _ and - is written `trigger["odd name"]`. Literals are
// "text" or 'text' (with \n, \t, \\ and the quote escaped by \), numbers, true and false. Two braces
// that are to be seen are written {{ "{{" }}.
//
// A text that is exactly one pill keeps the type of its value; anything else becomes text. A pill
// that finds nothing (no such name, or null) is an error, a *MissingError, unless a `default` filter
// decides; it is never silently empty.
//
// Data are JSON values: nil, bool, json.Number, string, []any and map[string]any, as Decode returns
// them. They are never changed. The package is pure: no clock, no network, no state but caches; all
// of it may be used from many goroutines.
package mapping
