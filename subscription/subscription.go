// Package subscription tells people by e-mail what is new in the part of the
// catalogue that they asked for. Nobody has an account: whoever reads the
// mailbox says yes by a link that was sent there, and ends it by another. It
// must not know pages, databases or which search engine there is.
package subscription

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/mail"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"portico/catalog"
	"portico/internal/limit"
)

// A Kind says what a subscription is about.
type Kind string

// The kinds of subscription, with what Ref is.
const (
	Dataset      Kind = "dataset"      // ID of a dataset
	Organization Kind = "organization" // ID of an organization: what it publishes or holds
	Search       Kind = "search"       // the list's parameters, such as "q=rifiuti&groups=ambiente"; "" = everything
)

// A Subscription is that one mailbox wants to hear of one thing. This is all
// that is kept of its reader.
type Subscription struct {
	ID        string    `json:"-"`
	Email     string    `json:"email"`
	Kind      Kind      `json:"kind"`
	Ref       string    `json:"ref,omitempty"`
	Title     string    `json:"title,omitempty"` // of what it is about, when it was asked for
	Locale    string    `json:"locale"`
	Created   time.Time `json:"created"`
	Confirmed time.Time `json:"confirmed,omitzero"` // when its reader said yes; zero = not yet
	Told      time.Time `json:"told,omitzero"`      // up to when what is new was told
	Failures  int       `json:"failures,omitempty"` // mails in a row that the server did not take
}

// What a subscription may be, and how many may come.
const (
	MaxRef       = 1000
	MaxTitle     = 300
	MostPerBox   = 20                 // subscriptions of one mailbox
	ConfirmFor   = 48 * time.Hour     // that a link to confirm is good for
	KeepFor      = 7 * 24 * time.Hour // that a subscription waits to be confirmed
	mostFailures = 5                  // mails in a row after which a mailbox is taken for gone

	perNetwork   = 6
	networkPause = 10 * time.Minute
	perMailbox   = 3
	mailboxPause = 8 * time.Hour
	inAll        = 500 // links at once
	allPause     = 3 * time.Minute
	remembered   = 20_000
)

// A Desk takes subscriptions and ends them. It may be used by many at once.
type Desk struct {
	Config

	keys      keys
	networks  *limit.Keyed[netip.Prefix]
	mailboxes *limit.Keyed[string]
	all       *limit.Keyed[struct{}]
}

// A Config is what a Desk works with.
type Config struct {
	Records catalog.Records
	Site    catalog.Site
	// Secret signs links. It may hold several parted by blanks: the first
	// signs, and all are good.
	Secret []byte
	// Invite has Desk.Invite called for a subscription, now or soon, by
	// whoever can send mail.
	Invite func(ctx context.Context, id string) error
	Now    func() time.Time // nil = time.Now
}

// New returns a Desk.
func New(c Config) *Desk {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Desk{
		Config: c, keys: newKeys(c.Secret),
		networks:  limit.New[netip.Prefix](rate.Every(networkPause), perNetwork, remembered),
		mailboxes: limit.New[string](rate.Every(mailboxPause), perMailbox, remembered),
		all:       limit.New[struct{}](rate.Every(allPause), inAll, 1),
	}
}

// A Wish is a subscription as it is asked for.
type Wish struct {
	Email, Locale string
	Kind          Kind
	Ref, Title    string
	Ticket        string // of the form
	Trap          string // a field that people do not see; programs fill it in
	From          netip.Addr
}

// Subscribe has a link to confirm sent to the address of w. It answers the same
// whether the address is known or not, so that nobody learns who reads what.
// Errors are Invalid, or TooMany for the sender's network.
func (d *Desk) Subscribe(ctx context.Context, w Wish) error {
	w.Email = strings.TrimSpace(w.Email)
	if err := check(&w); err != nil {
		return err
	}
	if w.Trap != "" {
		return catalog.Errorf(catalog.Invalid, "the form looks as if a program had filled it in: leave the last field empty and send it again").
			Italian("il modulo sembra compilato da un programma: lascia vuoto l’ultimo campo e invialo di nuovo")
	}
	if !d.keys.knowsTicket(w.Ticket, d.Now()) {
		return catalog.Errorf(catalog.Invalid, "the page was open for a long time: check the address and send it once more").
			Italian("la pagina era aperta da molto tempo: controlla l’indirizzo e invialo di nuovo")
	}
	if !d.allow(w.From) {
		return catalog.Errorf(catalog.TooMany, "many requests came from your network: try again in ten minutes").
			Italian("dalla tua rete sono arrivate molte richieste: riprova tra dieci minuti")
	}
	box := Mailbox(w.Email)
	if !d.mailboxes.Allow(withoutTag(w.Email), d.Now()) {
		return nil // a mailbox is not flooded, and the sender is not told
	}
	id, err := d.take(ctx, w, box)
	if err != nil || id == "" {
		return err
	}
	return d.Invite(ctx, id)
}

// take keeps w, unless it is there already, and returns its ID; "" when the
// mailbox has as many as it may.
func (d *Desk) take(ctx context.Context, w Wish, box string) (string, error) {
	there, err := d.of(ctx, box)
	if err != nil {
		return "", err
	}
	for _, s := range there {
		if s.Kind == w.Kind && s.Ref == w.Ref {
			return s.ID, nil
		}
	}
	if len(there) >= MostPerBox {
		return "", nil
	}
	id := make([]byte, idSize)
	rand.Read(id) // never fails (crypto/rand)
	s := &Subscription{
		ID: hex.EncodeToString(id), Email: w.Email, Kind: w.Kind, Ref: w.Ref, Title: cut(w.Title, MaxTitle), Locale: w.Locale, Created: d.moment(),
	}
	return s.ID, d.keep(ctx, s)
}

// allow counts a request of the network that it came from, and of all.
func (d *Desk) allow(from netip.Addr) bool {
	bits := 32
	if from.Is6() {
		bits = 56
	}
	if network, err := from.Prefix(bits); err == nil && !d.networks.Allow(network, d.Now()) {
		return false
	}
	return d.all.Allow(struct{}{}, d.Now())
}

// check is Invalid unless w can be kept.
func check(w *Wish) error {
	a, err := mail.ParseAddress(w.Email)
	if err != nil || a.Address != w.Email || len(w.Email) > 254 || strings.ContainsFunc(w.Email, unprintable) {
		e := catalog.Errorf(catalog.Invalid, "this is no e-mail address").Italian("questo non è un indirizzo e-mail")
		e.Fields = map[string][]string{"email": {"no-address"}}
		return e
	}
	switch w.Kind {
	case Dataset, Organization:
		if w.Ref != "" && len(w.Ref) <= MaxRef {
			return nil
		}
	case Search:
		if len(w.Ref) <= MaxRef {
			return nil
		}
	}
	return catalog.Errorf(catalog.Invalid, "it is not clear what this would be about").Italian("non si capisce che cosa vuoi seguire")
}

func unprintable(r rune) bool { return r <= ' ' || r == 0x7f }

// Mailbox returns by what the subscriptions of an address are found: a hash,
// for it stands in links.
func Mailbox(email string) string {
	sum := sha256.Sum256([]byte(strings.ToLower(strings.TrimSpace(email))))
	return hex.EncodeToString(sum[:idSize])
}

// withoutTag leaves out what many servers ignore: anna+x@… is anna@….
func withoutTag(email string) string {
	local, domain, _ := strings.Cut(strings.ToLower(email), "@")
	local, _, _ = strings.Cut(local, "+")
	return local + "@" + domain
}

func cut(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most])
	}
	return s
}

func (d *Desk) moment() time.Time { return d.Now().UTC().Truncate(time.Microsecond) }

// Subscription returns one by its ID, or NotFound.
func (d *Desk) Subscription(ctx context.Context, id string) (*Subscription, error) {
	r, err := d.Records.Record(ctx, catalog.RecordSubscription, id)
	if err != nil {
		return nil, err
	}
	return read(r)
}

// All returns every subscription, the oldest first.
func (d *Desk) All(ctx context.Context) ([]*Subscription, error) { return d.of(ctx, "") }

// of returns the subscriptions of a mailbox; "" = of all.
func (d *Desk) of(ctx context.Context, box string) ([]*Subscription, error) {
	rs, err := d.Records.Records(ctx, catalog.RecordSubscription, "", box)
	if err != nil {
		return nil, err
	}
	out := make([]*Subscription, 0, len(rs))
	for _, r := range rs {
		s, err := read(r)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func read(r *catalog.Record) (*Subscription, error) {
	s := &Subscription{ID: r.Key}
	if err := json.Unmarshal(r.Body, s); err != nil {
		return nil, fmt.Errorf("read a subscription: %w", err)
	}
	return s, nil
}

func (s *Subscription) record() (*catalog.Record, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("keep a subscription: %w", err)
	}
	return &catalog.Record{Kind: catalog.RecordSubscription, Key: s.ID, About: string(s.Kind), Owner: Mailbox(s.Email), Body: body}, nil
}

func (d *Desk) keep(ctx context.Context, s *Subscription) error {
	r, err := s.record()
	if err != nil {
		return err
	}
	return d.Records.PutRecord(ctx, r)
}

// change keeps s in the place of what it was, and is Conflict when somebody
// else was faster.
func (d *Desk) change(ctx context.Context, was, s *Subscription) error {
	old, err := was.record()
	if err != nil {
		return err
	}
	r, err := s.record()
	if err != nil {
		return err
	}
	return d.Records.SwapRecord(ctx, r, old.Body)
}

// Remove ends the subscriptions of an address, or the one with an ID, and
// returns how many there were.
func (d *Desk) Remove(ctx context.Context, ref string) (int, error) {
	if strings.Contains(ref, "@") {
		return d.clear(ctx, Mailbox(ref))
	}
	return d.drop(ctx, ref)
}

func (d *Desk) clear(ctx context.Context, box string) (int, error) {
	there, err := d.of(ctx, cmp.Or(box, "-"))
	n := 0
	for _, s := range there {
		gone, dropped := d.drop(ctx, s.ID)
		n, err = n+gone, cmp.Or(err, dropped)
	}
	return n, err
}

// drop forgets one; that it is there no more is as well.
func (d *Desk) drop(ctx context.Context, id string) (int, error) {
	err := d.Records.RemoveRecord(ctx, catalog.RecordSubscription, id)
	switch {
	case err == nil:
		return 1, nil
	case catalog.KindOf(err) == catalog.NotFound:
		return 0, nil
	}
	return 0, err
}
