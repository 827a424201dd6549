package catalog

// A Problem is one thing that is wrong with a record, or that a rule of ours
// completed: what, where, why and how to mend it.
type Problem struct {
	Field   string `json:"field"`             // in DCAT's words: "dct:title"
	Value   string `json:"value,omitempty"`   // as it stood, cut to 200 characters
	Rule    string `json:"rule"`              // a stable short name: "title-missing"
	Message Text   `json:"message,omitempty"` // in Italian and English
	Mend    Text   `json:"mend,omitempty"`    // in Italian and English
}

// Problemf returns a Problem with its message in Italian and English.
func Problemf(field, value, rule, it, en string) Problem {
	const most = 200
	if r := []rune(value); len(r) > most {
		value = string(r[:most]) + "…"
	}
	return Problem{Field: field, Value: value, Rule: rule, Message: Text{"it": it, "en": en}}
}

// WithMend returns p with the way out in Italian and English.
func (p Problem) WithMend(it, en string) Problem {
	p.Mend = Text{"it": it, "en": en}
	return p
}

// Both returns t for a reader whose language is not known: Italian, then
// English, parted by " / ".
func (t Text) Both() string {
	it, en := t["it"], t["en"]
	switch {
	case it == "" || it == en:
		return t.In("en")
	case en == "":
		return it
	}
	return it + " / " + en
}
