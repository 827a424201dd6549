package ckan

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"portico/harvester"
)

const (
	// maxChanged is up to how many packages are asked for one by one; when more
	// have changed, reading everything is cheaper for both.
	maxChanged = 300
	// fullEvery is how often everything is read all the same, for what changes
	// without moving metadata_modified, such as an organization's title.
	fullEvery = 7 * 24 * time.Hour
	// lightPage is how many packages are asked for where only two fields come;
	// CKAN grants a thousand.
	lightPage = 1000
)

// A memory is what a connector remembers of a portal, so that the next reading
// asks only what has changed since (harvester.Rememberer).
type memory struct {
	old, now *memo
}

// A memo holds the moment of change of each package as the portal tells it,
// after a "-" for one that is not ours to keep.
type memo struct {
	Version  string            `json:"version"`
	FQ       string            `json:"fq,omitempty"`
	Full     time.Time         `json:"full"` // when everything was read
	Modified map[string]string `json:"modified"`
}

// Recall implements harvester.Rememberer.
func (c *connector) Recall(raw json.RawMessage) {
	var m memo
	c.old = nil
	if json.Unmarshal(raw, &m) == nil && m.Version == version && m.FQ == c.fq && len(m.Modified) > 0 && time.Since(m.Full) < fullEvery {
		c.old = &m
	}
}

// Memo implements harvester.Rememberer.
func (c *connector) Memo() json.RawMessage {
	if c.now == nil || len(c.now.Modified) == 0 {
		return nil
	}
	raw, err := json.Marshal(c.now)
	if err != nil {
		return nil
	}
	return raw
}

// note remembers when a package was changed; one without a moment is not
// remembered, and asked for again.
func (y *yielder) note(id, modified string, err error) {
	switch {
	case modified == "":
	case errors.Is(err, errNotOurs):
		y.fresh.Modified[id] = "-" + modified
	case err == nil:
		y.fresh.Modified[id] = modified
	}
}

// errAllOver says that everything must be read.
var errAllOver = errors.New("everything must be read")

// A change is a package and when it was changed.
type change struct{ id, modified string }

// changes reads of every package its ID and its moment of change, a thousand
// at a time: one request tells of most portals that nothing has happened.
func (y *yielder) changes(ctx context.Context) ([]change, error) {
	var out []change
	seen := make(map[string]bool)
	for start, count := 0, 1; start < count && start < maxRecords; {
		q := url.Values{"rows": {strconv.Itoa(lightPage)}, "start": {strconv.Itoa(start)}, "sort": {"id asc"}, "fl": {"id,metadata_modified"}}
		if y.c.fq != "" {
			q.Set("fq", y.c.fq)
		}
		raw, err := y.c.call(ctx, "package_search", q)
		if err != nil {
			return nil, err
		}
		var page struct {
			Count   int `json:"count"`
			Results []struct {
				ID       string `json:"id"`
				Modified string `json:"metadata_modified"`
			} `json:"results"`
		}
		if json.Unmarshal(raw, &page) != nil || len(page.Results) == 0 {
			return nil, errAllOver
		}
		count = page.Count
		for _, p := range page.Results {
			if p.ID == "" || p.Modified == "" || seen[p.ID] {
				return nil, errAllOver
			}
			seen[p.ID] = true
			out = append(out, change{p.ID, p.Modified})
		}
		start += len(page.Results)
	}
	return out, nil
}

// tooMuch reports whether so much has changed that everything is read.
func (m *memo) tooMuch(all []change) bool {
	changed := 0
	for _, p := range all {
		if was := m.Modified[p.id]; was != p.modified && was != "-"+p.modified {
			changed++
		}
	}
	return changed > maxChanged || changed > 10 && changed > len(all)/5
}

// since reads what has changed since the memo. Before it yields anything it
// may end with errAllOver.
func (y *yielder) since(ctx context.Context, old *memo) error {
	all, err := y.changes(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return errAllOver
	}
	if old.tooMuch(all) {
		return errAllOver
	}
	y.fresh.Full = old.Full
	for _, p := range all {
		switch old.Modified[p.id] {
		case "-" + p.modified:
			y.fresh.Modified[p.id] = "-" + p.modified
		case p.modified:
			y.fresh.Modified[p.id] = p.modified
			if !y.yield(harvester.Record{ID: p.id}, harvester.ErrSame) {
				return errStopped
			}
		default:
			if err := y.one(ctx, p.id); err != nil {
				return err
			}
		}
	}
	return y.wanting(len(all))
}
