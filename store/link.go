package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// linkID is the key of an address: addresses may be longer than what Postgres
// can index.
func linkID(address string) string {
	sum := sha256.Sum256([]byte(address))
	return hex.EncodeToString(sum[:])
}

func scanLink(rows *sqlx.Rows) (*catalog.Link, error) {
	var body []byte
	if err := rows.Scan(&body); err != nil {
		return nil, err
	}
	l := new(catalog.Link)
	if err := json.Unmarshal(body, l); err != nil {
		return nil, fmt.Errorf("read a link: %w", err)
	}
	return l, nil
}

// someArgs is how many arguments a query has at most.
const someArgs = 500

// SeeLinks implements catalog.Links.
func (s *Store) SeeLinks(ctx context.Context, addresses []string, at time.Time) error {
	if len(addresses) == 0 {
		return nil
	}
	return s.inTx(ctx, func(x tx) error {
		for _, a := range addresses {
			body, err := encode(&catalog.Link{Address: a, Due: at.UTC().Truncate(time.Microsecond)})
			if err != nil {
				return err
			}
			if _, err := x.exec(ctx, `INSERT INTO links (id, seen, due, checked, since, strikes, body) VALUES (?, ?, ?, 0, 0, 0, ?)
				ON CONFLICT (id) DO UPDATE SET seen = excluded.seen`, linkID(a), micros(at), micros(at), string(body)); err != nil {
				return err
			}
		}
		return nil
	})
}

// LinksOf implements catalog.Links.
func (s *Store) LinksOf(ctx context.Context, addresses []string) (map[string]*catalog.Link, error) {
	out := make(map[string]*catalog.Link, len(addresses))
	for len(addresses) > 0 {
		n := min(len(addresses), someArgs)
		args := make([]any, n)
		for i, a := range addresses[:n] {
			args[i] = linkID(a)
		}
		found, err := collect(ctx, s.reading(), scanLink, `SELECT body FROM links WHERE id IN (?`+strings.Repeat(", ?", n-1)+`)`, args...)
		if err != nil {
			return nil, s.trouble(err)
		}
		for _, l := range found {
			out[l.Address] = l
		}
		addresses = addresses[n:]
	}
	return out, nil
}

// DueLinks implements catalog.Links.
func (s *Store) DueLinks(ctx context.Context, at time.Time, n int) ([]*catalog.Link, error) {
	out, err := collect(ctx, s.reading(), scanLink, `SELECT body FROM links WHERE due <= ? ORDER BY due, id LIMIT ?`, micros(at), limit(n))
	return out, s.trouble(err)
}

// FailingLinks implements catalog.Links.
func (s *Store) FailingLinks(ctx context.Context, strikes int) ([]*catalog.Link, error) {
	out, err := collect(ctx, s.reading(), scanLink, `SELECT body FROM links WHERE strikes > 0 AND strikes >= ? ORDER BY since, id`, int64(strikes))
	return out, s.trouble(err)
}

// PutLink implements catalog.Links.
func (s *Store) PutLink(ctx context.Context, l *catalog.Link) error {
	body, err := encode(l)
	if err != nil {
		return err
	}
	return s.inTx(ctx, func(x tx) error {
		_, err := x.exec(ctx, `UPDATE links SET due = ?, checked = ?, since = ?, strikes = ?, body = ? WHERE id = ?`,
			micros(l.Due), micros(l.Checked), micros(l.Since), int64(l.Strikes), string(body), linkID(l.Address))
		return err
	})
}

// ForgetLinks implements catalog.Links.
func (s *Store) ForgetLinks(ctx context.Context, since time.Time) (n int, err error) {
	err = s.inTx(ctx, func(x tx) error {
		gone, err := x.exec(ctx, `DELETE FROM links WHERE seen < ?`, micros(since))
		n = int(gone)
		return err
	})
	return n, err
}

// CountLinks implements catalog.Links.
func (s *Store) CountLinks(ctx context.Context) (n catalog.LinkCount, err error) {
	err = s.reading().one(ctx, []any{&n.All, &n.Tried, &n.Failing, &n.Broken}, `SELECT COUNT(*),
		COUNT(CASE WHEN checked > 0 THEN 1 END), COUNT(CASE WHEN strikes > 0 THEN 1 END), COUNT(CASE WHEN strikes >= ? THEN 1 END) FROM links`,
		int64(catalog.MostStrikes))
	return n, s.trouble(err)
}
