package engine

import (
	"errors"
	"fmt"
)

// Code says to a program what kind of thing went wrong.
type Code string

// The codes an Error can have.
const (
	Invalid      Code = "invalid"      // the input is wrong: a person can correct it
	NotFound     Code = "not_found"    // what was named does not exist
	Conflict     Code = "conflict"     // it exists already, or changed meanwhile
	Unauthorized Code = "unauthorized" // a secret, signature or token was not accepted
	Limited      Code = "limited"      // the other side asked to slow down
	Unavailable  Code = "unavailable"  // cannot be reached or written now; later it may work
	Refused      Code = "refused"      // the other side understood and said no
	Internal     Code = "internal"     // a fault of Bellhop's own
)

// Error is the one error type that people get to see: a code for programs and a sentence for
// people (what happened, likely why, what to do). It wraps the cause.
type Error struct {
	Code    Code
	Message string
	Err     error
}

var _ error = (*Error)(nil)

// Errorf makes an Error from a code and a sentence. A cause given with %w is wrapped.
func Errorf(code Code, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: wrapped.Error(), Err: errors.Unwrap(wrapped)}
}

// Wrap gives a cause a code and a sentence of its own; the cause stays in the log.
func Wrap(err error, code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// Error returns the sentence, and the cause behind it when the sentence does not tell it already.
func (e *Error) Error() string {
	if e.Message == "" && e.Err != nil {
		return e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the cause, or nil.
func (e *Error) Unwrap() error { return e.Err }

// Cause returns the innermost error, which says what is wrong without Go's own words around it:
// "no such file or directory" instead of "open x: no such file or directory". Nil for nil.
func Cause(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

// ErrorCode returns the code of the first Error in err's chain, Internal for any other error and
// "" for nil.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	if _, ok := errors.AsType[Problems](err); ok {
		return Invalid
	}
	return Internal
}

// ErrorMessage returns the sentence a person should read about err. Of errors that are not an
// Error it tells nothing, since their text was not written for people: the log has it whole.
func ErrorMessage(err error) string {
	if err == nil {
		return ""
	}
	if e, ok := errors.AsType[*Error](err); ok && e.Code != Internal {
		return e.Error()
	}
	if p, ok := errors.AsType[Problems](err); ok {
		return p.Error()
	}
	return "Something went wrong inside Bellhop. The log has the details."
}
