package engine

import (
	"slices"
	"strings"
)

// Field is one input of an operation or a connection.
type Field struct {
	Name        string    `json:"name"`
	Type        FieldType `json:"type"`
	Label       string    `json:"label"`
	Help        string    `json:"help,omitempty"`
	Placeholder string    `json:"placeholder,omitempty"`
	Required    bool      `json:"required,omitempty"`
	// Advanced fields are folded away until asked for.
	Advanced bool `json:"advanced,omitempty"`
	Default  any  `json:"default,omitempty"`
	// Options are the values of a choice, or of choices.
	Options []Option `json:"options,omitempty"`
	// When says at which values of other fields this one matters; where it does not fit, the field
	// is neither shown nor required.
	When When `json:"when,omitempty"`
	// Group names fields of which at most one may be given, such as the three bodies of a request.
	Group string `json:"group,omitempty"`
}

// When maps fields to the value that each must have: one value, several parted by "|", or "*" for
// any that is not empty. An empty When always fits.
type When map[string]string

// Fits says whether the fields, read by value, are as w wants them.
func (w When) Fits(value func(field string) string) bool {
	for field, want := range w {
		got := value(field)
		if want == "*" && got == "" || want != "*" && !slices.Contains(strings.Split(want, "|"), got) {
			return false
		}
	}
	return true
}

// FieldType is what a field holds and how a form shows it.
type FieldType string

// The types a field can have.
const (
	FieldText    FieldType = "text"   // one line
	FieldLong    FieldType = "long"   // several lines
	FieldSecret  FieldType = "secret" // kept in the keyring, never shown
	FieldNumber  FieldType = "number"
	FieldBool    FieldType = "bool"
	FieldChoice  FieldType = "choice"  // one of Options
	FieldChoices FieldType = "choices" // several of Options, as a list
	FieldURL     FieldType = "url"
	FieldMap     FieldType = "map"   // names and values
	FieldJSON    FieldType = "json"  // any structure
	FieldList    FieldType = "list"  // a list out of the data, such as an order's lines
	FieldRules   FieldType = "rules" // conditions of a filter
)

// Option is one value of a choice.
type Option struct {
	Value string `json:"value"`
	Label string `json:"label"`
}
