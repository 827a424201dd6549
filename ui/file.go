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
	Hold        *catalog.HoldNote // that personal data were found; nil = none
	HoldKinds   string
}

// A download is one form of a file.
type download struct {
	Label    string // "CSV", "Parquet", or the words for the original
	Name     string // of the format of a table
	URL      string
	Size     int64
	External bool
	Original bool
	Special  bool // for few: on the page of the file alone
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
	if x.Hold != nil {
		f.Hold, f.HoldKinds = x.Hold, r.kinds(x.Hold.Kinds)
	}
	if t := x.Table; t != nil {
		f.LoadError = t.Error
		if t.Hash != "" || t.Active() && s.Rows != nil {
			f.HasTable, f.Rows, f.Columns = true, t.Rows, len(t.Columns)
			f.forms(s, t)
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

// forms adds the table in every format that can hold it. The size is told where
// it is known.
func (f *fileView) forms(s *Server, t *catalog.Table) {
	for _, format := range s.Formats.All() {
		if !format.Takes(t.Columns) {
			continue
		}
		size, _ := s.Sizes.Of(t.Hash, format.Name)
		f.Downloads = append(f.Downloads, download{Label: format.Title, Name: format.Name, URL: f.URL + "/data." + format.Name, Size: size, Special: format.Special})
		if format.Name == "csv" && s.Excel.Write != nil {
			size, _ = s.Sizes.Of(t.Hash, s.Excel.Name)
			f.Downloads = append(f.Downloads, download{Label: s.Excel.Title, Name: s.Excel.Name, URL: f.URL + "/data.csv?excel=1", Size: size, Special: true})
		}
	}
}

// original adds the bytes as they were published: ours where we keep them, else
// at their own address.
func (f *fileView) original(r *request, x *catalog.Distribution) {
	switch {
	case x.Withheld():
	case x.File != nil && x.File.Name != "":
		f.Downloads = append(f.Downloads, download{
			Label: r.text("file.original"), URL: f.URL + "/download/" + url.PathEscape(x.File.Name), Size: x.File.Size, Original: true,
		})
	case x.Screened():
	case isWeb(x.URL()):
		f.External = hostOf(x.URL())
		f.Downloads = append(f.Downloads, download{Label: r.text("file.external"), URL: x.URL(), External: true, Original: true})
	}
}

// kinds names kinds of personal data.
func (r *request) kinds(kinds []string) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = r.text("hold.kind." + k)
	}
	return strings.Join(names, ", ")
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
