package ui

import (
	"strings"
)

// licenseWords say what a licence allows, asks and forbids: keys of messages.
type licenseWords struct{ Can, Must, Cannot []string }

// Words returns what the licence means for who reuses the data; nothing where
// that is not known.
func (l license) Words() licenseWords {
	can := []string{"license.can.copy", "license.can.change", "license.can.sell"}
	credit := []string{"license.must.credit", "license.must.tell"}
	cannot := []string{"license.cannot.endorse", "license.cannot.lock"}
	switch l.Kind {
	case "public":
		return licenseWords{Can: can, Must: []string{"license.must.nothing"}, Cannot: []string{"license.cannot.endorse"}}
	case "by":
		return licenseWords{can, credit, cannot}
	case "sa":
		return licenseWords{can, append(credit, "license.must.same"), cannot}
	case "closed":
		return l.closedWords(cannot)
	}
	return licenseWords{}
}

// closedWords are for the licences of Creative Commons that are not open; what
// others forbid is in their text alone.
func (l license) closedWords(cannot []string) licenseWords {
	_, terms, ok := strings.Cut(strings.ToLower(l.URL), "creativecommons.org/licenses/")
	if !ok {
		return licenseWords{}
	}
	terms, _, _ = strings.Cut(terms, "/")
	w := licenseWords{Can: []string{"license.can.copy"}, Must: []string{"license.must.credit"}}
	parts := "-" + terms + "-"
	switch {
	case strings.Contains(parts, "-nd-"):
		w.Cannot = append(w.Cannot, "license.cannot.change")
	default:
		w.Can = append(w.Can, "license.can.change")
		w.Must = append(w.Must, "license.must.tell")
	}
	if strings.Contains(parts, "-sa-") {
		w.Must = append(w.Must, "license.must.same")
	}
	if strings.Contains(parts, "-nc-") {
		w.Cannot = append(w.Cannot, "license.cannot.sell")
	} else {
		w.Can = append(w.Can, "license.can.sell")
	}
	w.Cannot = append(w.Cannot, cannot...)
	return w
}
