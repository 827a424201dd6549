package tabular

import (
	"strings"

	"portico/catalog"
)

// A fit is the set of ways in which a value can be read.
type fit uint32

// The ways. A column is of the type that all of its values fit; fitsText is
// the empty set.
const (
	fitsInteger fit = 1 << iota // plain digits
	fitsComma                   // 1.234,5
	fitsPoint                   // 1,234.5
	fitsSiNo
	fitsYesNo
	fitsTrueFalse
	fitsVeroFalso
	fitsDayFirst   // 31/12/2024, or 2024-12-31
	fitsMonthFirst // 12/31/2024, or 2024-12-31
	fitsCompact    // 20241231
	fitsTime
	fitsStampDayFirst // a day with a time, or a day alone
	fitsStampMonthFirst

	fitsText    fit = 0
	fitsAny     fit = 1<<13 - 1
	fitsNumber      = fitsComma | fitsPoint
	fitsBoolean     = fitsSiNo | fitsYesNo | fitsTrueFalse | fitsVeroFalso
)

// fits tells in which ways s, trimmed and not empty, can be read. A native
// value is a number by the word of the file: its point is a decimal point.
func fits(s string, native bool) fit {
	switch c := s[0]; {
	case c >= '0' && c <= '9', c == '-', c == '.', c == ',':
		if native {
			return fitsNative(s)
		}
		return fitsNumeric(s) | fitsTemporal(s)
	default:
		return fitsWord(s)
	}
}

func fitsNative(s string) fit {
	f := fitsNumeric(s) & fitsInteger
	if _, ok := parsePoint(s); ok {
		return f | fitsNumber
	}
	return fitsText
}

func fitsWord(s string) fit {
	if len(s) > len("falso")+1 {
		return fitsText
	}
	switch strings.ToLower(s) {
	case "sì", "si", "si'":
		return fitsSiNo
	case "no":
		return fitsSiNo | fitsYesNo
	case "yes":
		return fitsYesNo
	case "true", "false":
		return fitsTrueFalse
	case "vero", "falso":
		return fitsVeroFalso
	}
	return fitsText
}

// isPlaceholder reports whether s, trimmed, is what people write where they
// have nothing to write. In a column of text it stays what it is.
func isPlaceholder(s string) bool {
	if len(s) > len("non pervenuto") {
		return false
	}
	switch s {
	case "-", "--", "---", "–", "—", "/", "//", ".", "..", "...", "…", "*", "?":
		return true
	}
	switch strings.ToLower(s) {
	case "n.d.", "n.d", "nd", "n/d", "n.a.", "n.a", "na", "n/a", "n.p.", "n.p", "np", "n.c.", "n.r.", "nr",
		"#n/a", "#n/d", "#rif!", "#ref!", "#div/0!", "#value!", "#valore!", "#name?", "#nome?", "#null!", "#num!",
		"nan", "null", "none", "nil", "nessuno", "assente", "vuoto",
		"non presente", "non disponibile", "non noto", "non nota", "non rilevato", "non pervenuto", "sconosciuto":
		return true
	}
	return false
}

// A columnSketch learns about a column from all of its values.
type columnSketch struct {
	fit         fit
	values      int64 // neither empty nor placeholders; no longer counted once it is text
	placeholder int64

	dots     int64 // values such as 1.234, of which nobody can tell what they are
	bigPlain bool  // a value of four digits or more without any point
	plain    int64 // values of digits alone
	zeroDot  bool  // a value such as 0.123
	intLen   int   // the most digits before the decimal sign
	frac     [2]int
	codeLen  int // the length of all values, or -1

	fixed  catalog.ColumnType // given by the format or the publisher; "" = free
	forced bool               // by the publisher, whatever the values are
	ways   *[waysCount]int64  // of a forced column, how many values fit each way

	watch bool  // it has no header: it may hold nothing but the marks of notes
	marks int64 // of them
	odd   bool  // it holds something else
}

func newSketch() columnSketch { return columnSketch{fit: fitsAny} }

// add learns from one value.
func (k *columnSketch) add(raw string, native bool) {
	if k.watch && !k.odd {
		k.mark(trim(raw))
	}
	if k.known() {
		return
	}
	s := trim(raw)
	if s == "" {
		return
	}
	if isPlaceholder(s) {
		k.placeholder++
		return
	}
	k.values++
	if k.ways != nil {
		k.addForced(s, native)
		return
	}
	if k.codeLen == 0 {
		k.codeLen = len(s)
	} else if k.codeLen != len(s) {
		k.codeLen = -1
	}
	k.fit &= fits(s, native)
	if k.fit&fitsNumber != 0 {
		k.number(s, native)
	}
}

// known reports whether the type is known for good.
func (k *columnSketch) known() bool {
	return k.ways == nil && (k.fit == fitsText || k.fixed != "") && k.values > 0
}

// mark counts the marks of notes.
func (k *columnSketch) mark(s string) {
	switch {
	case s == "":
	case len(s) <= len("(***)") && strings.Trim(s, "*()°†‡§ ") == "":
		k.marks++
	default:
		k.odd = true
	}
}

// number notes what tells a decimal point from one between thousands.
func (k *columnSketch) number(s string, native bool) {
	s = strings.TrimPrefix(s, "-")
	dot, comma := strings.IndexByte(s, '.'), strings.IndexByte(s, ',')
	if dot < 0 && comma < 0 {
		k.whole(s)
		return
	}
	if native {
		k.bigPlain = true
	} else if comma < 0 && k.fit&fitsComma != 0 {
		k.dots++
		k.zeroDot = k.zeroDot || s[0] == '0'
	}
	afterPoint, afterComma := len(s)-strings.LastIndexByte(s, '.')-1, len(s)-strings.LastIndexByte(s, ',')-1
	switch {
	case native:
		afterComma = afterPoint
	case dot < 0:
		afterPoint = 0
	case comma < 0:
		afterComma = 0
	}
	if strings.IndexByte(s, 'E') >= 0 {
		k.frac, k.intLen = [2]int{max(k.frac[0], 1), max(k.frac[1], 1)}, exactDigits+1
		return
	}
	k.frac[0] = max(k.frac[0], afterComma)
	if comma < dot {
		k.frac[1] = max(k.frac[1], afterPoint)
	}
	k.intLen = max(k.intLen, max(dot, comma))
}

// whole notes a number of digits alone.
func (k *columnSketch) whole(s string) {
	k.plain++
	k.bigPlain = k.bigPlain || len(s) > 3
	k.intLen = max(k.intLen, len(s))
	if len(s) > maxDigits { // only what the file calls a number is so long
		k.frac = [2]int{max(k.frac[0], 1), max(k.frac[1], 1)}
	}
}

// A reading says how the values of a column become typed.
type reading struct {
	typ   catalog.ColumnType
	way   fit // one way, or for booleans a family
	scale int

	forced bool // what the publisher calls a number is one, whatever zeros it begins with
}

// The most digits of a decimal number that a float64 holds exactly.
const exactDigits = 15

// hints are what stands around a column.
type hints struct {
	words          []string // of its header
	commas, points bool     // other columns have decimals with a comma, with a point
}

// measures are words of headers of columns in which three digits after a
// point are seldom thousands.
var measures = []string{
	"lat", "latitudine", "latitude", "lon",
	"long", "lng", "longitudine", "longitude", "x", "y", "z",
	"coord", "coordx", "coordy", "coordinata", "est", "nord", "quota", "altezza", "lunghezza", "larghezza",
	"km", "mq", "ha", "ettari", "metri", "perc", "percentuale", "media", "indice", "tasso",
}

// decide chooses the type of a column.
func (k *columnSketch) decide(h hints) reading {
	f := k.fit
	switch {
	case k.values == 0 || f == fitsText:
	case f&fitsBoolean != 0 && !hasWord(h.words, "prov", "provincia", "sigla", "pv", "targa", "sigle"):
		return reading{typ: catalog.Boolean, way: f & fitsBoolean}
	case f&fitsCompact != 0 && hasWord(h.words, "data", "date", "giorno", "dt"):
		return reading{typ: catalog.Day, way: fitsCompact}
	case f&fitsInteger != 0 && f&fitsNumber != 0:
		if !k.isCode(h.words) {
			return reading{typ: catalog.Integer, way: fitsInteger}
		}
	case f&fitsNumber != 0:
		return k.decideNumber(h)
	default:
		return decideMoment(f)
	}
	return reading{typ: catalog.String}
}

// moments are the readings of days and times, the narrower first.
var moments = []reading{
	{typ: catalog.Day, way: fitsDayFirst},
	{typ: catalog.Day, way: fitsMonthFirst},
	{typ: catalog.TimeOfDay, way: fitsTime},
	{typ: catalog.Timestamp, way: fitsStampDayFirst},
	{typ: catalog.Timestamp, way: fitsStampMonthFirst},
}

func decideMoment(f fit) reading {
	for _, r := range moments {
		if f&r.way != 0 {
			return r
		}
	}
	return reading{typ: catalog.String}
}

// decideNumber makes an integer or a decimal of a column of numbers.
func (k *columnSketch) decideNumber(h hints) reading {
	way := k.fit & fitsNumber
	if way == fitsNumber {
		way = k.pointOrComma(h)
	}
	frac := k.frac[0]
	if way == fitsPoint {
		frac = k.frac[1]
	}
	if frac == 0 {
		return reading{typ: catalog.Integer, way: way}
	}
	r := reading{typ: catalog.Decimal, way: way, scale: frac}
	if k.intLen+frac > exactDigits {
		r.scale = 0
	}
	return r
}

// pointOrComma tells 3.425 inhabitants from 3.425 metres. Where every point
// could stand before thousands, it does, unless a number of four digits
// stands without one, a number begins with 0, the header speaks of places and
// measures, or the other columns have decimal points.
func (k *columnSketch) pointOrComma(h hints) fit {
	switch {
	case k.dots == 0 || k.frac[0] > 0:
		return fitsComma
	case k.bigPlain, k.zeroDot, hasWord(h.words, measures...), k.plain == 0 && h.points && !h.commas:
		return fitsPoint
	}
	return fitsComma
}

// minIdentifier is more digits than a count of things has, and fewer than a
// tax code, a CUP or a CIG.
const minIdentifier = 8

// isCode reports whether a column of digits is one of codes, with which
// nobody reckons.
func (k *columnSketch) isCode(words []string) bool {
	switch {
	case hasWord(words, "cap") && k.codeLen == 5:
		return true
	case hasWord(words, "numerico"): // ISTAT has each code twice, once as a number
		return false
	case hasWord(words, "istat", "codistat", "procom"), hasPair(words, "pro", "com"), hasPair(words, "codice", "comune"), hasPair(words, "cod", "comune"):
		return true
	case hasWord(words, "cf", "piva", "codicefiscale", "partitaiva", "cup", "cig", "iban"),
		hasPair(words, "codice", "fiscale"), hasPair(words, "cod", "fiscale"), hasPair(words, "partita", "iva"), hasPair(words, "p", "iva"):
		return k.intLen >= minIdentifier // "numero CUP" is how many there are
	case hasWord(words, "telefono", "tel", "fax", "cellulare", "cell", "phone", "telefoni"):
		return true
	}
	return false
}
