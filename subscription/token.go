package subscription

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"time"
)

// A purpose is what a link does. It is part of what is signed: a link to
// confirm ends nothing, and the other way round.
type purpose byte

const (
	toConfirm   purpose = 'c' // one subscription, until a moment
	toCancel    purpose = 'x' // one subscription
	toCancelAll purpose = 'a' // all of a mailbox
	toSend      purpose = 'f' // a form, of a day
)

// Sizes in bytes. A token is a purpose, an ID, a moment and a signature of it
// all: nothing of it is kept, so there is nothing to steal.
const (
	idSize   = 16
	timeSize = 8
	macSize  = 16
	size     = 1 + idSize + timeSize + macSize
)

// keys sign links. The first signs, and what any of them has signed is good.
type keys [][]byte

func newKeys(secret []byte) keys {
	secrets := strings.Fields(string(secret))
	if len(secrets) == 0 {
		secrets = []string{""}
	}
	var out keys
	for _, s := range secrets {
		m := hmac.New(sha256.New, []byte(s))
		m.Write([]byte("portico subscriptions"))
		out = append(out, m.Sum(nil))
	}
	return out
}

func sign(key, what []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write(what)
	return m.Sum(nil)[:macSize]
}

// token signs that p may be done with the thing of an ID (hexadecimal), until
// a moment; the zero moment is never over.
func (k keys) token(p purpose, id string, until time.Time) string {
	raw := make([]byte, 1, size)
	raw[0] = byte(p)
	b, err := hex.DecodeString(id)
	if err != nil || len(b) != idSize {
		b = make([]byte, idSize) // of nothing; it finds nothing
	}
	raw = append(raw, b...)
	at := uint64(0)
	if !until.IsZero() {
		at = uint64(until.Unix())
	}
	raw = binary.BigEndian.AppendUint64(raw, at)
	return base64.RawURLEncoding.EncodeToString(append(raw, sign(k[0], raw)...))
}

// A grant is what a token that was signed here allows.
type grant struct {
	purpose purpose
	id      string
	until   time.Time // zero = for ever
}

// open reads a token; ok is false when it was not signed here.
func (k keys) open(token string) (g grant, ok bool) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) != size {
		return g, false
	}
	what, mac := raw[:size-macSize], raw[size-macSize:]
	good := false
	for _, key := range k {
		good = hmac.Equal(sign(key, what), mac) || good
	}
	if !good {
		return g, false
	}
	g = grant{purpose: purpose(what[0]), id: hex.EncodeToString(what[1 : 1+idSize])}
	if at := binary.BigEndian.Uint64(what[1+idSize:]); at > 0 {
		g.until = time.Unix(int64(at), 0).UTC() // a signed one holds a time of ours
	}
	return g, true
}

// ticket is what a form carries: that it was shown here on a day. It is the
// same all day, so that pages with it can be kept.
func (k keys) ticket(now time.Time) string {
	return k.token(toSend, "", now.UTC().Truncate(24*time.Hour).AddDate(0, 0, 2))
}

func (k keys) knowsTicket(ticket string, now time.Time) bool {
	g, ok := k.open(ticket)
	return ok && g.purpose == toSend && now.Before(g.until)
}

// Ticket is what a form carries to be taken when it comes back. It changes
// with the day alone.
func (d *Desk) Ticket() string { return d.keys.ticket(d.Now()) }

// CancelLink returns the address at which a subscription is ended.
func (d *Desk) CancelLink(s *Subscription) string {
	return d.page(s.Locale, "/avvisi/annulla/"+d.keys.token(toCancel, s.ID, time.Time{}))
}

// CancelAllLink returns the address at which all of the mailbox of s are ended.
func (d *Desk) CancelAllLink(s *Subscription) string {
	return d.page(s.Locale, "/avvisi/annulla/"+d.keys.token(toCancelAll, Mailbox(s.Email), time.Time{}))
}

// confirmLink returns the address at which s is confirmed, for a while.
func (d *Desk) confirmLink(s *Subscription) string {
	return d.page(s.Locale, "/avvisi/conferma/"+d.keys.token(toConfirm, s.ID, d.Now().Add(ConfirmFor)))
}

// page returns the address of a page in a language.
func (d *Desk) page(locale, path string) string {
	if locale != d.Site.Locale {
		path = "/" + locale + path
	}
	return d.Site.Link(path)
}
