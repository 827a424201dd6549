package store_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"

	"portico/catalog"
	"portico/migrations"
)

// asOfOne is what a program of the first schema has written: a dataset with its
// activity, a body, a user with an address, and a token of theirs.
const asOfOne = `
INSERT INTO organizations (id, kind, name, state, created, body_version, body) VALUES ('o1', 'organization', 'o', 'active', 1, 1, '{"title":{"it":"O"}}');
INSERT INTO datasets (id, name, organization, state, private, published, quarantined, creator, source, record, digest, holder, title_sort,
	created, updated, revision, body_version, body) VALUES ('d1', 'aria', 'o1', 'active', FALSE, TRUE, FALSE, 'u1', '', '', '', '', 'Aria', 1, 2, 3, 1,
	'{"title":{"it":"Aria"},"holder":{},"publisher":{},"author":{},"maintainer":{},"groups":["g"],"distributions":[{"id":"x","checksum":{}}]}');
INSERT INTO distributions (id, dataset) VALUES ('x', 'd1');
INSERT INTO dataset_groups (dataset, name) VALUES ('d1', 'g');
INSERT INTO users (id, name, email, sysadmin, created) VALUES ('u1', 'maria', 'Maria@example.org', TRUE, 1), ('u2', 'mario', 'maria@example.org', FALSE, 1);
INSERT INTO tokens (id, owner, hash, scope, created, expires, used) VALUES ('t1', 'u1', 'h', 'read', 1, 0, 0);
INSERT INTO activities (id, at, actor, verb, kind, object, source, public, body) VALUES
	(1, 2, 'maria', 'new user', 'user', 'u1', '', FALSE, '{"id":"u1","name":"maria","sysadmin":true}'),
	(2, 3, 'maria', 'new dataset', 'dataset', 'd1', '', TRUE, '{"id":"d1","name":"aria","organization":"o1","state":"active","private":false,
	"creator":"u1","source":"","record":"","revision":1,"body_version":1,"body":{"title":{"it":"Aria"},"holder":{},"publisher":{},"author":{},"maintainer":{}}}');
`

// migrateTo brings a new database to a step of the schema.
func migrateTo(t *testing.T, engine, dsn string, step int64) *sql.DB {
	t.Helper()
	driver, dialect, steps := "sqlite3", goose.DialectSQLite3, migrations.SQLite
	if engine == "postgres" {
		driver, dialect, steps = "postgres", goose.DialectPostgres, migrations.Postgres
	} else {
		dsn = strings.TrimPrefix(dsn, "sqlite:")
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	var files fs.FS
	if files, err = steps(); err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(dialect, db, files, goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), step); err != nil {
		t.Fatal(err)
	}
	return db
}

func TestADatabaseOfTheFirstSchemaIsBroughtUpToDateWithItsData(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			dsn := fresh(t, e.name)
			db := migrateTo(t, e.name, dsn, 1)
			if _, err := db.ExecContext(t.Context(), asOfOne); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s := open(t, dsn)
			ctx := system(t)
			d, err := s.Dataset(ctx, "aria")
			if err != nil || d.Title.String() != "Aria" || d.Revision != 3 || d.Organization != "o1" || len(d.Distributions) != 1 {
				t.Errorf("dataset %+v, %v", d, err)
			}
			u, tok, err := s.UserByToken(ctx, "h")
			if err != nil || u.Name != "maria" || u.Email != "Maria@example.org" || u.State != catalog.Active || tok.Scope != catalog.ScopeRead {
				t.Errorf("user %+v, token %+v, %v", u, tok, err)
			}
			acts, err := s.Activities(ctx, catalog.ActivityFilter{Limit: -1})
			if err != nil || len(acts) != 2 || acts[0].Dataset == nil || acts[0].Dataset.Title.String() != "Aria" || acts[0].ActorID != "" {
				t.Errorf("activities %+v, %v", acts, err)
			}
			// Two had one address before: each may go on, but not take it anew.
			if err := s.PutUser(ctx, &catalog.User{ID: "u2", Name: "mario", Email: "mario@example.org"}); err != nil {
				t.Error(err)
			}
			if err := s.PutMember(ctx, &catalog.Member{Body: "o1", Kind: catalog.MemberUser, Object: "u2", Role: catalog.RoleEditor}); err != nil {
				t.Error(err)
			}
			if ds, n, err := s.ListDatasets(ctx, catalog.DatasetFilter{Creator: "u1", Limit: 1}); err != nil || n != 1 || ds[0].ID != "d1" {
				t.Errorf("of u1: %d, %v", n, err)
			}
		})
	}
}

// A backup outlives the program that made it.
func TestADumpOfTheFirstSchemaIsLoaded(t *testing.T) {
	rows := []string{
		`{"t":"revision","r":{"one":1,"value":7}}`,
		`{"t":"users","r":{"id":"u1","name":"maria","email":"m@example.org","sysadmin":true,"created":1}}`,
		`{"t":"tokens","r":{"id":"t1","owner":"u1","hash":"h","scope":"","created":1,"expires":0,"used":0}}`,
		`{"t":"activities","r":{"id":1,"at":1,"actor":"maria","verb":"new user","kind":"user","object":"u1","source":"","public":false,"body":""}}`,
	}
	text := strings.Join(rows, "\n") + "\n"
	dump := `{"format":"portico-dump","version":1,"schema":1}` + "\n" + text +
		fmt.Sprintf(`{"end":true,"rows":%d,"sha256":"%x"}`, len(rows), sum(text)) + "\n"
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s := e.open(t)
			if err := s.Load(t.Context(), strings.NewReader(dump)); err != nil {
				t.Fatal(err)
			}
			if u, _, err := s.UserByToken(t.Context(), "h"); err != nil || u.State != catalog.Active || u.FullName != "" {
				t.Errorf("user %+v, %v", u, err)
			}
			var again bytes.Buffer
			if err := s.Dump(t.Context(), &again); err != nil || !strings.Contains(again.String(), `"state":"active"`) {
				t.Errorf("dumped %s, %v", &again, err)
			}
		})
	}
}

func sum(text string) [sha256.Size]byte { return sha256.Sum256([]byte(text)) }
