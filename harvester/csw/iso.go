package csw

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/xmltree"
)

// A record is one ISO document while it is being mapped, after the guidelines
// of GeoDCAT-AP and of the RNDT. Paths are of local names: ISO 19115-3 differs
// from 19139 in namespaces and in a few elements, which stand beside.
type record struct {
	root    *xmltree.Node
	ident   *xmltree.Node // MD_DataIdentification or SV_ServiceIdentification
	cited   *xmltree.Node // its citation
	lang    string        // BCP 47, of the record
	locales map[string]string
	rec     *harvester.Record
	d       *catalog.Dataset
}

// isoItem returns the item of an ISO record. Landing returns its page for
// people, or "".
func isoItem(root *xmltree.Node, landing func(id string) string) web.Item {
	id := identifier(root)
	title := web.Line(root.Value("identificationInfo/*/citation/CI_Citation/title"))
	return web.Item{ID: cmp.Or(id, "sha256:"+web.Hash(title)), Title: title, Raw: web.XML(root), Convert: func() (harvester.Record, error) {
		rec, err := iso(root)
		if id != "" && rec.Dataset.LandingPage == "" {
			rec.Dataset.LandingPage = landing(id)
		}
		return rec, err
	}}
}

func identifier(root *xmltree.Node) string {
	return web.Line(cmp.Or(root.Value("fileIdentifier"), root.Value("metadataIdentifier/MD_Identifier/code")))
}

// level returns the hierarchy level of a record: "dataset", "series",
// "service".
func level(root *xmltree.Node) string {
	n := root.First("hierarchyLevel/MD_ScopeCode")
	if n == nil {
		n = root.First("metadataScope/MD_MetadataScope/resourceScope/MD_ScopeCode")
	}
	if n == nil {
		return root.Value("type")
	}
	return code(n)
}

// code returns the value of an element of a code list.
func code(n *xmltree.Node) string { return cmp.Or(n.Attribute("codeListValue"), n.String()) }

func iso(root *xmltree.Node) (harvester.Record, error) {
	rec := harvester.Record{Digest: digest(root)}
	r := record{root: root, ident: root.First("identificationInfo/*"), rec: &rec, d: &rec.Dataset}
	r.cited = r.ident.First("citation/CI_Citation")
	r.languages()
	d := r.d
	d.Title = r.text(r.cited.First("title"), web.Line)
	rec.Title = d.Title.String()
	if rec.Title == "" {
		return rec, harvester.Reject(web.TitleMissing)
	}
	d.Description = r.text(r.ident.First("abstract"), prose)
	d.Identifier = web.Line(cmp.Or(r.cited.Value("identifier/*/code"), identifier(root)))
	d.Version = web.Line(r.cited.Value("edition"))
	if l := level(root); l == "dataset" || l == "series" || l == "service" {
		d.Type = "http://inspire.ec.europa.eu/metadata-codelist/ResourceType/" + l
	}
	r.dates()
	r.parties()
	r.subjects()
	r.coverage()
	r.quality()
	r.distributions()
	r.constraints()
	if r.rndt() { // where it is published already
		d.Extras = append(d.Extras, catalog.Extra{Key: catalog.RNDTExtra, Value: "true"})
	}
	return rec, nil
}

// digest is of the record without what a catalog adds of its own.
func digest(root *xmltree.Node) string {
	h := sha256.New()
	_, _ = h.Write([]byte(version)) // a hash never fails
	shown := *root
	shown.Kids = nil
	for _, k := range root.Kids {
		if !strings.Contains(k.Space, "geonetwork") {
			shown.Kids = append(shown.Kids, k)
		}
	}
	shown.Canonical(h)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// languages finds out in which languages the record is and, beside, the data
// are.
func (r *record) languages() {
	main := r.root.First("language/LanguageCode")
	if main == nil {
		main = r.root.First("defaultLocale/PT_Locale/language/LanguageCode")
	}
	r.lang = web.Tag(cmp.Or(code(main), r.root.Value("language")))
	r.locales = make(map[string]string)
	for _, l := range r.root.All("locale|otherLocale/PT_Locale") {
		r.locales["#"+l.Attribute("id")] = web.Tag(code(l.First("languageCode|language/LanguageCode")))
	}
	for _, l := range r.ident.All("language|defaultLocale") {
		n := l.First("LanguageCode")
		if n == nil {
			n = l.First("PT_Locale/language/LanguageCode")
		}
		if lang := web.Language(cmp.Or(code(n), l.String())); lang != "" {
			r.d.Languages = append(r.d.Languages, lang)
		}
	}
}

// text returns a free text in all the languages that it is given in.
func (r *record) text(n *xmltree.Node, plain func(string) string) catalog.Text {
	if n == nil {
		return nil
	}
	out := make(catalog.Text)
	for _, s := range n.Below("LocalisedCharacterString") {
		if t := plain(s.String()); t != "" && r.locales[s.Attribute("locale")] != "" {
			out[r.locales[s.Attribute("locale")]] = t
		}
	}
	main := n.First("CharacterString|Anchor")
	if s := plain(main.String()); s != "" {
		out[r.lang] = s
	}
	if main == nil && len(out) == 0 {
		if s := plain(n.String()); s != "" {
			out[r.lang] = s
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// wrapped matches the line ends by which a document is laid out, not those of
// paragraphs.
var wrapped = regexp.MustCompile(`([^\n])[ \t]*\n[ \t]+([^\s\n-])`)

// prose returns a text without HTML and without the layout of the document.
func prose(s string) string { return web.Plain(wrapped.ReplaceAllString(s, "$1 $2")) }

func (r *record) dates() {
	d := r.d
	byType := make(map[string]catalog.Date)
	for _, n := range r.cited.All("date/CI_Date") {
		kind := code(n.First("dateType/CI_DateTypeCode"))
		if day := web.Date(n.Value("date")); day > byType[kind] {
			byType[kind] = day
		}
	}
	d.Issued = cmp.Or(byType["publication"], byType["creation"])
	d.Modified = cmp.Or(byType["revision"], byType["publication"], byType["creation"])
	if d.Modified != "" {
		return
	}
	if d.Modified = web.Date(cmp.Or(r.root.Value("dateStamp"), r.root.Value("dateInfo/CI_Date/date"))); d.Modified != "" {
		d.Notes = append(d.Notes, catalog.Problemf("dct:modified", string(d.Modified), "modified-from-metadata",
			"La data dei dati non è indicata: è quella dei metadati.", "The date of the data is not given: it is that of the metadata."))
	}
}

// subjects reads keywords, topic categories, places by name and the frequency.
func (r *record) subjects() {
	d := r.d
	var words []string
	for _, k := range r.ident.All("descriptiveKeywords/MD_Keywords") {
		place := code(k.First("type/MD_KeywordTypeCode")) == "place"
		for _, w := range k.All("keyword") {
			text := r.text(w, web.Line)
			if strings.Contains(w.First("Anchor").Attribute("href"), "/SpatialScope/") {
				continue // tells of the record's reach in INSPIRE, nothing that people look for
			}
			if place && len(d.Spatial) < 20 && len(text) > 0 {
				d.Spatial = append(d.Spatial, catalog.Place{Name: text, URI: web.Link(nil, w.First("Anchor").Attribute("href"))})
				continue
			}
			words = append(words, text.In(r.lang))
			if hvd := web.HVD(cmp.Or(w.First("Anchor").Attribute("href"), text.String())); hvd != "" {
				d.HVD = append(d.HVD, hvd)
			}
		}
	}
	d.Keywords = web.Keywords(r.lang, words...)
	var themes []string
	for _, t := range r.ident.All("topicCategory/MD_TopicCategoryCode") {
		themes = append(themes, topics[code(t)]...)
	}
	d.Themes = web.Themes(append(themes, themesIn(words)...)...)
	d.Frequency = web.Frequency(code(r.ident.First("resourceMaintenance/MD_MaintenanceInformation/maintenanceAndUpdateFrequency/MD_MaintenanceFrequencyCode")))
}

// themesIn returns the words that are addresses or codes of EU themes, not
// those that merely sound like one.
func themesIn(words []string) []string {
	var out []string
	for _, w := range words {
		if strings.Contains(w, "authority/data-theme/") || len(w) == 4 && strings.ToUpper(w) == w {
			out = append(out, w)
		}
	}
	return out
}

func (r *record) coverage() {
	for _, e := range r.ident.All("extent/EX_Extent") {
		for _, b := range e.All("geographicElement/EX_GeographicBoundingBox") {
			w, err1 := degrees(b, "westBoundLongitude")
			east, err2 := degrees(b, "eastBoundLongitude")
			s, err3 := degrees(b, "southBoundLatitude")
			n, err4 := degrees(b, "northBoundLatitude")
			p, ok := web.Box(w, s, east, n)
			if !ok || err1 != nil || err2 != nil || err3 != nil || err4 != nil {
				r.problem("dct:spatial", b.String(), "box-not-understood", "Il riquadro geografico non è fatto di longitudini e latitudini.",
					"The bounding box is not made of longitudes and latitudes.")
				continue
			}
			r.d.Spatial = append(r.d.Spatial, p)
		}
		for _, t := range e.All("temporalElement/EX_TemporalExtent/extent/*") {
			p := catalog.Period{
				Start: web.Date(cmp.Or(t.Value("beginPosition"), t.Value("begin/TimeInstant/timePosition"), t.Value("timePosition"))),
				End:   web.Date(cmp.Or(t.Value("endPosition"), t.Value("end/TimeInstant/timePosition"), t.Value("timePosition"))),
			}
			if p != (catalog.Period{}) {
				r.d.Temporal = append(r.d.Temporal, p)
			}
		}
	}
}

func degrees(n *xmltree.Node, name string) (float64, error) {
	return strconv.ParseFloat(strings.Replace(n.Value(name), ",", ".", 1), 64)
}

// quality reads the lineage, and what the data conform to: specifications
// that were passed, and reference systems.
func (r *record) quality() {
	d := r.d
	for _, path := range []string{"dataQualityInfo/DQ_DataQuality/lineage/LI_Lineage/statement", "resourceLineage/LI_Lineage/statement"} {
		if t := r.text(r.root.First(path), prose); len(d.Provenance) == 0 && len(t) > 0 {
			d.Provenance = t
		}
	}
	for _, c := range r.root.All("dataQualityInfo/DQ_DataQuality/report/*/result/DQ_ConformanceResult") {
		if c.Value("pass") != "true" {
			continue
		}
		title := c.First("specification/CI_Citation/title")
		r.conforms(title, web.Link(nil, title.First("Anchor").Attribute("href")))
	}
	for _, c := range r.root.All("referenceSystemInfo/MD_ReferenceSystem/referenceSystemIdentifier/*/code") {
		uri := web.Link(nil, cmp.Or(c.First("Anchor").Attribute("href"), c.String()))
		if m := epsg.FindStringSubmatch(c.String()); uri == "" && m != nil {
			uri = "http://www.opengis.net/def/crs/EPSG/0/" + m[1]
		}
		r.conforms(c, uri)
	}
}

var epsg = regexp.MustCompile(`(?i)^\s*(?:urn:ogc:def:crs:)?EPSG:+(?:\d+(?:\.\d+)*:)?(\d{4,6})\s*$`)

func (r *record) conforms(title *xmltree.Node, uri string) {
	t := r.text(title, web.Line)
	if len(t) == 0 && uri == "" || len(r.d.ConformsTo) >= 20 {
		return
	}
	r.d.ConformsTo = append(r.d.ConformsTo, catalog.Standard{URI: uri, Title: t})
}

func (r *record) problem(field, value, rule, it, en string) {
	r.rec.Problems = append(r.rec.Problems, catalog.Problemf(field, value, rule, it, en))
}
