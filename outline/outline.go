// Package outline keeps the outlines of municipalities, provinces and regions,
// which are not ours to ship: an operator imports ISTAT's own file (Import),
// and the maps of the site are drawn of what was kept (Shelf). Where nothing
// was imported there is no outline, and maps have a plain ground.
//
// The package knows no page and no dataset.
package outline

import (
	"cmp"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"portico/dcat/register"
)

// Attribution is what the licence of ISTAT's boundaries asks to say.
const Attribution = "Confini © ISTAT, CC BY 4.0"

// A Level says of what areas are.
type Level string

// The levels, from the smallest.
const (
	Municipalities Level = "comuni"
	Provinces      Level = "province"
	Regions        Level = "regioni"
)

// Levels are all levels.
var Levels = []Level{Municipalities, Provinces, Regions}

// digits is how long the codes of a level are.
func (l Level) digits() int {
	return map[Level]int{Municipalities: 6, Provinces: 3, Regions: 2}[l]
}

// An Area is a municipality, a province or a region with its outline.
type Area struct {
	Code   string // ISTAT's, with its zeros: six, three or two digits
	Name   string
	Sigla  string // of a province, where the file tells
	Region string // code of the region that it is in; "" = not told
	Shape  orb.MultiPolygon
	Box    orb.Bound
}

// Province returns the code of the province that a municipality is in.
func (a *Area) Province() string { return a.Code[:min(3, len(a.Code))] }

// Contains reports whether a point lies in a.
func (a *Area) Contains(p orb.Point) bool {
	return a.Box.Contains(p) && planar.MultiPolygonContains(a.Shape, p)
}

// A Set is the areas of one level, by code. A nil *Set has none.
type Set struct {
	Level Level
	Areas []*Area

	byCode map[string]*Area
	byName map[string][]*Area
}

// NewSet returns the set of areas.
func NewSet(l Level, areas []*Area) *Set {
	s := &Set{Level: l, Areas: areas, byCode: make(map[string]*Area, len(areas)), byName: make(map[string][]*Area, len(areas))}
	slices.SortFunc(s.Areas, func(a, b *Area) int { return cmp.Compare(a.Code, b.Code) })
	for _, a := range s.Areas {
		s.byCode[a.Code] = a
		for name := range namesOf(a.Name) {
			s.byName[name] = append(s.byName[name], a)
		}
	}
	return s
}

// namesOf are the folded names by which an area is called: the whole, and each
// of those of a place with two languages ("Bolzano/Bozen").
func namesOf(name string) map[string]bool {
	out := map[string]bool{register.Fold(name): true}
	for part := range strings.SplitSeq(name, "/") {
		out[register.Fold(part)] = true
	}
	delete(out, "")
	return out
}

// Len returns how many areas there are.
func (s *Set) Len() int {
	if s == nil {
		return 0
	}
	return len(s.Areas)
}

// Area returns the area with a code.
func (s *Set) Area(code string) (*Area, bool) {
	if s == nil {
		return nil, false
	}
	a, ok := s.byCode[code]
	return a, ok
}

// Of returns the area with a code, or with an IRI that ends in one, as those of
// OntoPiA do.
func (s *Set) Of(ref string) (*Area, bool) {
	ref = ref[strings.LastIndexByte(ref, '/')+1:]
	ref, _, _ = strings.Cut(ref, "-")
	return s.Area(ref)
}

// Named returns the one area that is called so, with or without "Comune di"
// before it; accents, case and signs do not matter. A name that several areas
// have is nobody's.
func (s *Set) Named(name string) (*Area, bool) {
	if s == nil {
		return nil, false
	}
	folded := register.Fold(name)
	for _, before := range []string{"", "comune di ", "citta di ", "comune "} {
		if rest, ok := strings.CutPrefix(folded, before); ok {
			if found := s.byName[rest]; len(found) == 1 {
				return found[0], true
			}
		}
	}
	return nil, false
}

// Within returns the areas whose box has something in common with b, at most
// most of them.
func (s *Set) Within(b orb.Bound, most int) []*Area {
	if s == nil {
		return nil
	}
	var out []*Area
	for _, a := range s.Areas {
		if a.Box.Intersects(b) && len(out) < most {
			out = append(out, a)
		}
	}
	return out
}

// Points returns how many vertices the outlines have.
func (s *Set) Points() int {
	n := 0
	for _, a := range s.Areas {
		for _, p := range a.Shape {
			for _, r := range p {
				n += len(r)
			}
		}
	}
	return n
}

// Bound returns the box around areas; ok is false when there are none.
func Bound(areas []*Area) (b orb.Bound, ok bool) {
	for i, a := range areas {
		if i == 0 {
			b = a.Box
		} else {
			b = b.Union(a.Box)
		}
	}
	return b, len(areas) > 0
}
