package ui

import (
	"portico/catalog"
	"portico/search"
)

// A usualQuestion is one that people ask, with the words that find its answer
// where the catalog has it.
type usualQuestion struct {
	theme, words string
	question     catalog.Text
}

// An exampleLink is a question that the catalog answers.
type exampleLink struct {
	Question, URL string
	N             int
}

// examples are what people want to know of where they live, the most usual
// first. Only those that something answers are shown.
var examples = []usualQuestion{
	{"ENVI", "raccolta differenziata", catalog.Text{"it": "Quanto differenziamo?", "en": "How much waste do we sort?"}},
	{"ECON", "bilancio", catalog.Text{"it": "Come si spendono i soldi pubblici?", "en": "How is public money spent?"}},
	{"EDUC", "scuole", catalog.Text{"it": "Quali scuole ci sono?", "en": "Which schools are there?"}},
	{"TRAN", "fermate autobus", catalog.Text{"it": "Dove passa l’autobus?", "en": "Where does the bus stop?"}},
	{"HEAL", "farmacie", catalog.Text{"it": "Qual è la farmacia più vicina?", "en": "Where is the nearest pharmacy?"}},
	{"SOCI", "popolazione residente", catalog.Text{"it": "Quanti siamo?", "en": "How many are we?"}},
	{"ENVI", "qualità aria", catalog.Text{"it": "Com’è l’aria che respiriamo?", "en": "How is the air we breathe?"}},
	{"GOVE", "affidamenti contratti", catalog.Text{"it": "A chi vanno gli appalti?", "en": "Who gets public contracts?"}},
	{"TRAN", "incidenti stradali", catalog.Text{"it": "Dove avvengono gli incidenti?", "en": "Where do accidents happen?"}},
	{"TRAN", "parcheggi", catalog.Text{"it": "Dove posso parcheggiare?", "en": "Where can I park?"}},
	{"EDUC", "eventi", catalog.Text{"it": "Che cosa si fa in città?", "en": "What is on in town?"}},
	{"EDUC", "musei", catalog.Text{"it": "Quali musei posso visitare?", "en": "Which museums can I visit?"}},
	{"EDUC", "biblioteche", catalog.Text{"it": "Dove sono le biblioteche?", "en": "Where are the libraries?"}},
	{"ENER", "consumi energia", catalog.Text{"it": "Quanta energia consumiamo?", "en": "How much energy do we use?"}},
	{"ENER", "illuminazione pubblica", catalog.Text{"it": "Quanto costa l’illuminazione?", "en": "What does street lighting take?"}},
	{"TRAN", "piste ciclabili", catalog.Text{"it": "Dove sono le piste ciclabili?", "en": "Where are the cycle paths?"}},
	{"GOVE", "elezioni", catalog.Text{"it": "Come abbiamo votato?", "en": "How did we vote?"}},
	{"ECON", "turisti", catalog.Text{"it": "Quanti turisti arrivano?", "en": "How many tourists come?"}},
	{"ECON", "imprese", catalog.Text{"it": "Quante imprese ci sono?", "en": "How many businesses are there?"}},
	{"ENVI", "acqua", catalog.Text{"it": "Quanta acqua consumiamo?", "en": "How much water do we use?"}},
	{"ENVI", "alberi", catalog.Text{"it": "Quanti alberi abbiamo?", "en": "How many trees have we got?"}},
	{"HEAL", "ospedali", catalog.Text{"it": "Dove sono gli ospedali?", "en": "Where are the hospitals?"}},
	{"REGI", "numeri civici", catalog.Text{"it": "Quali strade e indirizzi ci sono?", "en": "Which streets and addresses are there?"}},
	{"AGRI", "mercati", catalog.Text{"it": "Quando c’è il mercato?", "en": "When is the market held?"}},
	{"JUST", "sanzioni", catalog.Text{"it": "Quante multe si fanno?", "en": "How many fines are given?"}},
	{"TECH", "wifi", catalog.Text{"it": "Dove c’è il wi-fi pubblico?", "en": "Where is public wi-fi?"}},
}

// homeExamples is how many questions the home page shows.
const homeExamples = 6

// exampleLinks returns questions that the catalog answers, of as many themes as
// there can be.
func (s *Server) exampleLinks(r *request, themes []themeLink) []exampleLink {
	has := make(map[string]bool)
	for _, t := range themes {
		has[t.Code] = t.N > 0
	}
	var first, more []exampleLink
	seen := make(map[string]bool)
	for _, x := range examples {
		if len(first) == homeExamples {
			break
		}
		if !has[x.theme] || seen[x.theme] && len(more) >= homeExamples {
			continue
		}
		res, err := search.AskExactly(r.ctx, s.Engine, s.Datasets, search.Query{}, x.words)
		if err != nil {
			return nil // nobody would answer
		}
		if res.Total == 0 {
			continue
		}
		l := exampleLink{Question: r.in(x.question), URL: filter{Q: x.words}.url(), N: res.Total}
		if seen[x.theme] {
			more = append(more, l)
		} else {
			first, seen[x.theme] = append(first, l), true
		}
	}
	out := append(first, more...)
	return out[:min(len(out), homeExamples)]
}
