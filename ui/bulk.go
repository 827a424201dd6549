package ui

import (
	"time"

	"portico/bulk"
	"portico/catalog"
)

// Bulk tells which files of the whole catalogue there are. bulk.Folder does.
type Bulk interface {
	Index() (*bulk.Index, error)
}

// A bulkPage lists the files of the whole catalogue.
type bulkPage struct {
	frame
	Made     time.Time // zero = there is none yet
	Datasets int
	Fed      int
	Files    []bulkFile
	Address  string // of the files, for programs
}

// A bulkFile is one of them.
type bulkFile struct {
	Name    string
	URL     string
	Title   catalog.Text
	About   string
	Size    int64
	SHA256  string
	Entries string
}

func (s *Server) bulk(r *request) (view, error) {
	p := &bulkPage{Address: s.Site.Link("/bulk/")}
	p.Section, p.Title, p.Description = "bulk", r.text("bulk.title"), r.text("bulk.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	p.Alternates = []alternate{{"application/json", r.text("bulk.json"), "/bulk/index.json"}}
	if s.Bulk == nil {
		return view{template: "bulk", data: p}, nil
	}
	x, err := s.Bulk.Index()
	if err != nil {
		return view{}, err
	}
	p.Made, p.Datasets, p.Fed = x.Made, x.Datasets, x.Fed
	for i := range x.Files {
		f := &x.Files[i]
		unit := "rows"
		if f.Name == "catalog.nt.gz" {
			unit = "validator.triples"
		}
		p.Files = append(p.Files, bulkFile{
			Name: f.Name, URL: "/bulk/" + f.Name, Title: f.Title, About: r.text("bulk.about." + f.Name),
			Size: f.Size, SHA256: f.SHA256, Entries: r.count(unit, f.Entries),
		})
	}
	// The files are made anew without a change of the catalog, by which pages are kept.
	return view{template: "bulk", data: p, uncached: true}, nil
}
