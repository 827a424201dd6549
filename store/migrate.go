package store

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/pressly/goose/v3"

	"portico/catalog"
)

// provider runs the migrations. It is not to be closed, for it would close the
// handle with it.
func (s *Store) provider() (*goose.Provider, error) {
	steps, err := s.steps()
	if err != nil {
		return nil, err
	}
	dialect, options, err := s.goose()
	if err != nil {
		return nil, err
	}
	options = append(options, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	return goose.NewProvider(dialect, s.write.DB.DB, steps, options...)
}

// migrate brings the schema up to date. Programs that start at once on a new
// database may cross each other; the second finds nothing left to do.
func (s *Store) migrate(ctx context.Context) error {
	p, err := s.provider()
	if err != nil {
		return err
	}
	const tries = 5
	for try := range tries {
		if err = s.up(ctx, p); err == nil || catalog.KindOf(err) != catalog.Internal {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(time.Duration(try+1) * 50 * time.Millisecond):
		}
	}
	return err
}

func (s *Store) up(ctx context.Context, p *goose.Provider) error {
	at, latest, err := p.GetVersions(ctx)
	switch {
	case err != nil:
		return s.trouble(fmt.Errorf("read the version of the schema: %w", err))
	case at > latest:
		return tooNew(at, latest)
	case at == latest:
		return nil
	}
	done, err := p.Up(ctx)
	if err != nil {
		return s.trouble(fmt.Errorf("migrate: %w", err))
	}
	for _, step := range done {
		s.log.InfoContext(ctx, "schema migrated", "step", path.Base(step.Source.Path), "took", step.Duration)
	}
	return nil
}

func tooNew(at, latest int64) error {
	return catalog.Errorf(catalog.Conflict, "the database is newer than this program: its schema is at step %d, the program knows %d; "+
		"run the newer program, or restore a backup made by this one", at, latest).
		Italian("la base dati è più recente di questo programma: lo schema è al passo %d, il programma ne conosce %d; "+
			"usare il programma più recente o ripristinare una copia fatta da questo", at, latest)
}

// A SchemaStatus says how the schema of a database stands.
type SchemaStatus struct {
	Engine  string       `json:"engine"`
	At      int64        `json:"at"`     // the latest step that was done; 0 = none
	Latest  int64        `json:"latest"` // the latest that this program knows
	Pending []SchemaStep `json:"pending"`
}

// A SchemaStep is one numbered step of the schema.
type SchemaStep struct {
	Version int64  `json:"version"`
	Name    string `json:"name"`
}

// Status tells how the schema of a database stands. It runs no step, but an
// SQLite file that is not there is made.
func Status(ctx context.Context, dsn string) (out *SchemaStatus, err error) {
	d, err := dialectOf(dsn)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: d}
	if err := s.connect(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	out = &SchemaStatus{Engine: s.Engine(), Pending: []SchemaStep{}}
	if out.At, out.Latest, err = p.GetVersions(ctx); err != nil {
		return nil, s.trouble(err)
	}
	for _, step := range p.ListSources() {
		if step.Version > out.At {
			out.Pending = append(out.Pending, SchemaStep{step.Version, path.Base(step.Path)})
		}
	}
	return out, nil
}
