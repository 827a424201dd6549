package profile

import (
	"slices"
	"strings"

	"portico/catalog"
	"portico/exporter"
)

// Label reports whether the values of a column only name things: years, codes,
// postcodes. Nobody adds them up, and as numbers they have no thousands.
func Label(c catalog.Column) bool {
	name := strings.ToLower(c.Name + " " + c.Header)
	for _, word := range []string{"anno", "year", "cod", "istat", "cap", "civico", "matricola", "telefono", "protocollo", "partita"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return slices.ContainsFunc(wordsOf(name), func(w string) bool { return w == "id" || w == "n" || w == "num" || w == "nr" })
}

func wordsOf(name string) []string {
	return strings.FieldsFunc(name, func(r rune) bool { return strings.ContainsRune("_ .-()/%", r) })
}

func isYear(c catalog.Column) bool {
	return slices.ContainsFunc(wordsOf(strings.ToLower(c.Name+" "+c.Header)), func(w string) bool {
		return w == "anno" || w == "year" || w == "esercizio"
	})
}

// isPlace reports whether a column is a coordinate.
func isPlace(c catalog.Column) bool {
	plane := []string{"x", "y", "est", "nord", "coord", "coordx", "coordy", "quota", "altitudine", "lat", "lon", "lng", "latitudine", "longitudine", "latitude", "longitude", "long"}
	if c.Unit != "" {
		plane = plane[:0]
	}
	pair := []catalog.Column{c, {Name: "lat", Type: catalog.Decimal}, {Name: "lon", Type: catalog.Decimal}}
	place, ok := exporter.PlaceOf(pair)
	return ok && slices.Contains(place.Columns(), 0) ||
		slices.ContainsFunc(wordsOf(strings.ToLower(c.Name)), func(w string) bool { return slices.Contains(plane, w) })
}

// howOf returns what is done with several values of a column: shares and
// measurements are averaged, all else is added up.
func howOf(c catalog.Column) How {
	if strings.ContainsAny(c.Unit+c.Header, "%°/") {
		return Mean
	}
	averaged := []string{
		"percentuale", "percent", "perc", "percentage", "quota", "tasso", "indice", "media", "medio", "mean", "average", "rate",
		"temperatura", "umidita", "prezzo", "tariffa", "eta", "age", "pm10", "pm2", "no2", "o3", "durata", "altezza", "densita", "voto", "punteggio",
	}
	if slices.ContainsFunc(wordsOf(strings.ToLower(c.Name)), func(w string) bool { return slices.Contains(averaged, w) }) {
		return Mean
	}
	return Sum
}
