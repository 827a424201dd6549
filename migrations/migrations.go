// Package migrations holds the schema of the catalog's database, one numbered
// goose file a step, in a folder for each engine. A step has the same name in
// both folders. It knows no database: package store runs the steps.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed postgres/*.sql sqlite/*.sql
var files embed.FS

// Postgres returns the steps for Postgres.
func Postgres() (fs.FS, error) { return fs.Sub(files, "postgres") }

// SQLite returns the steps for SQLite.
func SQLite() (fs.FS, error) { return fs.Sub(files, "sqlite") }
