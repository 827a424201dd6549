package hold

import (
	"strconv"
	"strings"

	"portico/catalog"
	"portico/tabular/personal"
)

// Names returns what the kinds of personal data are called.
func Names(kinds []string) catalog.Text {
	out := catalog.Text{}
	for _, lang := range []string{"it", "en"} {
		var names []string
		for _, kind := range kinds {
			names = append(names, personal.Kind(kind).In().In(lang))
		}
		out[lang] = strings.Join(names, ", ")
	}
	return out
}

// Refusal says to whoever asks for the data of x that they are held.
func Refusal(x *catalog.Distribution) error {
	n := x.Hold
	if n == nil {
		n = &catalog.HoldNote{}
	}
	return heldError(n)
}

// heldError says that data are held. It tells no column and no value, for it
// stands in reports that everybody may read.
func heldError(n *catalog.HoldNote) error {
	names := Names(n.Kinds)
	return catalog.Errorf(catalog.Denied, "held for verification: it seems to hold personal data (%s); the version before it stays public until somebody decides", names["en"]).
		Italian("in verifica: sembra contenere dati personali (%s); resta pubblica la versione precedente finché qualcuno non decide", names["it"]).
		Because(catalog.ErrHeld)
}

// reason tells what was found in one column.
func reason(f personal.Finding) catalog.Text {
	name := f.Header
	if name == "" {
		name = f.Column
	}
	if name == "" {
		return catalog.Text{
			"it": "fuori dalla tabella: " + f.Kind.In()["it"] + ", " + strconv.FormatInt(f.Count, 10) + " valori, per esempio " + f.Sample,
			"en": "outside the table: " + f.Kind.In()["en"] + ", " + strconv.FormatInt(f.Count, 10) + " values, such as " + f.Sample,
		}
	}
	n, kind := strconv.FormatInt(f.Count, 10), f.Kind.In()
	return catalog.Text{
		"it": "colonna «" + name + "»: " + kind["it"] + ", " + n + " valori, per esempio " + f.Sample,
		"en": "column “" + name + "”: " + kind["en"] + ", " + n + " values, such as " + f.Sample,
	}
}
