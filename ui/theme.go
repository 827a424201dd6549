package ui

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
)

// A Theme is how a site looks and where it sends people beside its own pages.
// Its zero value is the design system's own look.
type Theme struct {
	Color string // "#rrggbb" as Legible returns it; "" = the design system's blue
	Crest Crest
	// Parent is the body that the site belongs to, for the top of pages, such as
	// the region of a municipality; without a name it is the publisher.
	Parent, ParentURL string
	Links             Links
}

// Links are addresses of pages that the law asks a site of the administration to
// lead to. Those that are empty are pages of this program, or left out where it
// has none.
type Links struct {
	Privacy      string
	Legal        string
	Transparency string // "amministrazione trasparente"; empty = left out
	FAQ          string
	Report       string // "segnalazione disservizio"; empty = by e-mail
	Appointment  string // empty = left out
	Login        string // the personal area of the body's own site; empty = left out
}

// Legible returns a colour as it can be used: itself, or the nearest shade that
// can be read on white. It fails on what is no colour.
func Legible(color string) (shade string, changed bool, err error) {
	if color == "" {
		return "", false, nil
	}
	c, err := parseColor(color)
	if err != nil {
		return "", false, err
	}
	d := c.legible()
	return d.String(), d.String() != c.String(), nil
}

// Contrast returns the contrast of a colour with white, as WCAG 2.1 counts it;
// 0 for what is no colour.
func Contrast(color string) float64 {
	c, err := parseColor(color)
	if err != nil {
		return 0
	}
	return contrast(c, white)
}

// A look is a Theme as templates use it.
type look struct {
	Color             string
	Sheet, Crest      string // addresses; "" = none
	Parent, ParentURL string
	Links             Links
}

// designBlue is the colour of the design system.
const designBlue = "#0066cc"

// newLook makes the files of a theme.
func newLook(t Theme, st *static) (look, error) {
	l := look{Color: designBlue, Parent: t.Parent, ParentURL: t.ParentURL, Links: t.Links.safe()}
	if !isWeb(l.ParentURL) {
		l.ParentURL = ""
	}
	if shade, _, err := Legible(t.Color); err != nil {
		return l, err
	} else if shade != "" && shade != designBlue {
		c, err := parseColor(shade)
		if err != nil {
			return l, err
		}
		l.Color = shade
		l.Sheet = st.add("theme", "css", newPalette(c).css(), "")
	}
	if t.Crest.ext != "" {
		policy := ""
		if t.Crest.ext == "svg" {
			policy = crestPolicy
		}
		l.Crest = st.add("crest", t.Crest.ext, t.Crest.bytes, policy)
	}
	return l, nil
}

// add serves a file that was made while the program started, and returns its
// address.
func (st *static) add(name, ext string, body []byte, policy string) string {
	sum := sha256.Sum256(body)
	file := name + "-" + hex.EncodeToString(sum[:5]) + "." + ext
	a := newAsset(file, body, true)
	a.policy = policy
	st.files[file] = a
	return "/static/" + file
}

// safe returns l without what is no address of the web or of this site.
func (l Links) safe() Links {
	for _, link := range []*string{&l.Privacy, &l.Legal, &l.Transparency, &l.FAQ, &l.Report, &l.Appointment, &l.Login} {
		u, err := url.Parse(*link)
		own := err == nil && u.Scheme == "" && u.Host == "" && len(u.Path) > 0 && u.Path[0] == '/'
		if !own && !isWeb(*link) {
			*link = ""
		}
	}
	return l
}
