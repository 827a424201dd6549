package ckan

import (
	"net/url"
	"strings"
	"sync"
)

// GuessMediaType returns the media type that CKAN takes a file for by the end
// of its name or address, the one of what is inside where it is compressed:
// "a.csv" and "a.csv.gz" -> "text/csv". ok is false where the end says nothing.
func GuessMediaType(urlOrFile string) (mediaType string, ok bool) {
	name := urlOrFile
	if u, err := url.Parse(urlOrFile); err == nil && len(u.Scheme) > 1 {
		name = u.Path
	}
	stem, suffix := splitSuffix(name)
	if inner, ok := shortened[strings.ToLower(suffix)]; ok {
		stem, suffix = splitSuffix(stem + inner)
	}
	switch suffix {
	case ".gz", ".Z", ".bz2", ".xz", ".br":
		_, suffix = splitSuffix(stem)
	}
	mediaType, ok = mediaTypeOf()[strings.ToLower(strings.TrimPrefix(suffix, "."))]
	return mediaType, ok
}

// shortened are the ends that stand for two.
var shortened = map[string]string{
	".svgz": ".svg.gz", ".tgz": ".tar.gz", ".taz": ".tar.gz", ".tz": ".tar.gz", ".tbz2": ".tar.bz2", ".txz": ".tar.xz",
}

var mediaTypeOf = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, 4*len(mediaTypes))
	for t, suffixes := range mediaTypes {
		for s := range strings.FieldsSeq(suffixes) {
			m[s] = t
		}
	}
	return m
})

// mediaTypes are the media types of the files that portals offer, with their
// ends. ".shp" is left out on purpose: the registries have it for QGIS.
var mediaTypes = map[string]string{
	"application/atom+xml":                                  "atom",
	"application/epub+zip":                                  "epub",
	"application/geo+json":                                  "geojson",
	"application/geopackage+sqlite3":                        "gpkg",
	"application/gml+xml":                                   "gml",
	"application/java-archive":                              "jar",
	"application/json":                                      "json",
	"application/ld+json":                                   "jsonld",
	"application/manifest+json":                             "webmanifest",
	"application/msaccess":                                  "mdb",
	"application/msword":                                    "doc",
	"application/n-quads":                                   "nq",
	"application/n-triples":                                 "nt",
	"application/octet-stream":                              "bin so",
	"application/ogg":                                       "ogx",
	"application/pdf":                                       "pdf",
	"application/pkcs7-mime":                                "p7c p7m",
	"application/postscript":                                "ai eps ps",
	"application/rdf+xml":                                   "rdf",
	"application/rtf":                                       "rtf",
	"application/sql":                                       "sql",
	"application/trig":                                      "trig",
	"application/vnd.adobe.flash.movie":                     "swf",
	"application/vnd.apple.mpegurl":                         "m3u8",
	"application/vnd.dbf":                                   "dbf",
	"application/vnd.google-earth.kml+xml":                  "kml",
	"application/vnd.google-earth.kmz":                      "kmz",
	"application/vnd.las":                                   "las",
	"application/vnd.ms-excel":                              "xls",
	"application/vnd.ms-excel.sheet.binary.macroEnabled.12": "xlsb",
	"application/vnd.ms-excel.sheet.macroEnabled.12":        "xlsm",
	"application/vnd.ms-powerpoint":                         "pps ppt",
	"application/vnd.ms-word.document.macroEnabled.12":      "docm",
	"application/vnd.ms-xpsdocument":                        "xps",
	"application/vnd.oasis.opendocument.base":               "odb",
	"application/vnd.oasis.opendocument.chart":              "odc",
	"application/vnd.oasis.opendocument.formula":            "odf",
	"application/vnd.oasis.opendocument.graphics":           "odg",
	"application/vnd.oasis.opendocument.presentation":       "odp",
	"application/vnd.oasis.opendocument.spreadsheet":        "ods",
	"application/vnd.oasis.opendocument.text":               "odt",
	"application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
	"application/vnd.openxmlformats-officedocument.presentationml.slideshow":    "ppsx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "xlsx",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.template":      "xltx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "docx",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.template":   "dotx",
	"application/vnd.rar":         "rar",
	"application/vnd.sqlite3":     "sqlite sqlite3",
	"application/vnd.visio":       "vsd",
	"application/wasm":            "wasm",
	"application/wsdl+xml":        "wsdl",
	"application/x-7z-compressed": "7z",
	"application/x-bittorrent":    "torrent",
	"application/x-cdf":           "cdf",
	"application/x-gtar":          "gtar",
	"application/x-hdf":           "hdf",
	"application/x-hdf5":          "h5",
	"application/x-iso9660-image": "iso",
	"application/x-latex":         "latex",
	"application/x-ms-wmz":        "wmz",
	"application/x-msdos-program": "bat dll exe",
	"application/x-netcdf":        "nc",
	"application/x-object":        "o",
	"application/x-rss+xml":       "rss",
	"application/x-tar":           "tar",
	"application/x-texinfo":       "texi",
	"application/x-xz":            "xz",
	"application/xhtml+xml":       "xhtml",
	"application/xml":             "xml",
	"application/xml-dtd":         "dtd",
	"application/xslt+xml":        "xsl xslt",
	"application/zip":             "zip",
	"application/zstd":            "zst",
	"audio/aac":                   "aac",
	"audio/flac":                  "flac",
	"audio/mp4":                   "m4a",
	"audio/mpeg":                  "mp3",
	"audio/mpegurl":               "m3u",
	"audio/ogg":                   "oga ogg",
	"audio/sp-midi":               "mid",
	"audio/x-aiff":                "aif aiff",
	"audio/x-wav":                 "wav",
	"font/otf":                    "otf",
	"font/ttf":                    "ttf",
	"font/woff":                   "woff",
	"font/woff2":                  "woff2",
	"image/avif":                  "avif",
	"image/bmp":                   "bmp",
	"image/gif":                   "gif",
	"image/heic":                  "heic",
	"image/heif":                  "heif",
	"image/jp2":                   "jp2",
	"image/jpeg":                  "jpe jpeg jpg",
	"image/png":                   "png",
	"image/svg+xml":               "svg",
	"image/tiff":                  "tif tiff",
	"image/vnd.adobe.photoshop":   "psd",
	"image/vnd.dwg":               "dwg",
	"image/vnd.dxf":               "dxf",
	"image/vnd.microsoft.icon":    "ico",
	"image/webp":                  "webp",
	"message/rfc822":              "eml mht mhtml",
	"text/SGML":                   "sgm sgml",
	"text/calendar":               "ics",
	"text/css":                    "css",
	"text/csv":                    "csv",
	"text/html":                   "htm html",
	"text/javascript":             "js mjs",
	"text/markdown":               "md",
	"text/n3":                     "n3",
	"text/plain":                  "srt txt",
	"text/tab-separated-values":   "tsv",
	"text/turtle":                 "ttl",
	"text/vcard":                  "vcf",
	"text/vtt":                    "vtt",
	"text/x-bibtex":               "bib",
	"text/x-chdr":                 "h",
	"text/x-csrc":                 "c",
	"text/x-perl":                 "pl",
	"text/x-python":               "py",
	"text/x-sh":                   "sh",
	"text/x-tex":                  "tex",
	"video/mp4":                   "m4v mp4",
	"video/mpeg":                  "mpeg mpg",
	"video/ogg":                   "ogv",
	"video/quicktime":             "mov qt",
	"video/webm":                  "webm",
	"video/x-flv":                 "flv",
	"video/x-matroska":            "mkv",
	"video/x-ms-wmv":              "wmv",
	"video/x-msvideo":             "avi",
}
