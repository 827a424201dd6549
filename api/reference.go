package api

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// WriteReference writes docs/api.md: every action with who may run it and its
// parameters, made of the action table.
func (s *Server) WriteReference(w io.Writer) error {
	var b strings.Builder
	b.WriteString(`# The actions of the API

Made from the action table (` + "`go test ./api -run Reference -update`" + `); the same is at ` + "`/openapi.json`" + `.

Every action is at ` + "`/api/3/action/NAME`" + `. GET runs those that only read; POST takes JSON or a form. A token goes into the header
` + "`Authorization`" + `. An answer has ` + "`help`, `success` and `result`, or `error`" + `; a wrong value answers 409 with the messages of each field.

`)
	for _, name := range slices.Sorted(maps.Keys(s.actions)) {
		a := s.actions[name]
		method := "POST"
		if a.read {
			method = "GET, POST"
		}
		fmt.Fprintf(&b, "## %s\n\n%s For %s. (%s)\n\n", name, a.help, a.who, method)
		for _, p := range a.params {
			fmt.Fprintf(&b, "* `%s` (%s): %s\n", p.name, p.typ, p.help)
		}
		if len(a.params) > 0 {
			b.WriteByte('\n')
		}
	}
	_, err := io.WriteString(w, strings.TrimRight(b.String(), "\n")+"\n")
	return err
}
