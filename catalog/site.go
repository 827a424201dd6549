package catalog

import "strings"

// A Site is a face of the catalog: its title, its one public origin, and what
// it shows (decision D16). It travels as a value; nothing is global.
type Site struct {
	Title       string
	Description string
	Origin      string // "https://dati.comune.esempio.it", no final slash; every absolute URL is made of it
	Locale      string // "it" or "en": of pages and messages without a prefix
	Publisher   Agent  // the body that runs the catalogue
	Email       string // of the office to write to
	Issued      Date
	Declaration string // address of the declaration of accessibility at AgID; "" = not told
}

// Summary returns Description or, where nobody has written one, a sentence
// that says what the catalogue is, in lang.
func (s Site) Summary(lang string) string {
	name := s.Publisher.Name.In(lang)
	switch {
	case s.Description != "" || name == "":
		return s.Description
	case lang != DefaultLanguage:
		return "The open data published by " + name + ": free to look at, download and use."
	}
	return "I dati aperti pubblicati da " + name + ": liberi da consultare, scaricare e riusare."
}

// Link returns the absolute URL of a path that begins with a slash.
func (s Site) Link(path string) string { return strings.TrimSuffix(s.Origin, "/") + path }
