package mapping

import (
	"fmt"

	"bellhop/engine"
)

// SyntaxError tells why a text is not a template. Offset and Length are in bytes of the text and
// point at the part that is wrong; Length may be 0 at the text's end.
type SyntaxError struct {
	Offset, Length int
	// Message is a sentence.
	Message string
	// Suggestion is the name probably meant, or empty.
	Suggestion string
}

var _ error = (*SyntaxError)(nil)

// Error returns the sentence and the suggestion.
func (e *SyntaxError) Error() string { return withSuggestion(e.Message, e.Suggestion) }

// Unwrap returns the same as an engine.Error with the code Invalid.
func (e *SyntaxError) Unwrap() error { return invalid(e) }

// MissingError says that a pill found nothing.
type MissingError struct {
	// Path is the path that was looked for, such as `trigger.customer.mail`.
	Path string
	// Pill is the whole pill as written, with its braces; empty for a bare Lookup.
	Pill string
	// Found is the longest beginning of Path that exists, such as `trigger.customer`; may be empty.
	Found string
	// Reason says what is missing, such as `trigger.customer has no "mail"`.
	Reason string
	// Suggestion is a name that exists and is near the missing one, or empty.
	Suggestion string
}

var _ error = (*MissingError)(nil)

// Error returns what is missing and what to do.
func (e *MissingError) Error() string {
	what := e.Pill
	if what == "" {
		what = e.Path
	}
	message := fmt.Sprintf("%s finds nothing: %s.", what, e.Reason)
	if e.Suggestion != "" {
		return withSuggestion(message, e.Suggestion)
	}
	return message + " Choose another value, or say with the filter default what to use instead."
}

// Unwrap returns the same as an engine.Error with the code Invalid.
func (e *MissingError) Unwrap() error { return invalid(e) }

// FilterError says that a filter could not work with a value.
type FilterError struct {
	// Filter is the filter's name and Pill the whole pill as written.
	Filter, Pill string
	// Message is a sentence that names the value.
	Message string
	// Suggestion is what was probably meant, or empty.
	Suggestion string
}

var _ error = (*FilterError)(nil)

// Error returns the sentence, with the pill it is about.
func (e *FilterError) Error() string {
	return withSuggestion(fmt.Sprintf("%s cannot be worked out: %s", e.Pill, e.Message), e.Suggestion)
}

// Unwrap returns the same as an engine.Error with the code Invalid.
func (e *FilterError) Unwrap() error { return invalid(e) }

// PlaceError is what went wrong with one text in a tree of values, and where.
type PlaceError struct {
	// Place is the path within the tree, such as `blocks[0].text`.
	Place string
	Err   error
}

var _ error = (*PlaceError)(nil)

// Error returns the sentence of what went wrong, behind its place.
func (e *PlaceError) Error() string {
	if e.Place == "" {
		return e.Err.Error()
	}
	return e.Place + ": " + e.Err.Error()
}

// Unwrap returns what went wrong.
func (e *PlaceError) Unwrap() error { return e.Err }

// A mistake in an argument, on its way to a SyntaxError or a FilterError.
type mistake struct{ message, suggestion string }

func (m *mistake) Error() string { return withSuggestion(m.message, m.suggestion) }

func mistakef(format string, args ...any) error {
	return &mistake{message: fmt.Sprintf(format, args...)}
}

func invalid(err error) error { return &engine.Error{Code: engine.Invalid, Message: err.Error()} }

func withSuggestion(message, suggestion string) string {
	if suggestion == "" {
		return message
	}
	return fmt.Sprintf("%s Did you mean %q?", message, suggestion)
}
