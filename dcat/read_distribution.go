package dcat

import (
	"cmp"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// distributions reads the distributions of a dataset and returns how many the
// source links. One that is linked but not described has its IRI for an
// address.
func (r *reader) distributions(s rdf.Term, d *catalog.Dataset) int {
	key := cmp.Or(d.URI, d.Identifier, d.Title.String())
	used := map[string]bool{}
	links := 0
	for i, o := range r.g.Objects(s, nsDcat+"distribution") {
		if rdf.IsLiteral(o) && strings.TrimSpace(rdf.Value(o)) == "" {
			continue
		}
		links++
		x := r.distribution(o)
		if x.License == "" {
			x.License = d.License
		}
		part := cmp.Or(x.URI, x.DownloadURL, x.AccessURL, "#"+strconv.Itoa(i))
		x.ID = catalog.StableID(key, part)
		if used[x.ID] {
			x.ID = catalog.StableID(key, part, strconv.Itoa(i))
		}
		used[x.ID] = true
		d.Distributions = append(d.Distributions, x)
	}
	return links
}

func (r *reader) distribution(o rdf.Term) catalog.Distribution {
	var x catalog.Distribution
	if rdf.IsIRI(o) {
		x.URI = rdf.Value(o)
	}
	if !rdf.IsBlank(o) && len(r.g.Triples(o)) == 0 {
		x.AccessURL = r.address(o)
		r.problem(catalog.Problemf("dcat:distribution", rdf.Value(o), "distribution-undescribed",
			"La distribuzione è collegata ma non descritta.", "The distribution is linked but not described."))
		return x
	}
	x.Title = r.text(o, nsDct+"title", cleanLine)
	x.Description = r.text(o, nsDct+"description", cleanText)
	x.AccessURL = r.first(o, nsDcat+"accessURL")
	x.DownloadURL = r.first(o, nsDcat+"downloadURL")
	r.formats(o, &x)
	x.License = r.license(o)
	x.Issued = r.date(o, nsDct+"issued")
	x.Modified = r.date(o, nsDct+"modified")
	x.ByteSize = r.byteSize(o)
	x.Checksum = r.checksum(o)
	x.Languages = r.languages(o)
	x.Pages = r.iris(o, nsFoaf+"page")
	x.Legislation = r.iris(o, nsDcatap+"applicableLegislation")
	x.ConformsTo = r.standards(o)
	x.Status = r.first(o, nsAdms+"status", nsBibo+"status")
	x.Availability = r.code(o, "availability", availability, nsDcatap+"availability")
	if rights := r.objects(o, nsDct+"rights"); len(rights) > 0 {
		if x.Rights = r.label(rights[0]); rdf.IsIRI(rights[0]) {
			x.Rights = rdf.Value(rights[0])
		}
	}
	for _, v := range r.objects(o, nsDcat+"accessService") {
		x.Services = append(x.Services, r.service(v))
	}
	return x
}

func availability(v string) (string, bool) { c, ok := vocab.Availability(v); return c.Code, ok }

// formats reads format and media type, as IRIs, as text or as nodes, each from
// either property: sources mix them up.
func (r *reader) formats(o rdf.Term, x *catalog.Distribution) {
	x.MediaType = r.mediaType(o, nsDcat+"mediaType")
	x.CompressFormat = r.mediaType(o, nsDcat+"compressFormat")
	x.PackageFormat = r.mediaType(o, nsDcat+"packageFormat")
	for _, v := range r.objects(o, nsDct+"format") {
		r.formatNode(v, x)
	}
	if label := cleanLine(r.value(o, nsDC+"format")); label != "" {
		x.FormatLabel = label
		x.Format = cmp.Or(x.Format, fileType(label))
	}
	x.Format = cmp.Or(x.Format, fileType(x.MediaType))
	if x.Format == "" && x.FormatLabel != "" {
		r.problem(catalog.Problemf("dct:format", x.FormatLabel, "format-unreadable",
			"Il formato non è nel vocabolario.", "The format is not in the vocabulary."))
	}
}

// formatNode reads one value of dct:format.
func (r *reader) formatNode(v rdf.Term, x *catalog.Distribution) {
	for _, name := range r.names(v) {
		if mt, ok := vocab.MediaType(name); ok && x.MediaType == "" {
			x.MediaType = mt
		}
		x.Format = cmp.Or(x.Format, fileType(name))
	}
	if rdf.IsIRI(v) && rdf.Value(v) != noFormat && x.Format != "" {
		x.FormatLabel = cmp.Or(x.FormatLabel, x.Format)
		return
	}
	x.FormatLabel = cmp.Or(x.FormatLabel, r.label(v))
}

func fileType(s string) string {
	f, _ := vocab.FileType(s)
	return f.Code
}

func (r *reader) mediaType(o rdf.Term, predicate string) string {
	for _, v := range r.objects(o, predicate) {
		for _, name := range r.names(v) {
			if mt, ok := vocab.MediaType(name); ok {
				return mt
			}
			if f, ok := vocab.FileType(name); ok && f.MediaType != "" {
				return f.MediaType
			}
		}
	}
	return ""
}

func (r *reader) byteSize(o rdf.Term) int64 {
	s := r.value(o, nsDcat+"byteSize")
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || f < 1 || f > 1<<53 {
		return 0
	}
	return int64(f)
}

func (r *reader) checksum(o rdf.Term) catalog.Checksum {
	for _, v := range r.objects(o, nsSpdx+"checksum") {
		alg := r.value(v, nsSpdx+"algorithm")
		if i := strings.LastIndexAny(alg, "#/_"); i >= 0 {
			alg = alg[i+1:]
		}
		alg = strings.NewReplacer("-", "", "checksumalgorithm", "").Replace(strings.ToLower(alg))
		if alg != "" && strings.Trim(alg, "0123456789") == "" { // …/sha/256
			alg = "sha" + alg
		}
		c := catalog.Checksum{Algorithm: alg, Value: strings.ToLower(cleanLine(r.value(v, nsSpdx+"checksumValue")))}
		if c.Value != "" && c.Algorithm != "" {
			return c
		}
	}
	if m := hashText.FindStringSubmatch(r.value(o, nsDC+"identifier")); m != nil { // our writer's
		return catalog.Checksum{Algorithm: m[1], Value: m[2]}
	}
	return catalog.Checksum{}
}

// hashText is a checksum as text, with its algorithm.
var hashText = regexp.MustCompile(`^([a-z][a-z0-9]{1,15}):([0-9a-f]{8,})$`)

func (r *reader) service(o rdf.Term) catalog.Service {
	var v catalog.Service
	if rdf.IsIRI(o) {
		v.URI = rdf.Value(o)
	}
	if rdf.IsLiteral(o) {
		if u, err := url.Parse(rdf.Value(o)); err == nil && u.IsAbs() {
			v.EndpointURLs = []string{u.String()}
		}
		return v
	}
	v.Title = r.text(o, nsDct+"title", cleanLine)
	v.Description = r.text(o, nsDct+"description", cleanText)
	v.EndpointURLs = r.iris(o, nsDcat+"endpointURL")
	v.EndpointDescription = r.first(o, nsDcat+"endpointDescription")
	v.ServesDatasets = r.iris(o, nsDcat+"servesDataset", nsSchema+"about")
	v.License = r.license(o)
	v.AccessRights = r.code(o, "access-rights", func(s string) (string, bool) { c, ok := vocab.AccessRight(s); return c.Code, ok }, nsDct+"accessRights")
	v.Availability = r.code(o, "availability", availability, nsDcatap+"availability")
	v.Pages = r.iris(o, nsFoaf+"page")
	v.ConformsTo = r.iris(o, nsDct+"conformsTo")
	v.Legislation = r.iris(o, nsDcatap+"applicableLegislation")
	v.HVD = r.hvd(o)
	for _, k := range r.objects(o, nsDcat+"contactPoint", nsAdms+"contactPoint") {
		if c := r.contact(k); !isNobody(c) {
			v.Contacts = append(v.Contacts, c)
		}
	}
	return v
}
