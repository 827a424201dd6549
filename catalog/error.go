package catalog

import (
	"errors"
	"fmt"
)

// A Kind says what went wrong in terms that a caller can act on.
type Kind int

// The kinds of error. What has no Kind of its own is Internal.
const (
	Internal Kind = iota
	Invalid       // the input is wrong; see Error.Fields
	NotFound
	Gone        // it was public and is no more
	Denied      // the actor may not
	Conflict    // it clashes with what is there
	Unavailable // a service that we need did not answer; try again
	TooMany     // the actor asks too often; try later
)

// An Error is an error that may be shown to the caller who provoked it.
type Error struct {
	Kind   Kind
	Msg    string              // safe to show, in English
	MsgIT  string              // the same in Italian; "" = Msg serves
	Fields map[string][]string // what is wrong with each field, for Invalid
	Err    error               // the cause: logged, never shown
}

// Errorf returns an Error whose Msg is formatted. Its cause, which may hold
// what a caller should not see, is given apart, with Because.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Msg: fmt.Sprintf(format, args...)}
}

// Italian sets the message in Italian and returns e.
func (e *Error) Italian(format string, args ...any) *Error {
	e.MsgIT = fmt.Sprintf(format, args...)
	return e
}

// Because returns e with err as its cause.
func (e *Error) Because(err error) *Error {
	e.Err = err
	return e
}

// In returns the message in lang, "it" or another.
func (e *Error) In(lang string) string {
	if lang == "it" && e.MsgIT != "" {
		return e.MsgIT
	}
	return e.Msg
}

// Error returns e for a log: the message and its cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return e.Msg
	}
	return e.Msg + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the Kind of the first Error in err's chain, or Internal.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}
