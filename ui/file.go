package ui

import (
	"cmp"
	"net/url"
	"path"
	"strings"

	"portico/catalog"
)

// A fileView is a distribution with the ways to take it.
type fileView struct {
	ID, URL     string // of its page
	Title       string
	Lang        string
	Description catalog.Text
	Format      string
	Size        int64
	Rows        int64
	Columns     int
	HasTable    bool
	Modified    catalog.Date
	Downloads   []download
	Services    []linkView
	License     license
	External    string // the host, when the original is at another's
	LoadError   string
}

// A download is one form of a file.
type download struct {
	Label    string // "CSV", "Parquet", or the words for the original
	URL      string
	Size     int64
	External bool
	Original bool
}

// file shows distribution x of d.
func (s *Server) file(r *request, d *catalog.Dataset, x *catalog.Distribution) fileView {
	f := fileView{
		ID: x.ID, URL: "/dataset/" + d.Name + "/resource/" + url.PathEscape(x.ID), Title: fileTitle(r, x), Description: x.Description,
		Format: formatOf(x), Size: x.ByteSize, Modified: x.Modified, License: licenseNamed(x.License),
	}
	if r.in(x.Title) == f.Title {
		f.Lang = r.language(x.Title)
	}
	if x.File != nil {
		f.Size = cmp.Or(f.Size, x.File.Size)
	}
	if t := x.Table; t != nil {
		f.LoadError = t.Error
		if t.Hash != "" {
			f.HasTable, f.Rows, f.Columns = true, t.Rows, len(t.Columns)
			for _, format := range s.Formats.All() {
				f.Downloads = append(f.Downloads, download{Label: format.Title, URL: f.URL + "/data." + format.Name})
			}
		}
	}
	f.original(r, x)
	for _, sv := range x.Services {
		for _, u := range sv.EndpointURLs {
			if isWeb(u) {
				f.Services = append(f.Services, linkView{Text: cmp.Or(r.in(sv.Title), hostOf(u)), URL: u})
			}
		}
	}
	return f
}

// original adds the bytes as they were published: ours where we keep them, else
// at their own address.
func (f *fileView) original(r *request, x *catalog.Distribution) {
	switch {
	case x.File != nil && x.File.Name != "":
		f.Downloads = append(f.Downloads, download{
			Label: r.text("file.original"), URL: f.URL + "/download/" + url.PathEscape(x.File.Name), Size: x.File.Size, Original: true,
		})
	case isWeb(x.URL()):
		f.External = hostOf(x.URL())
		f.Downloads = append(f.Downloads, download{Label: r.text("file.external"), URL: x.URL(), External: true, Original: true})
	}
}

// fileTitle returns what to call a file: its title, else its name, else its
// format.
func fileTitle(r *request, x *catalog.Distribution) string {
	if t := r.in(x.Title); t != "" {
		return t
	}
	if x.File != nil && x.File.Name != "" {
		return x.File.Name
	}
	if u, err := url.Parse(x.URL()); err == nil {
		if base := path.Base(u.Path); strings.Contains(base, ".") && base != "." {
			return base
		}
	}
	return cmp.Or(formatOf(x), r.text("file.untitled"))
}
