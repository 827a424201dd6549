package personal

import (
	"strings"
	"time"

	"portico/catalog"
)

// A tally counts values of one kind, and keeps one of them masked.
type tally struct {
	count  int64
	sample string
}

func (t *tally) add(sample string) {
	t.count++
	if t.sample == "" {
		t.sample = sample
	}
}

// A column is what is known of the values of one.
type column struct {
	id, header string
	typ        catalog.ColumnType
	words      wordset

	values                 int64 // that are there
	fiscal, vat, iban      tally
	named, provider, mails tally // e-mail addresses: with a name, at a provider, all
	mobile                 tally
	people, given          tally // that look like names of people, and have a first name in them
	birth, place           tally // beside a name
	plate, document        tally
	special, specialNote   tally

	firstIBAN  string
	manyIBANs  bool
	specialYes int64 // values of a special column that are no number
}

func newColumn(c catalog.Column) column {
	header := c.Header
	if header == "" {
		header = c.Name
	}
	return column{id: c.Name, header: c.Header, typ: c.Type, words: sayings(header)}
}

func (k *column) is(w wordset) bool { return k.words&w != 0 }

// name notes a value of a column of names and reports whether it is one of a
// person.
func (k *column) name(s string) bool {
	like, given := looksLikeName(s)
	if !like {
		return false
	}
	k.people.add(maskEach(s))
	if given {
		k.given.add("")
	}
	return true
}

// add notes a value; named says that its row has the name of a person.
func (k *column) add(v any, named bool) {
	s := textOf(v)
	if s == "" || k.typ == catalog.Geometry {
		return
	}
	k.values++
	if text, ok := v.(string); ok {
		k.text(text)
	}
	k.phone(s)
	if named {
		k.beside(v, s)
	}
	if k.is(wordsSpecial) && meant(s) {
		k.special.add(mask(s))
		if _, ok := v.(string); ok {
			k.specialYes++
		}
	}
}

// phone notes a value that is the number of a mobile telephone.
func (k *column) phone(s string) {
	if !k.is(wordsPhone) && k.typ != catalog.String && k.typ != "" {
		return
	}
	if is, written := mobileIn(s); is && (written || k.is(wordsPhone)) {
		k.mobile.add(mask(s))
	}
}

// text notes what stands in a text.
func (k *column) text(s string) {
	if IsVATNumber(strings.TrimSpace(s)) {
		k.vat.add("")
		return
	}
	scan(s, func(f found) {
		switch f.kind {
		case FiscalCode:
			k.fiscal.add(mask(strings.ToUpper(f.text)))
		case IBAN:
			k.iban.add(mask(f.text))
			if k.firstIBAN == "" {
				k.firstIBAN = f.text
			}
			k.manyIBANs = k.manyIBANs || f.text != k.firstIBAN
		default:
			k.mail(f)
		}
	})
}

func (k *column) mail(f found) {
	k.mails.add(maskMail(f.text))
	switch f.mail {
	case namedMail:
		k.named.add(maskMail(f.text))
	case otherMail:
		k.provider.add(maskMail(f.text))
	case noMail, officeMail:
	}
}

// beside notes a value that stands in a row with the name of a person.
func (k *column) beside(v any, s string) {
	if k.is(wordsBirth) {
		if y := yearOf(v, s); y >= livingSince {
			k.birth.add("…/" + decade(y))
		}
	}
	if k.is(wordsResidence) {
		k.place.add(maskEach(s))
	}
	if k.is(wordsPlate) && isPlate(s) {
		k.plate.add(mask(s))
	}
	if k.is(wordsDocument) && isDocument(s) {
		k.document.add(mask(s))
	}
	if text, ok := v.(string); ok {
		k.note(text)
	}
}

// note notes what a text beside a name says of health and the like.
func (k *column) note(text string) {
	const longest = 2000
	if len(text) <= longest {
		text = strings.ToLower(text)
		for _, w := range specialValues {
			if strings.Contains(text, w) {
				k.specialNote.add(w + "…")
				break
			}
		}
	}
}

// livingSince is the year since which who was born may live.
const livingSince = 1910

// yearOf returns the year of a date, or 0.
func yearOf(v any, s string) int {
	if t, ok := v.(time.Time); ok {
		return t.Year()
	}
	const year = 4
	run := 0
	for i := 0; i <= len(s) && i < 40; i++ {
		if i < len(s) && s[i] >= '0' && s[i] <= '9' {
			run++
			continue
		}
		if run == year {
			y := 0
			for _, c := range []byte(s[i-year : i]) {
				y = y*10 + int(c-'0')
			}
			if y > 1800 && y < 2200 {
				return y
			}
		}
		run = 0
	}
	return 0
}

func decade(y int) string {
	return string([]byte{byte('0' + y/1000%10), byte('0' + y/100%10), byte('0' + y/10%10)}) + "…"
}

// isPlate reports whether s is the plate of an Italian vehicle.
func isPlate(s string) bool {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(s))
	letters, digits := 0, 0
	for i := range len(s) {
		switch {
		case s[i] >= 'A' && s[i] <= 'Z':
			letters++
		case s[i] >= '0' && s[i] <= '9':
			digits++
		default:
			return false
		}
	}
	return len(s) >= 6 && len(s) <= 8 && letters >= 2 && digits >= 3
}

// isDocument reports whether s may be the number of a document.
func isDocument(s string) bool {
	digits := 0
	for i := range len(s) {
		switch {
		case s[i] >= '0' && s[i] <= '9':
			digits++
		case !isAlnum(s[i]) && s[i] != ' ':
			return false
		}
	}
	return len(s) >= 7 && len(s) <= 12 && digits >= 5
}

// meant reports whether a value of a column about something special says it.
func meant(s string) bool {
	switch strings.ToLower(s) {
	case "no", "n", "0", "false", "falso", "-", "nessuna", "nessuno", "n.d.", "nd":
		return false
	}
	return true
}
