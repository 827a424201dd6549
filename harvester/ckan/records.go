package ckan

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// errStopped says that the reader wants no more.
var errStopped = errors.New("stopped")

// A yielder hands on records and remembers which were there.
type yielder struct {
	c     *connector
	yield func(harvester.Record, error) bool
	seen  map[string]bool // IDs
	names map[string]bool // by which a list may call what was seen
	fresh memo            // of this reading
	lost  int             // packages that a list names and that could not be had
}

// search reads page by page, until nothing new comes. It trusts the rows that
// came, neither the number that was asked for, which servers cap, nor the
// count, which some get wrong.
func (y *yielder) search(ctx context.Context) error {
	for start, count := 0, 1; start < maxRecords; {
		q := url.Values{"rows": {strconv.Itoa(pageSize)}, "start": {strconv.Itoa(start)}, "sort": {"id asc"}}
		if y.c.fq != "" {
			q.Set("fq", y.c.fq)
		}
		raw, err := y.c.call(ctx, "package_search", q)
		if err != nil && start >= count && ctx.Err() == nil {
			return nil // all that was promised is there; some dislike to be asked for more
		}
		if err != nil {
			return err
		}
		var page searchResult
		if err := json.Unmarshal(raw, &page); err != nil {
			return catalog.Errorf(catalog.Unavailable, "package_search: the result is not understood").
				Italian("package_search: il risultato non si capisce").Because(err)
		}
		count = page.Count
		if len(page.Results) == 0 {
			return missing(start, count)
		}
		fresh, err := y.rows(page.Results)
		if err != nil {
			return err
		}
		if fresh == 0 {
			return ignored(len(y.seen), count)
		}
		start += len(page.Results)
	}
	return nil
}

// missing is the error of an empty page before the end.
func missing(start, count int) error {
	if start >= count {
		return nil
	}
	return catalog.Errorf(catalog.Unavailable, "package_search: an empty page after %d of %d datasets", start, count).
		Italian("package_search: una pagina vuota dopo %d dataset su %d", start, count)
}

// ignored judges a page on which nothing was new: harmless when all were seen,
// otherwise the server ignores start and the rest cannot be reached.
func ignored(seen, count int) error {
	if seen >= count {
		return nil
	}
	return catalog.Errorf(catalog.Unavailable, "package_search: the portal repeats its first page; %d of %d datasets were read", seen, count).
		Italian("package_search: il portale ripete la prima pagina; letti %d dataset su %d", seen, count)
}

// rows yields the packages of a page and returns how many were new: one may
// come again, because pages overlap when the portal changes meanwhile.
func (y *yielder) rows(packages []json.RawMessage) (fresh int, err error) {
	for i, raw := range packages {
		id, name, title, modified := identity(raw)
		y.names[id], y.names[name] = true, true
		if id == "" {
			id = "senza-id-" + strconv.Itoa(len(y.seen)+i)
		}
		if y.seen[id] {
			continue
		}
		y.seen[id] = true
		fresh++
		rec, err := harvester.Guard(id, title, func() (harvester.Record, error) { return convert(raw, id, y.c.origin()) })
		rec.Raw = web.JSON(raw)
		y.note(id, modified, err)
		if errors.Is(err, errNotOurs) {
			continue
		}
		if !y.yield(rec, err) {
			return fresh, errStopped
		}
	}
	return fresh, nil
}

// identity returns what can be known of a package that may not decode.
func identity(raw json.RawMessage) (id, name, title, modified string) {
	var p struct {
		ID    any `json:"id"`
		Name  any `json:"name"`
		Title any `json:"title"`
		When  any `json:"metadata_modified"`
	}
	if json.Unmarshal(raw, &p) != nil {
		return "", "", "", ""
	}
	text := func(v any) string {
		s, _ := v.(string)
		return s
	}
	name = text(p.Name)
	if id = text(p.ID); id == "" {
		id = name
	}
	return id, name, text(p.Title), text(p.When)
}

// flatten returns the packages in a result: one, a list, or DKAN's list within
// a list.
func flatten(raw json.RawMessage) ([]json.RawMessage, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '[' {
		return []json.RawMessage{raw}, nil
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, err
	}
	if len(items) > 0 && bytes.HasPrefix(bytes.TrimSpace(items[0]), []byte("[")) {
		return flatten(items[0])
	}
	return items, nil
}
