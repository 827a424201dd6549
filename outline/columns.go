package outline

import (
	"fmt"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat/register"
)

// A kind says in which columns a layer has what an area is called. Each is the
// first of several names that a file has, in small letters.
type kind struct {
	level                     Level
	code, name, sigla, region []string
}

var (
	regionColumns = []string{"cod_reg", "reg_istat_code", "reg_istat_code_num"}

	// kinds are tried in this order: a layer of municipalities may tell of
	// provinces and regions as well.
	kinds = []kind{
		{
			level:  Municipalities,
			code:   []string{"pro_com_t", "com_istat_code", "pro_com", "com_istat_code_num", "codice_istat", "cod_istat", "istat_code", "istat", "codistat"},
			name:   []string{"comune", "name", "den_com", "nome_com", "nome_comune", "denominazione", "nome"},
			region: regionColumns,
		},
		{
			level:  Provinces,
			code:   []string{"cod_prov", "prov_istat_code", "prov_istat_code_num", "cod_pro"},
			name:   []string{"den_uts", "den_pcm", "prov_name", "den_prov", "nome_pro", "provincia", "name"},
			sigla:  []string{"sigla", "prov_acr"},
			region: regionColumns,
		},
		{
			level:  Regions,
			code:   regionColumns,
			name:   []string{"den_reg", "reg_name", "nome_reg", "regione", "name"},
			region: regionColumns,
		},
	}
)

// kindOf tells what a layer with such columns holds.
func kindOf(headers []string) (kind, bool) {
	has := func(names []string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(headers, n) })
	}
	for _, k := range kinds {
		if has(k.code) && has(k.name) {
			return k, true
		}
	}
	return kind{}, false
}

// area returns the area of a row, without its shape, or nil where the row has
// no code.
func (k kind) area(cells func(header string) any) *Area {
	a := &Area{
		Code: padded(first(cells, k.code), k.level.digits()), Name: first(cells, k.name), Sigla: first(cells, k.sigla),
		Region: padded(first(cells, k.region), Regions.digits()),
	}
	if a.Code == "" || a.Name == "" || len(a.Name) > maxName || len(a.Sigla) > maxName {
		return nil
	}
	return a
}

// first returns the first text that one of the columns has.
func first(cells func(string) any, columns []string) string {
	for _, c := range columns {
		v := cells(c)
		if v == nil {
			continue
		}
		text := strings.Join(strings.Fields(fmt.Sprint(v)), " ")
		if text != "" && text != "-" && text != "0" {
			return text
		}
	}
	return ""
}

// padded gives a code the zeros that a number has lost, and returns "" for what
// is no code.
func padded(code string, digits int) string {
	code = strings.TrimSuffix(code, ".0")
	if code == "" || len(code) > digits || strings.Trim(code, "0123456789") != "" {
		return ""
	}
	return strings.Repeat("0", digits-len(code)) + code
}

// regionNames are the regions by ISTAT's codes.
var regionNames = map[string]string{
	"01": "Piemonte", "02": "Valle d'Aosta", "03": "Lombardia", "04": "Trentino-Alto Adige", "05": "Veneto", "06": "Friuli-Venezia Giulia",
	"07": "Liguria", "08": "Emilia-Romagna", "09": "Toscana", "10": "Umbria", "11": "Marche", "12": "Lazio", "13": "Abruzzo", "14": "Molise",
	"15": "Campania", "16": "Puglia", "17": "Basilicata", "18": "Calabria", "19": "Sicilia", "20": "Sardegna",
}

// regionCodes returns the codes of regions that are given by code or name.
func regionCodes(wanted []string) ([]string, error) {
	var out []string
	for _, w := range wanted {
		code := padded(strings.TrimSpace(w), Regions.digits())
		for c, name := range regionNames {
			if folded := register.Fold(name); folded == register.Fold(w) || strings.HasPrefix(folded, register.Fold(w)+" ") && register.Fold(w) != "" {
				code = c
			}
		}
		if regionNames[code] == "" {
			return nil, catalog.Errorf(catalog.Invalid, "%q is no region: give a code from 1 to 20, or a name such as Puglia", w).
				Italian("%q non è una regione: indicare un codice da 1 a 20 o un nome come Puglia", w)
		}
		out = append(out, code)
	}
	return out, nil
}
