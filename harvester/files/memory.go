package files

import (
	"context"
	"encoding/json"

	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// A remembered is what a connector remembers of the files behind addresses, so
// that one that has not changed is not sent again (harvester.Rememberer).
// Folders and archives are cheap to read, and read.
type remembered struct {
	old, now map[string]stamp
	had      stamps // what is remembered of a depot as a whole
	version  string // of the depot at this reading; "" = not told
	ids      []string
	ended    bool
}

// A stamp is of one file and of what was said of it.
type stamp struct {
	httpclient.Validators
	Facts string `json:"facts"`
}

type stamps struct {
	Version string           `json:"version"`
	Files   map[string]stamp `json:"files,omitempty"`
	Depot   string           `json:"depot,omitempty"` // its version
	IDs     []string         `json:"ids,omitempty"`   // of the records that it gave
}

// Recall implements harvester.Rememberer.
func (m *remembered) Recall(raw json.RawMessage) {
	var kept stamps
	m.old, m.had = nil, stamps{}
	if json.Unmarshal(raw, &kept) == nil && kept.Version == version {
		m.old, m.had = kept.Files, kept
	}
}

// Memo implements harvester.Rememberer.
func (m *remembered) Memo() json.RawMessage {
	if !m.ended || len(m.now) == 0 && m.version == "" {
		return nil
	}
	kept := stamps{Version: version, Files: m.now, Depot: m.version}
	if m.version != "" {
		kept.IDs = m.ids
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return nil
	}
	return raw
}

func (m *remembered) begin() {
	m.now, m.ended, m.version, m.ids = make(map[string]stamp), false, "", nil
}

// sameDepot asks a depot for its version. When it is the one that is
// remembered all records are the same, and the reading is done. It is false
// twice when the depot could not be asked.
func (c *connector) sameDepot(ctx context.Context, yield func(harvester.Record, error) bool) (done, more bool) {
	v, err := c.store.version(ctx)
	if err != nil {
		yield(harvester.Record{}, err)
		return false, false
	}
	if c.version = v; v == "" || c.had.Depot != v || len(c.had.IDs) == 0 {
		return false, true
	}
	for _, id := range c.had.IDs {
		if !yield(harvester.Record{ID: id}, harvester.ErrSame) {
			return true, true
		}
	}
	c.ids, c.now, c.ended = c.had.IDs, c.had.Files, true
	return true, true
}

// key is under which name a file is remembered.
func (it *item) key() string {
	if it.url != "" {
		return it.url
	}
	return it.path
}

// same reports whether all files of a group are what they were, and so is what
// is said of them. A file that comes in the asking is not fetched again.
func (c *connector) same(ctx context.Context, g *group, facts string) bool {
	same := true
	digest := web.Hash(facts)
	for i := range g.items {
		kept, err := c.sameItem(ctx, &g.items[i], digest)
		if err != nil {
			return false // it will be said again when the file is opened
		}
		same = same && kept
	}
	if !same {
		c.refetch(g)
		return false
	}
	for _, it := range g.items {
		c.now[it.key()] = c.old[it.key()]
	}
	return true
}

// sameItem reports whether a file is what it was. Each of a group is asked for,
// also when one before it has changed, so that all of them have their marks.
func (c *connector) sameItem(ctx context.Context, it *item, digest string) (bool, error) {
	if it.stamp != "" { // the listing says what it is
		it.mark = httpclient.Validators{ETag: it.stamp}
		return c.old[it.key()] == stamp{Validators: it.mark, Facts: digest}, nil
	}
	if it.url == "" || it.fetched && !it.unchanged {
		return false, nil
	}
	had := c.old[it.url]
	if had.Facts != digest {
		had = stamp{}
		it.unchanged, it.fetched = false, it.fetched && !it.unchanged
	}
	if !it.fetched {
		page, err := c.getIf(ctx, it.url, had.Validators)
		if err != nil {
			return false, err
		}
		it.mark, it.unchanged, it.fetched = page.Validators, page.Unchanged, true
		it.open = func(context.Context) (file, error) { return contents(page) }
	}
	return it.unchanged, nil
}

// refetch makes files readable again that were left with the server because
// they had not changed, when another of their group has.
func (c *connector) refetch(g *group) {
	for i := range g.items {
		if it := &g.items[i]; it.unchanged {
			it.open = func(ctx context.Context) (file, error) { return c.download(ctx, it.url) }
		}
	}
}

// note remembers the files of a group that has become a record.
func (c *connector) note(g *group, facts string, err error) {
	if err != nil {
		return
	}
	for _, it := range g.items {
		if (it.url != "" || it.stamp != "") && !it.mark.IsZero() {
			c.now[it.key()] = stamp{Validators: it.mark, Facts: web.Hash(facts)}
		}
	}
}
