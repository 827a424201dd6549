package bulk

import (
	"cmp"
	"iter"
	"net/url"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat"
)

// A table is a way to put datasets into rows.
type table struct {
	name    string
	columns []catalog.Column
	rows    func(d *catalog.Dataset) iter.Seq[[]any]
}

// A field is one column with what fills it.
type field[T any] struct {
	name   string
	typ    catalog.ColumnType
	it, en string
	value  func(T) any
}

func columns[T any](fields []field[T]) []catalog.Column {
	out := make([]catalog.Column, len(fields))
	for i, f := range fields {
		out[i] = catalog.Column{Name: f.name, Header: f.name, Type: f.typ, Title: catalog.Text{"it": f.it, "en": f.en}}
	}
	return out
}

func values[T any](fields []field[T], of T) []any {
	row := make([]any, len(fields))
	for i, f := range fields {
		row[i] = f.value(of)
	}
	return row
}

// datasetTable has a row for each dataset.
func datasetTable(site catalog.Site) table {
	fields := datasetFields(site)
	return table{name: "catalog", columns: columns(fields), rows: func(d *catalog.Dataset) iter.Seq[[]any] {
		return func(yield func([]any) bool) { yield(values(fields, d)) }
	}}
}

func datasetFields(site catalog.Site) []field[*catalog.Dataset] {
	type ds = *catalog.Dataset
	return []field[ds]{
		{"id", catalog.String, "Identificativo in questo catalogo", "ID in this catalogue", func(d ds) any { return d.ID }},
		{"name", catalog.String, "Nome nell'indirizzo", "Name in its address", func(d ds) any { return d.Name }},
		{"uri", catalog.String, "IRI in RDF", "IRI in RDF", func(d ds) any { return dcat.DatasetURI(d, site) }},
		{"page", catalog.String, "Pagina", "Page", func(d ds) any { return site.Link("/dataset/" + url.PathEscape(d.Name)) }},
		{"identifier", catalog.String, "Identificativo del titolare", "Identifier at its holder", func(d ds) any { return text(d.Identifier) }},
		{"title", catalog.String, "Titolo", "Title", func(d ds) any { return text(d.Title.String()) }},
		{"description", catalog.String, "Descrizione", "Description", func(d ds) any { return text(d.Description.String()) }},
		{"holder_name", catalog.String, "Titolare", "Rights holder", func(d ds) any { return text(d.Holder.Name.String()) }},
		{"holder_identifier", catalog.String, "Codice IPA del titolare", "Code of the rights holder", func(d ds) any { return text(d.Holder.Identifier) }},
		{"publisher_name", catalog.String, "Editore", "Publisher", func(d ds) any { return text(d.Publisher.Name.String()) }},
		{"publisher_identifier", catalog.String, "Codice IPA dell'editore", "Code of the publisher", func(d ds) any { return text(d.Publisher.Identifier) }},
		{"themes", catalog.String, "Temi", "Themes", func(d ds) any { return joined(d.Themes, func(t catalog.Theme) string { return t.Code }) }},
		{"keywords", catalog.String, "Parole chiave", "Keywords", func(d ds) any { return joined(d.Keywords, func(k catalog.Keyword) string { return k.Name }) }},
		{"license", catalog.String, "Licenza", "Licence", func(d ds) any { return text(cmp.Or(d.License, catalog.CommonLicense(d.Distributions))) }},
		{"frequency", catalog.String, "Frequenza di aggiornamento", "Update frequency", func(d ds) any { return text(d.Frequency) }},
		{"modified", catalog.Day, "Ultima modifica dei dati", "Last change of the data", func(d ds) any { return day(d.Modified) }},
		{"issued", catalog.Day, "Prima pubblicazione", "First publication", func(d ds) any { return day(d.Issued) }},
		{"temporal_start", catalog.Day, "Inizio del periodo", "Start of the period", func(d ds) any { return period(d, func(p catalog.Period) catalog.Date { return p.Start }) }},
		{"temporal_end", catalog.Day, "Fine del periodo", "End of the period", func(d ds) any { return period(d, func(p catalog.Period) catalog.Date { return p.End }) }},
		{"spatial", catalog.String, "Luoghi", "Places", func(d ds) any {
			return joined(d.Spatial, func(p catalog.Place) string { return cmp.Or(p.URI, p.Name.String()) })
		}},
		{"languages", catalog.String, "Lingue", "Languages", func(d ds) any { return joined(d.Languages, same) }},
		{"hvd", catalog.String, "Categorie di dati di elevato valore", "High-value dataset categories", func(d ds) any { return joined(d.HVD, same) }},
		{"access_rights", catalog.String, "Diritti di accesso", "Access rights", func(d ds) any { return text(d.AccessRights) }},
		{"formats", catalog.String, "Formati", "Formats", func(d ds) any { return joined(d.Distributions, format) }},
		{"distributions", catalog.Integer, "Numero di distribuzioni", "Number of distributions", func(d ds) any { return int64(len(d.Distributions)) }},
		{"in_feed", catalog.Boolean, "È nel feed RDF", "Is in the RDF feed", func(d ds) any { return len(d.Quarantine) == 0 }},
		{"rndt", catalog.Boolean, "È descritto nel RNDT", "Is described in the RNDT", func(d ds) any { return d.InRNDT() }},
		{"created", catalog.Timestamp, "Scheda creata", "Record created", func(d ds) any { return moment(d.Created) }},
		{"updated", catalog.Timestamp, "Scheda aggiornata", "Record updated", func(d ds) any { return moment(d.Updated) }},
	}
}

// A held is a distribution with the dataset that holds it.
type held struct {
	d *catalog.Dataset
	x *catalog.Distribution
}

// distributionTable has a row for each distribution.
func distributionTable(site catalog.Site) table {
	fields := distributionFields(site)
	return table{name: "distributions", columns: columns(fields), rows: func(d *catalog.Dataset) iter.Seq[[]any] {
		return func(yield func([]any) bool) {
			for i := range d.Distributions {
				if !yield(values(fields, held{d, &d.Distributions[i]})) {
					return
				}
			}
		}
	}}
}

func distributionFields(site catalog.Site) []field[held] {
	return []field[held]{
		{"id", catalog.String, "Identificativo in questo catalogo", "ID in this catalogue", func(h held) any { return h.x.ID }},
		{"dataset", catalog.String, "Identificativo del dataset", "ID of the dataset", func(h held) any { return h.d.ID }},
		{"uri", catalog.String, "IRI in RDF", "IRI in RDF", func(h held) any { return dcat.DistributionURI(h.d, h.x, site) }},
		{"title", catalog.String, "Titolo", "Title", func(h held) any { return text(h.x.Title.String()) }},
		{"format", catalog.String, "Formato", "Format", func(h held) any { return text(format(*h.x)) }},
		{"media_type", catalog.String, "Tipo MIME", "Media type", func(h held) any { return text(h.x.MediaType) }},
		{"access_url", catalog.String, "Indirizzo", "Address", func(h held) any { return text(h.x.AccessURL) }},
		{"download_url", catalog.String, "Indirizzo da cui si scarica", "Address of the download", func(h held) any { return text(h.x.DownloadURL) }},
		{"license", catalog.String, "Licenza", "Licence", func(h held) any { return text(h.x.License) }},
		{"byte_size", catalog.Integer, "Byte", "Bytes", func(h held) any {
			if h.x.ByteSize <= 0 {
				return nil
			}
			return h.x.ByteSize
		}},
		{"modified", catalog.Day, "Ultima modifica", "Last change", func(h held) any { return day(h.x.Modified) }},
		{"issued", catalog.Day, "Prima pubblicazione", "First publication", func(h held) any { return day(h.x.Issued) }},
	}
}

func same(s string) string { return s }

func format(x catalog.Distribution) string { return cmp.Or(x.Format, x.FormatLabel) }

// text returns s, or null for nothing.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// joined returns what f says of each, once, parted by "|".
func joined[T any](of []T, f func(T) string) any {
	var out []string
	seen := map[string]bool{"": true}
	for _, x := range of {
		if s := strings.ReplaceAll(f(x), "|", " "); !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return text(strings.Join(out, "|"))
}

// day returns the day of d, or null for none that there could be.
func day(d catalog.Date) any {
	if d == "" || !d.Valid() {
		return nil
	}
	t := d.Time()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func period(d *catalog.Dataset, f func(catalog.Period) catalog.Date) any {
	if len(d.Temporal) == 0 {
		return nil
	}
	return day(f(d.Temporal[0]))
}

func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}
