package dcat

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat/register"
	"portico/dcat/vocab"
)

// Defaults is what whoever runs a source or writes a dataset has said once for
// all datasets. Every field may be empty.
type Defaults struct {
	Holder    catalog.Agent
	License   string // any form that vocab.License takes
	Theme     string // code
	Frequency string // code
	Now       time.Time
	Registers *register.Registers // against which bodies and places are checked; nil = none
}

// Complete fills by rule what the profile asks and the source did not say:
// description, holder, identifier, dates, themes, frequency, publisher, access
// rights, and on every distribution its licence, access address and format.
// Each completion is told in d.Notes. What cannot be derived stays empty and
// is found by Check; a licence that nobody stated is never invented. Complete
// is idempotent.
func Complete(d *catalog.Dataset, def Defaults) {
	c := completion{d: d, def: def}
	c.texts()
	c.agents()
	c.places()
	c.identifier()
	c.dates()
	c.themes()
	c.frequency()
	c.access()
	c.licenses()
	for i := range d.Distributions {
		c.distribution(&d.Distributions[i])
	}
	c.highValue()
}

type completion struct {
	d   *catalog.Dataset
	def Defaults
}

// note tells of one completion, once.
func (c *completion) note(p catalog.Problem) {
	for _, n := range c.d.Notes {
		if n.Rule == p.Rule && n.Value == p.Value {
			return
		}
	}
	c.d.Notes = append(c.d.Notes, p)
}

func (c *completion) texts() {
	if c.d.Description.String() != "" || c.d.Title.String() == "" {
		return
	}
	c.d.Description = maps.Clone(c.d.Title)
	c.note(catalog.Problemf("dct:description", "", "description-from-title",
		"Manca la descrizione: è stato ripetuto il titolo.", "There is no description: the title was repeated.").
		WithMend("Scrivere che cosa contengono i dati, di quando sono e come sono nati.", "Say what the data hold, of when they are and how they came about."))
}

func (c *completion) agents() {
	d := c.d
	normalizeAgent(&d.Holder)
	normalizeAgent(&d.Publisher)
	for i := range d.Creators {
		normalizeAgent(&d.Creators[i])
	}
	if d.Holder.IsZero() {
		c.holder()
	}
	c.holderIdentifier()
	c.registered("dct:rightsHolder", &d.Holder)
	c.registered("dct:publisher", &d.Publisher)
	for i := range d.Creators {
		c.registered("dct:creator", &d.Creators[i])
	}
	if d.Publisher.Identifier == "" && sameName(d.Publisher.Name, d.Holder.Name) {
		d.Publisher.Identifier = d.Holder.Identifier
	}
	if d.Publisher.IsZero() && !d.Holder.IsZero() {
		d.Publisher = d.Holder
		c.note(catalog.Problemf("dct:publisher", "", "publisher-from-holder",
			"Manca l'editore: è stato preso il titolare.", "There is no publisher: the holder was taken."))
	}
}

func (c *completion) holder() {
	d := c.d
	switch {
	case !d.Publisher.IsZero() && (d.Publisher.Identifier != "" || c.def.Holder.IsZero()):
		d.Holder = d.Publisher
		c.note(catalog.Problemf("dct:rightsHolder", d.Publisher.Name.String(), "holder-from-publisher",
			"Manca il titolare: è stato preso l'editore.", "There is no rights holder: the publisher was taken."))
	case !c.def.Holder.IsZero():
		d.Holder = c.def.Holder
		normalizeAgent(&d.Holder)
		c.note(catalog.Problemf("dct:rightsHolder", d.Holder.Name.String(), "holder-default",
			"Manca il titolare: è stato preso quello indicato per la fonte.", "There is no rights holder: the one given for the source was taken."))
	}
}

// ipaShape is how most IPA codes look.
var ipaShape = regexp.MustCompile(`^[a-z]{1,2}_[a-z0-9_]{2,18}$`)

func (c *completion) holderIdentifier() {
	h := &c.d.Holder
	if h.Identifier != "" || h.IsZero() {
		return
	}
	switch {
	case c.def.Holder.Identifier != "" && sameName(h.Name, c.def.Holder.Name):
		h.Identifier = strings.ToLower(c.def.Holder.Identifier)
	case c.d.Publisher.Identifier != "" && sameName(h.Name, c.d.Publisher.Name):
		h.Identifier = c.d.Publisher.Identifier
	case ipaShape.MatchString(path.Base(h.URI)):
		h.Identifier = path.Base(h.URI)
	default:
		return
	}
	c.note(catalog.Problemf("dct:rightsHolder", h.Identifier, "holder-identifier-derived",
		"Il codice IPA del titolare non era indicato: è stato dedotto.", "The IPA code of the rights holder was not given: it was derived."))
}

// normalizeAgent writes an IPA code as IndicePA does, in lower case.
func normalizeAgent(a *catalog.Agent) {
	if id := strings.ToLower(strings.TrimSpace(a.Identifier)); !strings.ContainsAny(id, " :/") {
		a.Identifier = id
	}
}

func sameName(a, b catalog.Text) bool {
	x, y := a.String(), b.String()
	return x != "" && strings.EqualFold(strings.Join(strings.Fields(x), " "), strings.Join(strings.Fields(y), " "))
}

// uuidShape is a UUID.
var uuidShape = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func (c *completion) identifier() {
	d := c.d
	if cleanIdentifier(d.Identifier) != "" {
		return
	}
	key := cmp.Or(d.URI, d.Origin.Record, d.ID, d.Title.String())
	if key == "" {
		return
	}
	tail := path.Base(strings.TrimRight(key, "/#"))
	if !uuidShape.MatchString(tail) {
		sum := sha256.Sum256([]byte(key))
		slug := strings.ReplaceAll(catalog.Slug(cmp.Or(d.Title.String(), tail), 40), "-", "_")
		tail = strings.Trim(slug+"_"+hex.EncodeToString(sum[:4]), "_")
	}
	if d.Holder.Identifier != "" {
		tail = d.Holder.Identifier + ":" + tail
	}
	d.Identifier = tail
	c.note(catalog.Problemf("dct:identifier", tail, "identifier-derived",
		"Manca l'identificativo: è stato composto dal titolare e dall'indirizzo del dataset.", "There is no identifier: it was made of the holder and the dataset's address."))
}

func (c *completion) dates() {
	d := c.d
	c.date("dct:modified", &d.Modified)
	c.date("dct:issued", &d.Issued)
	for i := range d.Distributions {
		c.date("dct:modified", &d.Distributions[i].Modified)
		c.date("dct:issued", &d.Distributions[i].Issued)
	}
	if d.Modified != "" {
		return
	}
	for _, x := range d.Distributions {
		if x.Modified.Time().After(d.Modified.Time()) {
			d.Modified = x.Modified
		}
	}
	rule, it, en := "modified-from-distribution", "quella della distribuzione più recente", "that of the latest distribution"
	if d.Modified == "" && d.Issued != "" {
		d.Modified, rule, it, en = d.Issued, "modified-from-issued", "quella di pubblicazione", "the date of issue"
	}
	if d.Modified == "" && !c.def.Now.IsZero() {
		d.Modified, rule, it, en = catalog.DateOf(c.def.Now), "modified-from-harvest", "quella della raccolta", "the day of the harvest"
	}
	if d.Modified != "" {
		c.note(catalog.Problemf("dct:modified", string(d.Modified), rule,
			"Manca la data di modifica: è stata presa "+it+".", "There is no date of modification: "+en+" was taken."))
	}
}

// date mends a date that is not in one of the two stored forms, or takes it
// away.
func (c *completion) date(field string, d *catalog.Date) {
	if d.Valid() {
		return
	}
	was := string(*d)
	*d, _ = ParseDate(was)
	if *d == "" {
		c.note(catalog.Problemf(field, was, "date-unreadable",
			"La data non si legge ed è stata tolta.", "The date cannot be read and was left out.").
			WithMend("Scrivere la data come AAAA-MM-GG.", "Write the date as YYYY-MM-DD."))
	}
}

func (c *completion) themes() {
	d := c.d
	if len(d.Themes) > 0 {
		return
	}
	code, rule, it, en := c.theme()
	d.Themes = []catalog.Theme{{Code: code}}
	c.note(catalog.Problemf("dcat:theme", code, rule,
		"Manca il tema: "+it+".", "There is no theme: "+en+".").
		WithMend("Scegliere il tema fra i 13 europei.", "Choose the theme among the 13 European ones."))
}

func (c *completion) theme() (code, rule, it, en string) {
	for _, g := range c.d.Groups {
		if t, ok := vocab.Theme(g); ok {
			return t.Code, "theme-from-group", "è stato preso dal gruppo", "it was taken from the group"
		}
	}
	if t, ok := vocab.Theme(c.def.Theme); ok {
		return t.Code, "theme-default", "è stato preso quello indicato per la fonte", "the one given for the source was taken"
	}
	if code := guessTheme(c.d); code != "" {
		return code, "theme-guessed", "è stato proposto in base a titolo e parole chiave", "one was proposed from title and keywords"
	}
	return "GOVE", "theme-fallback", "è stato preso «Governo e settore pubblico»", "“Government and public sector” was taken"
}

func (c *completion) frequency() {
	if c.d.Frequency != "" {
		return
	}
	if f, ok := vocab.Frequency(c.def.Frequency); ok && c.def.Frequency != "" {
		c.d.Frequency = f.Code
		c.note(catalog.Problemf("dct:accrualPeriodicity", f.Code, "frequency-default",
			"Manca la frequenza di aggiornamento: è stata presa quella indicata per la fonte.", "There is no update frequency: the one given for the source was taken."))
		return
	}
	c.d.Frequency = "UNKNOWN"
	c.note(catalog.Problemf("dct:accrualPeriodicity", "", "frequency-unknown",
		"Manca la frequenza di aggiornamento: vale «sconosciuta».", "There is no update frequency: it is “unknown”.").
		WithMend("Indicare ogni quanto i dati vengono aggiornati.", "Say how often the data are updated."))
}

func (c *completion) access() {
	d := c.d
	if d.AccessRights == "" {
		d.AccessRights = "PUBLIC"
		c.note(catalog.Problemf("dct:accessRights", "", "access-rights-public",
			"Mancano i diritti di accesso: valgono come pubblici.", "There are no access rights: they are public."))
	}
	for i := range d.ConformsTo {
		if s := &d.ConformsTo[i]; s.Identifier == "" {
			s.Identifier = cmp.Or(s.URI, s.Title.String())
		}
	}
	for i := range d.Contacts {
		if k := &d.Contacts[i]; k.Name.String() == "" && k.Email != "" && d.Holder.Name.String() != "" {
			k.Name = catalog.It(d.Holder.Name.String())
			c.note(catalog.Problemf("dcat:contactPoint", k.Email, "contact-name-from-holder",
				"Il punto di contatto non ha nome: è stato preso quello del titolare.", "The contact point has no name: the holder's was taken."))
		}
	}
}

func (c *completion) distribution(x *catalog.Distribution) {
	if x.AccessURL == "" && x.DownloadURL != "" {
		x.AccessURL = x.DownloadURL
		c.note(catalog.Problemf("dcat:accessURL", x.DownloadURL, "access-url-from-download",
			"Manca l'indirizzo di accesso: è stato preso quello da cui si scarica.", "There is no access address: the download address was taken."))
	}
	for i := range x.ConformsTo {
		if s := &x.ConformsTo[i]; s.Identifier == "" {
			s.Identifier = cmp.Or(s.URI, s.Title.String())
		}
	}
	if x.Format != "" {
		return
	}
	for _, s := range []string{x.FormatLabel, x.MediaType, extension(x.DownloadURL), extension(x.AccessURL)} {
		if f, ok := vocab.FileType(s); ok && s != "" {
			x.Format = f.Code
			if s != x.FormatLabel {
				c.note(catalog.Problemf("dct:format", s, "format-derived",
					"Manca il formato: è stato dedotto dal tipo o dall'indirizzo.", "There is no format: it was derived from the type or the address."))
			}
			return
		}
	}
	c.note(catalog.Problemf("dct:format", x.FormatLabel, "format-unknown",
		"Il formato non è noto.", "The format is not known.").
		WithMend("Indicare il formato, per esempio CSV.", "Give the format, such as CSV."))
}

// extension returns the file extension of the path of an address, or "".
func extension(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	if ext := strings.TrimPrefix(path.Ext(u.Path), "."); len(ext) >= 2 && len(ext) <= 8 {
		return ext
	}
	return ""
}

func addOnce(list *[]string, s string) bool {
	if slices.Contains(*list, s) {
		return false
	}
	*list = append(*list, s)
	return true
}
