package ui

import (
	"context"
	"slices"
	"time"

	"portico/catalog"
	"portico/datastore"
)

// Versions tells which snapshots of a distribution's table are kept, the newest
// first; *datastore.History does.
type Versions interface {
	List(ctx context.Context, distribution string) ([]datastore.Snapshot, error)
}

// A versionView is a table as it once was, with what changed from the one
// before.
type versionView struct {
	Taken   time.Time
	Rows    int64
	Change  string // "" = the first that is kept
	Current bool

	CSV, Xlsx, Parquet string // addresses that stay as long as the version
}

// maxVersions is how many versions a page names; datastore_history has all.
const maxVersions = 12

// versions returns the versions of the table of x where there are several, and
// whether the newest of them is the one that is shown: it is noted a moment
// after the table is swapped, and a page of that moment is not to be kept.
func (s *Server) versions(r *request, x *catalog.Distribution, base string) (out []versionView, current bool) {
	if s.Versions == nil || x.Table.Written || x.Table.Hash == "" {
		return nil, true
	}
	all, err := s.Versions.List(r.ctx, x.ID)
	if err != nil {
		s.Log.ErrorContext(r.ctx, "the versions of a table cannot be listed", "error", err, "distribution", x.ID)
		return nil, false
	}
	current = len(all) == 0 || all[0].Hash == x.Table.Hash
	last := "" // the day of the version after
	for i, v := range all {
		day := v.Taken.UTC().Format(time.DateOnly)
		ref := day
		if day == last { // of two on one day the later has its address
			ref = v.Hash
		}
		last = day
		if i >= maxVersions || takenOut(x, v.Columns) {
			continue
		}
		at := base + "/snapshot/" + ref + "/data."
		view := versionView{Taken: v.Taken, Rows: v.Rows, Current: v.Hash == x.Table.Hash, CSV: at + "csv", Xlsx: at + "xlsx", Parquet: at + "parquet"}
		if v.Change != nil {
			view.Change = r.in(v.Change.Text())
		}
		out = append(out, view)
	}
	if len(out) < 2 { // one is the table itself
		return nil, current
	}
	return out, current
}

// takenOut reports whether a version has a column that was taken out because
// of personal data: it is not given.
func takenOut(x *catalog.Distribution, columns []catalog.Column) bool {
	return x.Hold != nil && x.Hold.State == catalog.Masked && slices.ContainsFunc(columns, func(c catalog.Column) bool {
		return slices.Contains(x.Hold.Dropped, c.Name) || slices.Contains(x.Hold.Dropped, c.Header)
	})
}
