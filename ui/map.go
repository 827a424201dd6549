package ui

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"portico/dcat/register"
	"portico/outline"
	"portico/search"
)

// A mapPage is the map of municipalities: how many datasets each has, drawn and
// as a list.
type mapPage struct {
	frame
	Picture     *picture
	Classes     []legendEntry
	Places      []mapPlace
	Less        int // municipalities without data that are not listed
	Others      []facetValue
	Choices     []option // provinces, where not all of them are drawn
	Boxes       bool     // the picture is of the extents of datasets
	Attribution string
	Down        bool
	Live        *liveMap
	Files       []alternate // the same for QGIS
}

// A mapPlace is a municipality of the list.
type mapPlace struct {
	Name, Province string
	N              int
	URL            string
}

// A legendEntry says how many datasets a colour stands for.
type legendEntry struct{ Class, Text string }

// quantileClasses are the colours of municipalities, from that for none.
var quantileClasses = []string{"p-q0", "p-q1", "p-q2", "p-q3", "p-q4", "p-q5"}

// The bounds of the page.
const (
	maxDrawn   = 420  // municipalities on the picture, unless a province is chosen
	maxListed  = 600  // places of the list
	maxMany    = 100  // municipalities that are counted one by one, for they are called in several ways
	maxExtents = 1000 // datasets whose extents are drawn
)

// A municipalityCount is how many datasets a municipality has, and the values
// of the facet by which they are found.
type municipalityCount struct {
	name   string
	values []string
	n      int
}

// url returns the address of the datasets of a municipality.
func (c *municipalityCount) url() string {
	return filter{Values: map[string][]string{"municipality": c.values}}.url()
}

// A countedPlaces is what is known of how many datasets places have.
type countedPlaces struct {
	set    *outline.Set
	byCode map[string]*municipalityCount // of areas of set
	named  []*municipalityCount          // municipalities without an outline
	others []facetValue                  // places that are no municipalities, as far as is known
	down   bool
}

// placesCounted asks the search engine how many datasets each place has.
func (s *Server) placesCounted(r *request) countedPlaces {
	set, _ := s.Outlines.Set(r.ctx, outline.Municipalities)
	out := countedPlaces{set: set, byCode: map[string]*municipalityCount{}}
	res, err := search.Find(r.ctx, s.Engine, s.Datasets, search.Query{Facets: []search.Facet{{Field: search.Municipality, Limit: -1}, {Field: search.Kind, Limit: 1}}})
	if err != nil || res.Total > 0 && none(res.Facets) { // every dataset has a kind: without one, the engine did not answer
		s.Log.WarnContext(r.ctx, "search did not answer, the map has no counts", "error", err)
		out.down = true
		return out
	}
	for _, c := range res.Facets[search.Municipality] {
		out.add(s.Registers, c)
	}
	many := 0
	for _, c := range out.byCode {
		if len(c.values) > 1 && many < maxMany { // a dataset may say both, and is one
			many++
			f := filter{Values: map[string][]string{"municipality": c.values}}
			q := f.query()
			q.Limit, q.Offset, q.Facets = 0, 0, nil
			if res, err := search.AskExactly(r.ctx, s.Engine, s.Datasets, q, ""); err == nil {
				c.n = res.Total
			}
		}
	}
	return out
}

// add takes a value of the facet.
func (p *countedPlaces) add(registers *register.Registers, c search.Count) {
	if a, ok := p.set.Named(c.Value); ok {
		m := p.byCode[a.Code]
		if m == nil {
			m = &municipalityCount{name: a.Name}
			p.byCode[a.Code] = m
		}
		m.values, m.n = append(m.values, c.Value), m.n+c.N
		return
	}
	if _, ok := registers.MunicipalityNamed(c.Value); ok && p.set.Len() == 0 {
		p.named = append(p.named, &municipalityCount{c.Value, []string{c.Value}, c.N})
		return
	}
	if len(p.others) < maxListed {
		m := municipalityCount{c.Value, []string{c.Value}, c.N}
		p.others = append(p.others, facetValue{Label: c.Value, N: c.N, URL: m.url()})
	}
}

// mapPage answers /mappa.
func (s *Server) mapPage(r *request) (view, error) {
	settled := s.settled(r)
	counted := s.placesCounted(r)
	p := &mapPage{Down: counted.down, Others: counted.others}
	p.Section, p.Title, p.Description = "map", r.text("mappa.title"), r.text("mappa.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	p.Canonical = "/mappa"
	if !s.drawMunicipalities(r, p, counted) {
		p.list(counted)
		if err := s.drawExtents(r, p); err != nil {
			return view{}, err
		}
	}
	if counted.set.Len() > 0 {
		p.Files = append(p.Files, alternate{geoJSONType, r.text("mappa.file.outlines"), s.Site.Link("/mappa/confini.geojson")})
	}
	p.Files = append(p.Files, alternate{geoJSONType, r.text("mappa.file.extents"), s.Site.Link("/mappa/estensioni.geojson")})
	for _, f := range p.Files {
		p.Alternates = append(p.Alternates, alternate{f.Type, f.Title, strings.TrimPrefix(f.URL, s.Site.Link(""))})
	}
	return view{template: "map", data: p, uncached: p.Down || !settled}, nil
}

// drawMunicipalities draws the municipalities that were imported, in colours
// that tell how many datasets they have. It reports false where there is none
// to draw.
func (s *Server) drawMunicipalities(r *request, p *mapPage, counted countedPlaces) bool {
	chosen := r.query.Get("provincia")
	if !provinceCode(chosen) {
		chosen = ""
	}
	areas := chooseAreas(counted, chosen)
	if len(areas) == 0 {
		chosen, areas = "", chooseAreas(counted, "")
	}
	if len(areas) == 0 {
		return false
	}
	p.choices(s.provinceNames(r), counted, chosen, len(areas))
	p.Attribution = outline.Attribution
	breaks := breaksOf(counted, areas)
	if !counted.down {
		p.Classes = r.legend(breaks)
	}
	box, _ := outline.Bound(areas)
	f := around(box, 0.02)
	p.Picture = f.picture()
	names := s.provinceNames(r)
	for _, a := range areas {
		place := mapPlace{Name: a.Name, Province: names[a.Province()]}
		if c := counted.byCode[a.Code]; c != nil {
			place.N, place.URL = c.n, c.url()
		}
		p.Picture.Shapes = append(p.Picture.Shapes, pictureShape{
			Path: f.path(a.Shape), Class: quantileClasses[classOf(place.N, breaks)], URL: place.URL, Code: a.Code,
			Label: counted.label(r, a, place.N),
		})
		p.Places = append(p.Places, place)
	}
	// Those without data are drawn first, so that the edges of the others are whole.
	slices.SortStableFunc(p.Picture.Shapes, func(a, b pictureShape) int { return cmp.Compare(a.Class, b.Class) })
	p.tidy()
	p.Live = &liveMap{Outlines: "/mappa/confini.geojson", Extents: "/mappa/estensioni.geojson", Ground: s.groundView()}
	switch {
	case chosen != "":
		p.Live.Outlines += "?provincia=" + chosen
	case len(areas) < counted.set.Len():
		p.Live.Outlines += "?vista=mappa"
	}
	return true
}

// label says what an area is, and how many datasets it has where that is known.
func (p *countedPlaces) label(r *request, a *outline.Area, n int) string {
	if p.down {
		return a.Name
	}
	return r.text("mappa.place", a.Name, r.count("datasets", n))
}

// list lists the municipalities of which there is no outline.
func (p *mapPage) list(counted countedPlaces) {
	for _, c := range counted.named {
		p.Places = append(p.Places, mapPlace{Name: c.name, N: c.n, URL: c.url()})
	}
	p.tidy()
}

// tidy puts the list in order, and keeps it short: those with data first.
func (p *mapPage) tidy() {
	if len(p.Places) > maxListed {
		slices.SortStableFunc(p.Places, func(a, b mapPlace) int { return cmp.Compare(b.N, a.N) })
		p.Less = len(p.Places) - maxListed
		p.Places = p.Places[:maxListed]
	}
	slices.SortStableFunc(p.Places, func(a, b mapPlace) int { return compareWords(a.Name, b.Name) })
}

// chooseAreas returns which municipalities are drawn: those of a province, all
// where they are few, else those of the provinces with data, else those with
// data alone.
func chooseAreas(counted countedPlaces, province string) []*outline.Area {
	pick := func(want func(a *outline.Area) bool) []*outline.Area {
		var out []*outline.Area
		if counted.set.Len() == 0 {
			return nil
		}
		for _, a := range counted.set.Areas {
			if want(a) {
				out = append(out, a)
			}
		}
		return out
	}
	if province != "" {
		return pick(func(a *outline.Area) bool { return a.Province() == province })
	}
	if counted.set.Len() <= maxDrawn {
		return pick(func(*outline.Area) bool { return true })
	}
	with := map[string]bool{}
	for code := range counted.byCode {
		with[code[:3]] = true
	}
	areas := pick(func(a *outline.Area) bool { return with[a.Province()] })
	if len(areas) > maxDrawn {
		areas = pick(func(a *outline.Area) bool { return counted.byCode[a.Code] != nil })
	}
	return areas[:min(len(areas), 3*maxDrawn)]
}

// choices are the provinces with data, where not all municipalities are drawn.
func (p *mapPage) choices(names map[string]string, counted countedPlaces, chosen string, drawn int) {
	if chosen == "" && drawn == counted.set.Len() {
		return
	}
	seen := map[string]bool{}
	for code := range counted.byCode {
		seen[code[:3]] = true
	}
	if chosen != "" {
		seen[chosen] = true
	}
	for code := range seen {
		p.Choices = append(p.Choices, option{Label: cmp.Or(names[code], code), URL: "/mappa?provincia=" + code, Chosen: code == chosen})
	}
	slices.SortFunc(p.Choices, func(a, b option) int { return compareWords(a.Label, b.Label) })
}

// provinceNames are the names of provinces by code, where they were imported.
func (s *Server) provinceNames(r *request) map[string]string {
	out := map[string]string{}
	if set, _ := s.Outlines.Set(r.ctx, outline.Provinces); set.Len() > 0 {
		for _, a := range set.Areas {
			out[a.Code] = a.Name
		}
	}
	return out
}

// breaksOf returns the least numbers of datasets of the classes after that for
// none: quantiles of the numbers that there are.
func breaksOf(counted countedPlaces, areas []*outline.Area) []int {
	var ns []int
	for _, a := range areas {
		if c := counted.byCode[a.Code]; c != nil && c.n > 0 {
			ns = append(ns, c.n)
		}
	}
	slices.Sort(ns)
	classes := len(quantileClasses) - 1
	distinct := slices.Compact(slices.Clone(ns))
	if len(distinct) <= classes {
		return distinct
	}
	var out []int
	for i := range classes {
		out = append(out, ns[i*len(ns)/classes])
	}
	return slices.Compact(out)
}

// classOf returns the class of a number: 0 for none, the last for the most.
func classOf(n int, breaks []int) int {
	class := 0
	for i, b := range breaks {
		if n >= b {
			class = i + 1
		}
	}
	if class > 0 && len(breaks) > 0 { // few classes are spread over all the colours
		class = int(math.Round(float64(class) * float64(len(quantileClasses)-1) / float64(len(breaks))))
	}
	return class
}

// legend says what the classes stand for.
func (p speaker) legend(breaks []int) []legendEntry {
	out := []legendEntry{{quantileClasses[0], p.text("mappa.none")}}
	for i, b := range breaks {
		text := p.text("mappa.from", p.number(b))
		switch {
		case i+1 < len(breaks) && breaks[i+1]-1 == b:
			text = p.number(b)
		case i+1 < len(breaks):
			text = p.text("mappa.between", p.number(b), p.number(breaks[i+1]-1))
		}
		out = append(out, legendEntry{quantileClasses[classOf(b, breaks)], text})
	}
	return out
}

// provinceCode reports whether a text may be the code of a province.
func provinceCode(code string) bool {
	return len(code) == 3 && strings.Trim(code, "0123456789") == ""
}
