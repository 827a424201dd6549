package harvester

import (
	"fmt"
	"runtime/debug"

	"portico/catalog"
)

// A PanicError is a panic that was caught while something from outside was
// being understood: a fault of ours, but of one record alone.
type PanicError struct {
	Value any
	Stack []byte // for the log
}

// Error returns a text that may be shown.
func (e *PanicError) Error() string {
	return "errore interno nella lettura / internal fault while reading"
}

// Guard calls convert, which makes a record of what a source sent, and turns a
// panic into the error of that record. Connectors convert within it, so that
// no record stops the rest.
func Guard(id, title string, convert func() (Record, error)) (rec Record, err error) {
	defer func() {
		if rec.ID == "" {
			rec.ID = id
		}
		if rec.Title == "" {
			rec.Title = title
		}
	}()
	defer caught(&err)
	return convert()
}

// caught, deferred, makes a panic the error.
func caught(err *error) {
	if v := recover(); v != nil {
		*err = &PanicError{Value: v, Stack: debug.Stack()}
	}
}

// Reject returns the error of a record that cannot be kept, for one reason.
func Reject(p catalog.Problem) error { return &RejectedError{Problems: []catalog.Problem{p}} }

// String tells of the panic for a log.
func (e *PanicError) String() string { return fmt.Sprintf("panic: %v\n%s", e.Value, e.Stack) }
