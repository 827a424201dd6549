package api

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/lru"
	"portico/internal/rdf"
)

// A keptFragment is the text of one dataset in feeds, and what it was made of.
type keptFragment struct {
	made     fragmentStamp
	fragment *dcat.Fragment
}

// A fragmentStamp tells whether a fragment still holds: it says all that its
// text is made of, but for what stays as it is while the program runs.
type fragmentStamp struct {
	revision         int64
	created, updated time.Time // a dataset that was purged may come again, with a revision of the one before
	holder           uint64    // of the organization, which completes what the dataset does not say
}

// sum returns a number that is the same on every node.
func (f fragmentStamp) sum() uint64 {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, f.revision, f.created.UnixMicro(), f.updated.UnixMicro(), f.holder) // never fails
	return h.Sum64()
}

func newFragments(bytes int) *lru.Cache[keptFragment] {
	return lru.New(bytes, func(key string, k keptFragment) int { return len(key) + k.fragment.Size() + overhead/4 })
}

// A shelf has the fragments of one profile and syntax, for one request: a page
// of the catalogue is put together from them, and after a change only those of
// what has changed are made anew.
type shelf struct {
	ctx     context.Context //nolint:containedctx // it is one request's
	bodies  *bodies
	kind    string
	holders map[string]uint64 // stamps of organizations, by ID
	closed  bool              // nothing is taken from it and nothing put there
}

func (s *Server) shelf(ctx context.Context, as dcat.Profile, f rdf.Format) *shelf {
	return &shelf{ctx: ctx, bodies: s.bodies(), kind: string(as) + " " + string(f) + " ", holders: map[string]uint64{}}
}

// Fragment implements dcat.Shelf.
func (h *shelf) Fragment(d *catalog.Dataset) *dcat.Fragment {
	if h.closed {
		return nil
	}
	k, ok := h.bodies.s.fragments.Get(h.kind + d.ID)
	if stamp, sure := h.stamp(d); !ok || !sure || stamp != k.made {
		return nil
	}
	return k.fragment
}

// Keep implements dcat.Shelf.
func (h *shelf) Keep(d *catalog.Dataset, f *dcat.Fragment) {
	if stamp, sure := h.stamp(d); sure && !h.closed {
		h.bodies.s.fragments.Put(h.kind+d.ID, keptFragment{stamp, f})
	}
}

// Fed implements dcat.Shelf.
func (h *shelf) Fed(d *catalog.Dataset) (*catalog.Dataset, error) {
	full, err := h.bodies.fed(h.ctx, d)
	if err != nil {
		return nil, err
	}
	return full[0], nil
}

func (h *shelf) stamp(d *catalog.Dataset) (fragmentStamp, bool) {
	holder, known := h.holders[d.Organization]
	if !known {
		o, err := h.bodies.organization(h.ctx, d.Organization)
		if err != nil {
			return fragmentStamp{}, false // Fed tells of it
		}
		if o != nil {
			sum := fnv.New64a()
			if err := json.NewEncoder(sum).Encode([]any{o.Identifier, o.Title}); err != nil {
				return fragmentStamp{}, false
			}
			holder = sum.Sum64()
		}
		h.holders[d.Organization] = holder
	}
	return fragmentStamp{d.Revision, d.Created.UTC(), d.Updated.UTC(), holder}, true
}
