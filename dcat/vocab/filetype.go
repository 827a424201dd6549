package vocab

import (
	"slices"
	"strings"
	"sync"
)

// A FileFormat is an entry of the EU file-type table.
type FileFormat struct {
	Code            string // such as "CSV"
	IRI             string
	MediaType       string // "" when it has none
	Label           string
	NonProprietary  bool // as data.europa.eu counts it
	MachineReadable bool // the same
}

type fileTypeRow struct {
	code, label, media      string
	machine, nonProprietary bool
}

var fileTypes = sync.OnceValue(func() *list[FileFormat] {
	l := newList[FileFormat](len(fileTypeRows))
	for _, r := range fileTypeRows {
		label := r.label
		if label == "" {
			label = r.code
		}
		f := FileFormat{r.code, fileTypeBase + r.code, r.media, label, r.nonProprietary, r.machine}
		l.add(f, r.code, f.IRI)
	}
	for _, w := range fileTypeWords {
		l.also(w[0], w[1])
	}
	for _, w := range moreFileTypeWords {
		l.also(w[0], w[1])
	}
	for i, r := range fileTypeRows {
		l.alias(i, r.label)
		if !strings.Contains(r.media, "zip") && r.media != "application/xml" { // those say too little
			l.alias(i, r.media, ianaBase+r.media)
		}
	}
	l.also("application/zip", "ZIP")
	l.also("application/xml", "XML")
	return l
})

// moreFileTypeWords are wordings seen in catalogues beyond fileTypeWords.
var moreFileTypeWords = [][2]string{
	{"comma separated values", "CSV"},
	{"zipped csv", "CSV"},
	{"csv zip", "CSV"},
	{"application/csv", "CSV"},
	{"text/comma-separated-values", "CSV"},
	{"text/html", "HTML"},
	{"pagina web", "HTML"},
	{"web page", "HTML"},
	{"application/octet-stream", "BIN"},
	{"microsoft excel", "XLS"},
	{"ms excel", "XLS"},
	{"open document spreadsheet", "ODS"},
	{"shp zip", "SHP"},
	{"shapefile zip", "SHP"},
	{"esri shape", "SHP"},
	{"application/x-shapefile", "SHP"},
	{"json geojson", "GEOJSON"},
	{"rdf turtle", "RDF_TURTLE"},
	{"application/x-turtle", "RDF_TURTLE"},
	{"wms srvc", "WMS_SRVC"},
	{"wfs srvc", "WFS_SRVC"},
	{"ogc wcs", "WCS_SRVC"},
	{"ogc wmts", "WMTS_SRVC"},
	{"geopackage sqlite", "GPKG"},
	{"application/x-zip-compressed", "ZIP"},
	{"text/rtf", "RTF"},
	{"html simpl", "HTML_SIMPL"},
	{"jpeg image", "JPEG"},
	{"json api", "REST"},
	{"esri rest", "REST"},
	{"arcgis geoservices rest api", "REST"},
	{"web service", "REST"},
	{"soap", "REST"},
}

// FileType returns the file type that s names by code, IRI, media type (with
// or without parameters), file extension, or a label that people use.
func FileType(s string) (FileFormat, bool) {
	if strings.Contains(s, ";") {
		s, _, _ = strings.Cut(s, ";")
	}
	if f, ok := fileTypes().find(s); ok {
		return f, true
	}
	if mt, ok := MediaType(s); ok {
		return fileTypes().find(mt)
	}
	return FileFormat{}, false
}

// FileTypes returns all file types, by code.
func FileTypes() []FileFormat { return slices.Clone(fileTypes().entries) }

// MediaType returns the bare media type in s: "text/csv" of "text/CSV;
// charset=utf-8" and of its IANA IRI, with or without www.
func MediaType(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	s, _, _ = strings.Cut(s, ";")
	if _, rest, ok := strings.Cut(s, "/media-types/"); ok {
		s = rest
	} else if strings.Contains(s, "://") {
		return "", false
	}
	s = strings.TrimRight(strings.TrimSpace(s), "/")
	major, minor, ok := strings.Cut(s, "/")
	if !ok || !token(major) || !token(minor) || !slices.Contains(registries, major) {
		return "", false
	}
	return s, true
}

// registries are the top-level types of IANA.
var registries = []string{"application", "audio", "font", "haptics", "image", "message", "model", "multipart", "text", "video"}

func token(s string) bool {
	for _, r := range s {
		letter := r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		if !letter && !strings.ContainsRune("+-._!#$&^", r) {
			return false
		}
	}
	return s != ""
}

// MediaTypeIRI returns the IRI of a media type such as "text/csv". It has www,
// which the EU shapes ask.
func MediaTypeIRI(mt string) string { return ianaBase + mt }
