package sql

import "fmt"

// A Refused says why a statement is not run, in one of a few texts that tell
// nothing but what the client has sent.
type Refused struct { //nolint:errname // it is what a statement is, not what went wrong
	Denied bool   `json:"denied,omitempty"` // the client may not, rather than: the statement is wrong
	Text   string `json:"text"`             // in CKAN's words, where it has some
	It     string `json:"it,omitempty"`
}

func (r *Refused) Error() string { return r.Text }

func element(name string) error { return &Refused{Text: "Invalid query AST element: " + name} }

func noFunction(name string) error {
	return &Refused{Denied: true, Text: "Not authorized to call function " + short(name)}
}

func wrong(it, format string, a ...any) error {
	return &Refused{Text: fmt.Sprintf(format, a...), It: it}
}

// short keeps a name that a client has sent from filling an error.
func short(s string) string {
	const most = 64
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// What is not run for its shape, its size or what it took.
var (
	ErrNotSingle = &Refused{Text: "Query is not a single statement"}
	ErrTooLong   = &Refused{Text: "The query is too long", It: "L'interrogazione è troppo lunga"}
	ErrTooDeep   = &Refused{Text: "The query is too complex", It: "L'interrogazione è troppo complessa"}
	ErrTooMuch   = &Refused{Text: "The query needs more time or memory than is allowed", It: "L'interrogazione richiede più tempo o memoria di quanto è permesso"}
	ErrFailed    = &Refused{Text: "The query cannot be run on these values", It: "L'interrogazione non si può eseguire su questi valori"}
)

// Is reports whether two refusals say the same: one of them may have come from
// a child.
func (r *Refused) Is(target error) bool {
	o, ok := target.(*Refused)
	return ok && *r == *o
}
