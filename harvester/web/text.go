package web

import (
	"bytes"
	"encoding/json"
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
	"portico/internal/ckan"
)

// What a text may be long, in bytes. Longer ones are cut.
const (
	maxTitle = 1_000
	maxText  = 60_000
	maxList  = 500 // keywords, languages, links
)

// Plain returns a text without HTML, trimmed and bounded.
func Plain(s string) string { return clip(strings.TrimSpace(ckan.PlainText(valid(s))), maxText) }

// Line returns a text without HTML in one line, for titles and names.
func Line(s string) string {
	return clip(strings.Join(strings.Fields(ckan.PlainText(valid(s))), " "), maxTitle)
}

func valid(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == utf8.RuneError {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

func clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// Text returns a Text of one string in the language with an ISO or EU code;
// one that is not known stands for Italian.
func Text(s, language string) catalog.Text {
	if s == "" {
		return nil
	}
	return catalog.Text{Tag(language): s}
}

// Tag returns the BCP 47 tag of a language however it is written, Italian when
// it is not known.
func Tag(language string) string {
	if l, ok := vocab.Language(strings.TrimSpace(language)); ok {
		if tag := vocab.LanguageTag(l.Code); tag != "" {
			return tag
		}
	}
	return catalog.DefaultLanguage
}

// Language returns the EU code of a language however it is written, or "".
func Language(s string) string {
	l, _ := vocab.Language(strings.TrimSpace(s))
	return l.Code
}

// HVD returns the code of a category of high-value datasets however it is
// written, or "".
func HVD(s string) string {
	c, _ := vocab.HVDCategory(strings.TrimSpace(s))
	return c.Code
}

// Keywords returns free tags of words, each once.
func Keywords(language string, words ...string) []catalog.Keyword {
	var out []catalog.Keyword
	seen := make(map[string]bool)
	lang := ""
	if language != "" {
		lang = Tag(language)
	}
	for _, w := range words {
		w = Line(w)
		if key := strings.ToLower(w); w == "" || len(w) > 100 || seen[key] || len(out) >= maxList {
			continue
		} else {
			seen[key] = true
		}
		out = append(out, catalog.Keyword{Name: w, Lang: lang})
	}
	return out
}

// Themes returns the EU themes that words name, each once.
func Themes(words ...string) []catalog.Theme {
	var out []catalog.Theme
	seen := make(map[string]bool)
	for _, w := range words {
		if t, ok := vocab.Theme(w); ok && !seen[t.Code] {
			seen[t.Code] = true
			out = append(out, catalog.Theme{Code: t.Code})
		}
	}
	return out
}

// Date returns a date as a source writes it, or "".
func Date(s string) catalog.Date {
	d, ok := dcat.ParseDate(strings.TrimSpace(s))
	if !ok {
		return ""
	}
	return d
}

// Frequency returns the EU code of a frequency however it is written, or "".
func Frequency(s string) string {
	f, _ := vocab.Frequency(strings.TrimSpace(s))
	return f.Code
}

// link finds web addresses in running text.
var link = regexp.MustCompile(`https?://[^\s<>"'()]+`)

// Licence returns the first licence that one of texts names, by itself or by
// an address within it.
func Licence(texts ...string) (vocab.Licence, bool) {
	for _, t := range texts {
		t = Line(t)
		if t == "" {
			continue
		}
		if l, ok := vocab.License(t); ok {
			return l, true
		}
		for _, a := range link.FindAllString(clip(t, 5_000), 20) {
			if l, ok := vocab.License(strings.TrimRight(a, ".,;:")); ok {
				return l, true
			}
		}
	}
	return vocab.Licence{}, false
}

// License sets the licence of d and of its distributions that have none, as
// texts name it. It reports whether one of them does.
func License(d *catalog.Dataset, texts ...string) bool {
	l, ok := Licence(texts...)
	if !ok {
		return false
	}
	d.License, d.LicenseID = l.URL, l.CKAN
	for i := range d.Distributions {
		if d.Distributions[i].License == "" {
			d.Distributions[i].License = l.URL
		}
	}
	return true
}

// UnknownLicense is the problem of a licence that is none of those we know.
func UnknownLicense(text string) catalog.Problem {
	return catalog.Problemf("dct:license", Line(text), "license-unknown",
		"La licenza indicata dalla fonte non è tra quelle conosciute.", "The licence that the source names is none that is known.").
		WithMend("Indicare l'indirizzo della licenza, per esempio https://creativecommons.org/licenses/by/4.0/.",
			"Give the address of the licence, such as https://creativecommons.org/licenses/by/4.0/.")
}

// Format sets the format of x by the first of labels that names a file type:
// codes, extensions, media types, what people write. Labels that name none
// leave the first of them as what people are shown.
func Format(x *catalog.Distribution, labels ...string) {
	for _, s := range labels {
		s = Line(s)
		if s == "" {
			continue
		}
		if x.FormatLabel == "" {
			x.FormatLabel = clip(s, 100)
		}
		t, ok := vocab.FileType(s)
		if !ok {
			continue
		}
		x.Format, x.MediaType = t.Code, t.MediaType
		return
	}
}

// Extension returns the extension of the file behind an address, "" when its
// path has none.
func Extension(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	ext := strings.TrimPrefix(path.Ext(u.Path), ".")
	if len(ext) > 8 || strings.ContainsAny(ext, " %") {
		return ""
	}
	return strings.ToLower(ext)
}

// Box returns a place that is a box of longitudes and latitudes, west, south,
// east, north, in degrees. It is false when they are none.
func Box(w, s, e, n float64) (catalog.Place, bool) {
	inside := func(v, most float64) bool { return v >= -most && v <= most }
	if !inside(w, 180) || !inside(e, 180) || !inside(s, 90) || !inside(n, 90) || s > n || w > e || w == 0 && e == 0 && s == 0 && n == 0 {
		return catalog.Place{}, false
	}
	f := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	pt := func(x, y float64) string { return f(x) + " " + f(y) }
	ring := strings.Join([]string{pt(w, s), pt(e, s), pt(e, n), pt(w, n), pt(w, s)}, ", ")
	return catalog.Place{Geometry: "POLYGON((" + ring + "))"}, true
}

// BoxText is Box of four numbers in a text, west, south, east, north, with
// commas or blanks between them.
func BoxText(s string) (catalog.Place, bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == ';' })
	if len(parts) != 4 {
		return catalog.Place{}, false
	}
	var v [4]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(p, 64)
		if err != nil {
			return catalog.Place{}, false
		}
		v[i] = f
	}
	return Box(v[0], v[1], v[2], v[3])
}

// TitleMissing rejects a record without a title.
var TitleMissing = catalog.Problemf("dct:title", "", "title-missing", "Manca il titolo.", "There is no title.").
	WithMend("Dare al dataset un titolo.", "Give the dataset a title.")

// A String is JSON that is a text, a number or a truth; anything else, which
// sources do send, is "".
type String string

// UnmarshalJSON implements json.Unmarshaler.
func (s *String) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	*s = ""
	switch {
	case len(b) == 0 || b[0] == '{' || b[0] == 'n':
	case b[0] == '[':
		var list Strings
		if err := list.UnmarshalJSON(b); err != nil || len(list) == 0 {
			return err
		}
		*s = String(list[0])
	case b[0] == '"':
		var t string
		if err := json.Unmarshal(b, &t); err != nil {
			return err
		}
		*s = String(t)
	default:
		*s = String(b)
	}
	return nil
}

// Strings is JSON that is a list of texts, or one text with commas.
type Strings []string

// UnmarshalJSON implements json.Unmarshaler.
func (s *Strings) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	*s = nil
	if len(b) > 0 && b[0] == '[' {
		return s.list(b)
	}
	var one String
	if err := one.UnmarshalJSON(b); err != nil {
		return err
	}
	for p := range strings.SplitSeq(string(one), ",") {
		if p = strings.TrimSpace(p); p != "" && len(*s) < maxList {
			*s = append(*s, p)
		}
	}
	return nil
}

// list reads a JSON list; what is a list within it is none of ours.
func (s *Strings) list(b []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	for _, r := range raw {
		if bytes.HasPrefix(bytes.TrimSpace(r), []byte("[")) {
			continue
		}
		var one String
		if err := one.UnmarshalJSON(r); err != nil {
			return err
		}
		if one != "" && len(*s) < maxList {
			*s = append(*s, string(one))
		}
	}
	return nil
}

// code matches what may be an IPA code or a VAT number.
var code = regexp.MustCompile(`^[A-Za-z0-9_-]{2,30}$`)

// Code returns the code of a body in lower case, or "" when s is none.
func Code(s string) string {
	if s = strings.TrimSpace(s); !code.MatchString(s) {
		return ""
	}
	return strings.ToLower(s)
}
