package main

import (
	"context"
	"fmt"
	"io"

	"portico/store"
)

type migrateCmd struct{}

// Run brings the database up to date; opening it does just that.
func (c *migrateCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		st, err := store.Status(ctx, e.DatabaseURL)
		if err != nil {
			return err
		}
		return e.print(st, func(w io.Writer) { fmt.Fprintf(w, "database %s aggiornato: versione %d\n", h.Engine(), st.At) })
	})
}
