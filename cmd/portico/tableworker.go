package main

import (
	"context"
	"os"

	"portico/tabular/worker"
)

// tableWorkerCmd is the process in which package worker reads a table; nobody
// calls it by hand.
type tableWorkerCmd struct{}

// Run reads the table in descriptor 3 as standard input asks.
func (c *tableWorkerCmd) Run(ctx context.Context) error {
	return worker.Serve(ctx, os.Stdin, os.NewFile(3, "table"), os.Stdout)
}
