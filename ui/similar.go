package ui

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"portico/catalog"
	"portico/search"
)

// How many datasets a page leads to.
const (
	similarShown   = 4
	elsewhereShown = 8
	elsewhereAsked = 20 // for several may be of one holder
)

// A neighbour is a dataset near another.
type neighbour struct {
	URL    string
	Title  catalog.Text
	Holder string
}

// neighbours returns datasets about the same subject, and the same data of
// other holders; down says that the engine did not answer. The two lists have
// no dataset in common.
func (s *Server) neighbours(r *request, d *catalog.Dataset) (similar, elsewhere []neighbour, down bool) {
	same, failed := s.elsewhere(r, d)
	if failed != nil {
		s.Log.WarnContext(r.ctx, "search did not answer, the page leads to no other datasets", "error", failed)
		return nil, nil, true
	}
	like, failed := search.Find(r.ctx, s.Engine, s.Datasets, search.Query{Root: alike(d), Limit: similarShown + 1 + len(same)})
	if failed != nil {
		s.Log.WarnContext(r.ctx, "search did not answer, the page leads to no similar datasets", "error", failed)
		return nil, neighboursOf(r, same), true
	}
	var near []*catalog.Dataset
	for _, x := range like.Datasets {
		if x.ID != d.ID && len(near) < similarShown && !slices.ContainsFunc(same, func(y *catalog.Dataset) bool { return x.ID == y.ID }) {
			near = append(near, x)
		}
	}
	return neighboursOf(r, near), neighboursOf(r, same), false
}

func neighboursOf(r *request, ds []*catalog.Dataset) []neighbour {
	var out []neighbour
	for _, d := range ds {
		title := d.Title
		if len(title) == 0 {
			title = catalog.Text{r.locale: d.Name}
		}
		out = append(out, neighbour{URL: "/dataset/" + d.Name, Title: title, Holder: holderName(r.speaker, d)})
	}
	return out
}

// alike asks for what shares words of the title or keywords with d; a theme in
// common counts, but is not enough.
func alike(d *catalog.Dataset) search.Node {
	const keywordWeight = 3
	var of []search.Node
	if words := subject(d); words != "" {
		of = append(of, search.Words{Field: search.Title, Text: words, Any: true})
	}
	for _, k := range someKeywords(d) {
		of = append(of, search.Boost{Of: search.Term{Field: search.Keyword, Value: k}, By: keywordWeight})
	}
	if len(of) == 0 {
		return search.Nothing{}
	}
	var themes []search.Node
	for _, t := range d.Themes {
		themes = append(themes, search.Term{Field: search.Theme, Value: t.Code})
	}
	return search.Bool{Must: []search.Node{search.Bool{Should: of}}, Should: themes}
}

// someKeywords bounds what a page asks: some publishers have hundreds.
func someKeywords(d *catalog.Dataset) []string {
	const most = 12
	var out []string
	for _, k := range d.Keywords[:min(len(d.Keywords), most)] {
		out = append(out, k.Name)
	}
	return out
}

// elsewhere returns, one a holder, what others publish under the title of d,
// the names of places and years aside, or with all of its keywords and a word of
// its title.
func (s *Server) elsewhere(r *request, d *catalog.Dataset) ([]*catalog.Dataset, error) {
	holder := cmp.Or(d.Holder.Identifier, d.Holder.Name.String())
	root := sameData(d)
	if holder == "" || root == nil {
		return nil, nil
	}
	found, err := search.Find(r.ctx, s.Engine, s.Datasets, search.Query{
		Root: search.Bool{Must: []search.Node{root}, Not: []search.Node{search.Term{Field: search.Holder, Value: holder}}}, Limit: elsewhereAsked,
	})
	if err != nil {
		return nil, err
	}
	var out []*catalog.Dataset
	seen := map[string]bool{strings.ToLower(holder): true}
	for _, x := range found.Datasets {
		other := strings.ToLower(cmp.Or(x.Holder.Identifier, x.Holder.Name.String()))
		if x.ID == d.ID || seen[other] || len(out) == elsewhereShown {
			continue
		}
		seen[other] = true
		out = append(out, x)
	}
	return out, nil
}

// sameData asks for the data of d, whoever holds them; nil when d says too
// little of what it is.
func sameData(d *catalog.Dataset) search.Node {
	const least = 2 // keywords: one is a subject and no dataset
	words := subject(d)
	if words == "" {
		return nil
	}
	of := []search.Node{search.Words{Field: search.Title, Text: words}}
	var keywords []search.Node
	for _, k := range someKeywords(d) {
		keywords = append(keywords, search.Term{Field: search.Keyword, Value: k})
	}
	if len(keywords) >= least {
		for _, t := range d.Themes {
			keywords = append(keywords, search.Term{Field: search.Theme, Value: t.Code})
		}
		of = append(of, search.Bool{Must: append(keywords, search.Words{Field: search.Title, Text: words, Any: true})})
	}
	return search.Bool{Should: of}
}

var wordsOfTitle = regexp.MustCompile(`[\p{L}\p{N}]+`)

// common are words that say who holds data and not what they are.
var common = map[string]bool{
	"comune": true, "comuni": true, "comunale": true, "comunali": true, "città": true, "citta": true, "provincia": true, "regione": true, "unione": true,
	"dataset": true, "dati": true, "open": true, "data": true, "anno": true, "anni": true,
	"elenco": true, "pubblico": true, "pubblica": true, "pubblici": true, "pubbliche": true,
}

// subject returns the words of the title of d that say what the data are:
// without the holder's name, years, and what every title has.
func subject(d *catalog.Dataset) string {
	const most, shortest = 12, 2
	drop := make(map[string]bool)
	for _, name := range []string{d.Holder.Name.String(), d.Publisher.Name.String()} {
		for _, w := range wordsOfTitle.FindAllString(strings.ToLower(name), -1) {
			drop[w] = true
		}
	}
	var out []string
	for _, w := range wordsOfTitle.FindAllString(d.Title.String(), -1) {
		low := strings.ToLower(w)
		if len(out) == most || len(low) < shortest || drop[low] || common[low] || strings.Trim(low, "0123456789") == "" {
			continue
		}
		out = append(out, w)
	}
	return strings.Join(out, " ")
}
