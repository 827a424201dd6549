package ckan

import (
	"strings"
	"sync"
)

// CleanFormat returns the name by which CKAN calls a format, given that name in
// any case, its description, its media type or another name that CKAN knows:
// "csv", "text/csv" -> "CSV"; "shapefile" -> "SHP". A text that CKAN does not
// know stays as it is.
func CleanFormat(s string) string {
	if name, ok := formatNamed()[strings.ToLower(s)]; ok {
		return name
	}
	return s
}

var formatNamed = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 4*len(formats))
	for _, f := range formats {
		m[strings.ToLower(f.name)] = f.name
		for _, s := range f.others {
			m[s] = f.name
		}
	}
	return m
})

// formats are the formats that every CKAN knows, with what else they are
// called, in small letters.
var formats = []struct {
	name   string
	others []string
}{
	{"ArcGIS Map Preview", []string{}},
	{"ArcGIS Map Service", []string{}},
	{"ArcGIS Online Map", []string{"web map application"}},
	{"Atom Feed", []string{"application/atom+xml"}},
	{"BIN", []string{"application/octet-stream", "binary data"}},
	{"BMP", []string{"image/x-ms-bmp", "bitmap image file"}},
	{"CSV", []string{"text/csv", "comma separated values file", "text/comma-separated-values"}},
	{"DCR", []string{"application/x-director", "adobe shockwave format"}},
	{"dBase", []string{"application/x-dbf", "dbase database", "dbf"}},
	{"DOC", []string{"application/msword", "word document"}},
	{"DOCM", []string{"application/vnd.ms-word.document.macroenabled.12", "word ooxml - macro enabled"}},
	{"DOCX", []string{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "word ooxml document"}},
	{"DOTM", []string{"application/vnd.ms-word.template.macroenabled.12", "word ooxml template - macro enabled"}},
	{"DOTX", []string{"application/vnd.openxmlformats-officedocument.wordprocessingml.template", "word ooxml - template"}},
	{"Esri REST", []string{"esri rest api endpoint", "arcgis_rest"}},
	{"EXE", []string{"application/x-msdownload", "windows executable program"}},
	{"E00", []string{"application/x-e00", " arc/info interchange file format"}},
	{"GeoJSON", []string{"application/geo+json", "geographic javascript object notation"}},
	{"GIF", []string{"image/gif", "gif image file"}},
	{"GTFS", []string{"general transit feed specification"}},
	{"GZ", []string{"application/gzip", "gzip file", "application/x-gzip"}},
	{"HTML", []string{"text/html", "web page", "htm", "http://purl.org/net/mediatypes/text/html"}},
	{"ICS", []string{"text/calendar", "icalendar", "ifb", "ical"}},
	{"JPEG", []string{"image/jpeg", "jpg image file", "jpg"}},
	{"JS", []string{"application/x-javascript", "javascript"}},
	{"JSON", []string{"application/json", "javascript object notation"}},
	{"KML", []string{"application/vnd.google-earth.kml+xml", "kml file"}},
	{"KMZ", []string{"application/vnd.google-earth.kmz+xml", "kmz file", "application/vnd.google-earth.kmz"}},
	{"MDB", []string{"application/x-msaccess", "access database"}},
	{"MOP", []string{"chemical/x-mopac-input", "mopac input format"}},
	{"MP3", []string{"audio/mpeg", "mpeg-1 audio layer-3", "audio/mpeg3", "audio/x-mpeg-3", "video/mpeg", "video/x-mpeg"}},
	{"MP4", []string{"video/mp4", "mpeg video file", "application/mp4"}},
	{"MrSID", []string{"image/x-mrsid"}},
	{"MXD", []string{"application/x-mxd", "esri arcgis project file"}},
	{"NetCDF", []string{"application/netcdf", "netcdf file"}},
	{"N3", []string{"application/x-n3", "n3 triples"}},
	{"OGG", []string{"audio/ogg", "ogg vorbis audio file"}},
	{"ODB", []string{"application/vnd.oasis.opendocument.database", "opendocument database"}},
	{"ODC", []string{"application/vnd.oasis.opendocument.chart", "opendocument chart"}},
	{"ODF", []string{"application/vnd.oasis.opendocument.formula", "opendocument math formula"}},
	{"ODG", []string{"application/vnd.oasis.opendocument.graphics", "opendocument image"}},
	{"OWL", []string{"application/owl+xml", "web ontology language"}},
	{"ODP", []string{"application/vnd.oasis.opendocument.presentation", "opendocument presentation"}},
	{"ODS", []string{"application/vnd.oasis.opendocument.spreadsheet", "opendocument spreadsheet"}},
	{"ODT", []string{"application/vnd.oasis.opendocument.text", "opendocument text"}},
	{"PDF", []string{"application/pdf", "pdf file"}},
	{"Perl", []string{"text/x-perl", "perl script"}},
	{"PNG", []string{"image/png", "png image file"}},
	{"POTM", []string{"application/vnd.ms-powerpoint.template.macroenabled.12", "powerpoint open xml -\u00a0macro-enabled template"}},
	{"POTX", []string{"application/vnd.openxmlformats-officedocument.presentationml.template", "powerpoint ooxml presentation - template"}},
	{"PPAM", []string{"application/vnd.ms-powerpoint.addin.macroenabled.12", "powerpoint open xml -\u00a0macro-enabled add-in"}},
	{"PPT", []string{"application/vnd.ms-powerpoint", "powerpoint presentation"}},
	{"PPTM", []string{"application/vnd.ms-powerpoint.presentation.macroenabled.12", "powerpoint open xml -\u00a0macro-enabled"}},
	{"PPTX", []string{"application/vnd.openxmlformats-officedocument.presentationml.presentation", "powerpoint ooxml presentation"}},
	{"PPSM", []string{"application/vnd.ms-powerpoint.slideshow.macroenabled.12", "powerpoint open xml -\u00a0macro-enabled slide show"}},
	{"PPSX", []string{"application/vnd.openxmlformats-officedocument.presentationml.slideshow", "powerpoint open xml - slide show"}},
	{"QGIS", []string{"application/x-qgis", "qgis file"}},
	{"RAR", []string{"application/rar", "rar compressed file"}},
	{"RDF", []string{"application/rdf+xml", "rdf/xml"}},
	{"RSS", []string{"application/rss+xml", "rss feed"}},
	{"SHP", []string{"shapefile", "esri shapefile"}},
	{"SPARQL", []string{"application/sparql-results+xml", "sparql end-point"}},
	{"SVG", []string{"image/svg+xml", "svg vector image"}},
	{"TAR", []string{"application/x-tar", "tar compressed file"}},
	{"TIFF", []string{"image/tiff", "tiff image file"}},
	{"TORRENT", []string{"application/x-bittorrent", "bittorrent"}},
	{"TSV", []string{"text/tab-separated-values", "tab separated values file", "text/tsv"}},
	{"TXT", []string{"text/plain", "text file"}},
	{"WAV", []string{"audio/x-wav", "wave file", "audio/wav"}},
	{"WCS", []string{"web coverage service"}},
	{"WebM", []string{"video/webm", "webm video"}},
	{"WFS", []string{"web feature service"}},
	{"WMS", []string{"web mapping service"}},
	{"WMTS", []string{"web map tile service"}},
	{"XLAM", []string{"application/vnd.ms-excel.addin.macroenabled.12", "excel ooxml spreadsheet - macro-enabled add-in"}},
	{"XLS", []string{"application/vnd.ms-excel", "excel document", "excel", "application/msexcel", "application/x-msexcel", "application/x-ms-excel", "application/x-excel", "application/x-dos_ms_excel", "application/xls", "application/x-xls"}},
	{"XLSB", []string{"application/vnd.ms-excel.sheet.binary.macroenabled.12", "excel ooxml spreadsheet - binary workbook"}},
	{"XLSM", []string{"application/vnd.ms-excel.sheet.macroenabled.12", "excel ooxml spreadsheet - macro-enabled"}},
	{"XLSX", []string{"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "excel ooxml spreadsheet"}},
	{"XLTM", []string{"application/vnd.ms-excel.template.macroenabled.12", "excel ooxml spreadsheet - macro-enabled template"}},
	{"XLTX", []string{"application/vnd.openxmlformats-officedocument.spreadsheetml.template", "excel ooxml spreadsheet - template"}},
	{"XML", []string{"application/xml", "xml file", "text/xml", "http://purl.org/net/mediatypes/application/xml"}},
	{"XSLT", []string{"application/xslt+xml", "extensible stylesheet language transformations"}},
	{"XYZ", []string{"chemical/x-xyz", "xyz chemical file"}},
	{"ZIP", []string{"application/zip", "zip file", "http://purl.org/net/mediatypes/application/zip"}},
}
