package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode/utf8"

	"portico/catalog"
)

// A tx is a transaction that writes. Its methods, in the files by subject, are
// the parts of which the public methods are made. Writers come one at a time
// on both engines, so what a tx has read stays true until it ends.
type tx struct{ conn }

// inTx runs f in a transaction and commits it if f returns nil.
func (s *Store) inTx(ctx context.Context, f func(tx) error) error {
	t, err := s.write.BeginTxx(ctx, nil)
	if err != nil {
		return s.trouble(err)
	}
	defer t.Rollback() // does nothing after Commit
	x := tx{conn{h: s.write, tx: t}}
	if q := s.lockWrites(); q != "" {
		if _, err := x.exec(ctx, q); err != nil {
			return s.trouble(err)
		}
	}
	if err := x.fenced(ctx); err != nil {
		return s.trouble(err)
	}
	if err := f(x); err != nil {
		return s.trouble(err)
	}
	if err := t.Commit(); err != nil {
		return s.trouble(err)
	}
	s.write.prepareWanted(ctx)
	return nil
}

// inSnapshot runs f on one unchanging state of the database.
func (s *Store) inSnapshot(ctx context.Context, f func(conn) error) error {
	t, err := s.read.BeginTxx(ctx, &sql.TxOptions{Isolation: s.snapshotLevel(), ReadOnly: true})
	if err != nil {
		return s.trouble(err)
	}
	defer t.Rollback() // it has nothing to commit
	if err := f(conn{h: s.read, tx: t}); err != nil {
		return s.trouble(err)
	}
	if err := t.Rollback(); err != nil {
		return s.trouble(err)
	}
	s.read.prepareWanted(ctx)
	return nil
}

// reading is for a single query, which is a snapshot by itself.
func (s *Store) reading() conn { return conn{h: s.read} }

// trouble gives an error of the database its Kind.
func (s *Store) trouble(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*catalog.Error](err); ok {
		return err
	}
	switch {
	case s.isDuplicate(err):
		return catalog.Errorf(catalog.Conflict, "it clashes with what is there").
			Italian("è in conflitto con quanto già presente").Because(err)
	case s.isUnavailable(err):
		return unavailable(err)
	}
	return err
}

func notFound(what, cosa, ref string) *catalog.Error {
	return catalog.Errorf(catalog.NotFound, "%s %s is not there", what, short(ref)).
		Italian("%s %s non esiste", cosa, short(ref))
}

func nameTaken(name string) *catalog.Error {
	e := catalog.Errorf(catalog.Invalid, "the name %s is taken", short(name)).
		Italian("il nome %s è già usato", short(name))
	e.Fields = map[string][]string{"name": {"That URL is already in use."}}
	return e
}

func invalid(field, en, it string) *catalog.Error {
	e := catalog.Errorf(catalog.Invalid, "%s: %s", field, en).Italian("%s: %s", field, it)
	e.Fields = map[string][]string{field: {en}}
	return e
}

// short returns s fit for a message.
func short(s string) string {
	const most = 100
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// sound reports whether both engines can keep s.
func sound(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// mostKey is how long a key may be. Postgres refuses to index much more, so
// SQLite must, too.
const mostKey = 1000

// checkKeys refuses keys that not every engine can keep.
func checkKeys(keys map[string]string) error {
	for field, s := range keys {
		switch {
		case !sound(s):
			return invalid(field, "must be text without NUL characters", "deve essere testo senza caratteri NUL")
		case len(s) > mostKey:
			return invalid(field, "is too long", "è troppo lungo")
		}
	}
	return nil
}
