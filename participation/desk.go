// Package participation takes what people say without an account: ratings,
// reports of faults and requests for data. It checks and bounds it, and keeps
// it until a person has looked at it. It must not know pages or databases.
package participation

import (
	"context"
	"net/mail"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/time/rate"

	"portico/catalog"
	"portico/internal/limit"
)

// What one contribution may hold, in characters, and how many may come.
const (
	MaxText  = 5000
	MaxTitle = 200
	MaxName  = 100
	minText  = 10
	minTitle = 5

	mostPending  = 2000             // in all, so that a flood fills no disk
	perNetwork   = 6                // at once
	networkPause = 10 * time.Minute // until one more
	maxNetworks  = 20_000           // that are remembered
	answerDays   = 30               // what the law gives for an answer (d.lgs. 36/2006, art. 5)
	leastTime    = 2 * time.Second  // nobody fills in a form in less
	mostTime     = 24 * time.Hour   // a form that lay open for longer is to be sent again
)

// Reasons are the codes that a rating may give, by whether it is a good one:
// four stars and more.
var (
	GoodReasons = []string{"clear", "complete", "current", "formats"}
	BadReasons  = []string{"unclear", "incomplete", "outdated", "wrong", "formats"}
)

// A Desk takes contributions. It may be used by many at once.
type Desk struct {
	store catalog.Contributions
	forms *forms
	now   func() time.Time

	networks *limit.Keyed[netip.Prefix]
}

// New returns a Desk. secret signs the forms, so that one that was sent can be
// told from one that was never shown.
func New(store catalog.Contributions, secret []byte) *Desk {
	return &Desk{store: store, forms: newForms(secret), now: time.Now, networks: limit.New[netip.Prefix](rate.Every(networkPause), perNetwork, maxNetworks)}
}

// Ticket is what a form carries to be taken when it comes back.
func (d *Desk) Ticket() string { return d.forms.ticket(d.now()) }

// A Submission is a contribution as it came in.
type Submission struct {
	catalog.Contribution
	Ticket string // of the form
	Trap   string // a field that people do not see; programs fill it in
	From   netip.Addr
}

// Submit checks a contribution and keeps it. It is Pending, but for a rating
// without words, which counts at once. Errors are Invalid, with the fields, or
// TooMany.
func (d *Desk) Submit(ctx context.Context, s *Submission) error {
	c := &s.Contribution
	tidy(c)
	if err := check(c); err != nil {
		return err
	}
	if s.Trap != "" {
		return robot()
	}
	if err := d.forms.check(s.Ticket, d.now()); err != nil {
		return err
	}
	if !d.allow(s.From) {
		return catalog.Errorf(catalog.TooMany, "many messages came from your network: try again in ten minutes").
			Italian("dalla tua rete sono arrivati molti messaggi: riprova tra dieci minuti")
	}
	c.State = catalog.Pending
	if c.Kind == catalog.Rating && c.Text == "" {
		c.State = catalog.Accepted
	}
	if c.State == catalog.Pending {
		if err := d.room(ctx); err != nil {
			return err
		}
	}
	if c.Kind == catalog.Request {
		c.Due = d.now().UTC().Truncate(24*time.Hour).AddDate(0, 0, answerDays)
	}
	return d.store.AddContribution(ctx, c)
}

// room is TooMany when too much waits for a person already.
func (d *Desk) room(ctx context.Context) error {
	_, waiting, err := d.store.Contributions(ctx, catalog.ContributionFilter{State: catalog.Pending})
	if err != nil {
		return err
	}
	if waiting >= mostPending {
		return catalog.Errorf(catalog.TooMany, "too many messages wait to be read; please write an e-mail to the office").
			Italian("troppi messaggi aspettano di essere letti; scrivi un’e-mail all’ufficio")
	}
	return nil
}

// allow counts a message of the network that it came from.
func (d *Desk) allow(from netip.Addr) bool {
	bits := 32
	if from.Is6() {
		bits = 56
	}
	network, err := from.Prefix(bits)
	if err != nil {
		return true // a test, or a socket: no network
	}
	return d.networks.Allow(network, d.now())
}

// tidy takes out what cannot be seen and nobody meant.
func tidy(c *catalog.Contribution) {
	for _, s := range []*string{&c.Title, &c.Name, &c.Email} {
		*s = strings.Join(strings.Fields(visible(*s)), " ")
	}
	c.Text = strings.TrimSpace(visible(strings.ReplaceAll(c.Text, "\r\n", "\n")))
}

// visible leaves out control characters, and those that turn the direction of
// a text around.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case unicode.IsControl(r), r == utf8.RuneError, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, s)
}

// What may be wrong with a field; pages have the words.
const (
	TooLong   = "too-long"
	TooShort  = "too-short"
	Missing   = "missing"
	NoAddress = "no-address"
	NoChoice  = "no-choice"
)

// check is Invalid unless c can be understood by whoever reads it. The fields
// of the error have the codes above.
func check(c *catalog.Contribution) error {
	wrong := make(map[string][]string)
	for field, of := range map[string]struct {
		text string
		max  int
	}{"title": {c.Title, MaxTitle}, "text": {c.Text, MaxText}, "name": {c.Name, MaxName}, "email": {c.Email, 254}} {
		if utf8.RuneCountInString(of.text) > of.max {
			wrong[field] = []string{TooLong}
		}
	}
	if a, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || a.Address != c.Email) {
		wrong["email"] = []string{NoAddress}
	}
	checkKind(c, wrong)
	if len(wrong) == 0 {
		return nil
	}
	err := catalog.Errorf(catalog.Invalid, "the message cannot be sent like this").Italian("il messaggio non si può inviare così")
	err.Fields = wrong
	return err
}

// checkKind adds to wrong what is wrong with c for a message of its kind, each
// of which needs something else. Reasons that do not go with the stars, as when
// these were changed after the reasons were chosen, are taken out of c.
func checkKind(c *catalog.Contribution, wrong map[string][]string) {
	switch c.Kind {
	case catalog.Rating:
		if c.Stars < 1 || c.Stars > 5 {
			wrong["stars"] = []string{NoChoice}
		}
		known := BadReasons
		if c.Stars >= 4 {
			known = GoodReasons
		}
		c.Reasons = slices.DeleteFunc(c.Reasons, func(r string) bool { return !slices.Contains(known, r) })
	case catalog.Report:
		if utf8.RuneCountInString(c.Text) < minText {
			wrong["text"] = []string{TooShort}
		}
	case catalog.Request:
		if utf8.RuneCountInString(c.Title) < minTitle {
			wrong["title"] = []string{TooShort}
		}
		if c.Email == "" {
			wrong["email"] = []string{Missing} // nobody could be answered
		}
	default:
		wrong["kind"] = []string{NoChoice}
	}
}

func robot() error {
	return catalog.Errorf(catalog.Invalid, "the message looks as if a program had written it: leave the last field empty and send it again").
		Italian("il messaggio sembra scritto da un programma: lascia vuoto l’ultimo campo e invialo di nuovo")
}
