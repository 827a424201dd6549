package searchtest

import (
	"maps"
	"time"

	"portico/search"
)

func day(year, month, d int) time.Time {
	return time.Date(year, time.Month(month), d, 0, 0, 0, 0, time.UTC)
}

// corpus is a small catalogue: what a municipality publishes.
func corpus() []search.Document {
	docs := []search.Document{
		document("parcheggi", "Parcheggi pubblici", "Elenco dei parcheggi con i posti auto liberi in città.", map[search.Field][]string{
			search.Organization: {"comune-di-trento"}, search.Keyword: {"mobilità", "sosta"}, search.Format: {"CSV", "GeoJSON"},
			search.Theme: {"TRAN"}, "extra:codice": {"H501"},
		}, day(2024, 1, 10), 2),
		document("bilancio", "Bilancio comunale 2023", "Entrate e spese del bilancio di previsione.", map[search.Field][]string{
			search.Organization: {"comune-di-lecce"}, search.Keyword: {"bilancio", "spesa pubblica"}, search.Format: {"CSV"},
			search.Theme: {"ECON", "GOVE"}, "extra:codice": {"058091"},
		}, day(2024, 3, 5), 1),
		document("acqua", "Qualità dell'acqua potabile", "Analisi dell'acqua della rete idrica, con la rete Wi-Fi dei sensori.", map[search.Field][]string{
			search.Organization: {"comune-di-trento"}, search.Keyword: {"acqua", "ambiente"}, search.Format: {"csv"},
			search.Theme: {"ENVI"},
		}, day(2023, 6, 1), 5),
		document("musei", "Museo civico e musei minori", "Orari di apertura del museo.", map[search.Field][]string{
			search.Organization: {"comune-di-lecce"}, search.Keyword: {"cultura"}, search.Format: {"XLSX"}, search.Theme: {"EDUC"},
		}, day(2022, 2, 2), 1),
		document("rifiuti", "Raccolta differenziata dei rifiuti", "Calendario della raccolta porta a porta nelle scuole.", map[search.Field][]string{
			search.Organization: {"comune-di-trento"}, search.Keyword: {"ambiente", "rifiuti"}, search.Format: {"PDF"}, search.Theme: {"ENVI"},
			search.Visibility: {"private"},
		}, day(2024, 3, 5), 3),
		{ID: "vuoto", Strings: map[search.Field][]string{search.Visibility: {"public"}, search.State: {"active"}}},
	}
	first, second := &docs[0], &docs[1]
	first.Texts[search.Author] = []string{"Ufficio Mobilità"}
	first.Texts[search.DistributionName] = []string{"Posti auto (CSV)", "Posti auto (GeoJSON)"}
	first.Texts[search.Text] = first.Texts[search.All]
	first.Texts[search.WordsPrefix+"codice"] = []string{"H501"}
	first.Ints[search.Keywords], second.Ints[search.Keywords] = 2, 2
	second.Texts[search.Author] = []string{"Ufficio Ragioneria"}
	second.Texts[search.Text] = second.Texts[search.All]
	second.Texts[search.WordsPrefix+"codice"] = []string{"058091"}
	return docs
}

func document(id, title, description string, more map[search.Field][]string, updated time.Time, files int64) search.Document {
	d := search.Document{
		ID: id,
		Strings: map[search.Field][]string{
			search.Name: {id}, search.TitleSort: {title}, search.Visibility: {"public"}, search.State: {"active"},
		},
		Texts: map[search.Field][]string{search.Title: {title}, search.Description: {description}, search.All: {title, description}},
		Dates: map[search.Field]time.Time{search.Updated: updated},
		Ints:  map[search.Field]int64{search.Distributions: files},
	}
	maps.Copy(d.Strings, more)
	return d
}
