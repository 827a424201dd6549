package subscription

import (
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"portico/catalog"
)

//go:embed letters/*.txt
var letterFiles embed.FS

// letters are the texts of mails. They are plain text: no picture, nothing that
// tells whether a mail was opened.
var letters = template.Must(template.New("").Funcs(template.FuncMap{"date": sayDate}).ParseFS(letterFiles, "letters/*.txt"))

// A letter is what a template is given.
type letter struct {
	Site      catalog.Site
	Publisher string
	About     string // what is followed
	Link      string // to confirm, or to the catalogue
	Hours     int
	Cancel    string // ends this one
	CancelAll string
	Parts     []part
}

// A part is what is new for one subscription.
type part struct {
	About  string
	Cancel string
	All    string // address of the list, when there is more than is told
	More   int
	Items  []item
}

// An item is a dataset that is new, has changed or is gone.
type item struct {
	What   string // "new", "changed" or "gone"
	Title  string
	Holder string
	When   when
	URL    string
}

// A when is a moment in a language.
type when struct {
	time.Time
	locale string
}

// sayDate says a day as letters do.
func sayDate(w when) string {
	if letterIn(w.locale) == "en" {
		return w.UTC().Format("2 January 2006")
	}
	return w.UTC().Format("02/01/2006")
}

// write returns the text and the subject of a letter in a language: its first
// line is the subject.
func write(name, locale string, l letter) (subject, text string, err error) {
	locale = letterIn(locale)
	var b strings.Builder
	if err := letters.ExecuteTemplate(&b, name+"."+locale+".txt", l); err != nil {
		return "", "", fmt.Errorf("write a mail: %w", err)
	}
	subject, text, _ = strings.Cut(b.String(), "\n")
	return oneLine(subject), strings.TrimSpace(text) + "\n", nil
}

// letterIn returns the language of letters to a reader of a language: Italian to
// who reads that, English to all others.
func letterIn(locale string) string {
	if locale == "it" {
		return "it"
	}
	return "en"
}

// oneLine takes out line breaks, which a title may have and a subject must not.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// about says what a subscription is about.
func about(s *Subscription) string {
	words := map[Kind][2]string{
		Dataset:      {"il dataset «%s»", "the dataset “%s”"},
		Organization: {"i dataset di %s", "the datasets of %s"},
		Search:       {"la ricerca «%s»", "the search “%s”"},
	}
	at := 0
	if letterIn(s.Locale) == "en" {
		at = 1
	}
	if s.Kind == Search && s.Ref == "" {
		return [2]string{"tutto il catalogo", "the whole catalogue"}[at]
	}
	title := oneLine(s.Title)
	if title == "" {
		title = s.Ref
	}
	return fmt.Sprintf(words[s.Kind][at], title)
}

// aboutForStrangers says what s is about without words that whoever asked for it
// chose: the mailbox may be another's.
func aboutForStrangers(s *Subscription) string {
	if s.Kind != Search || s.Ref == "" {
		return about(s)
	}
	if letterIn(s.Locale) == "en" {
		return "a search of the catalogue"
	}
	return "una ricerca nel catalogo"
}

// About says what s is about, in its language.
func (s *Subscription) About() string { return about(s) }
