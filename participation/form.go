package participation

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"portico/catalog"
)

// forms signs the forms that were shown: a program that never asked for one
// cannot send it, and who fills it in takes a moment. Nothing is kept, and
// nothing follows the reader: a ticket is a time and its signature.
type forms struct{ key []byte }

func newForms(secret []byte) *forms {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte("portico forms"))
	return &forms{m.Sum(nil)}
}

func (f *forms) sign(at []byte) []byte {
	m := hmac.New(sha256.New, f.key)
	m.Write(at)
	return m.Sum(nil)[:16]
}

func (f *forms) ticket(now time.Time) string {
	at := binary.BigEndian.AppendUint64(nil, uint64(now.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(at, f.sign(at)...))
}

// check is Invalid unless the ticket is ours and of the right age. What was
// typed is not lost: the page shows it again with a new ticket.
func (f *forms) check(ticket string, now time.Time) error {
	raw, err := base64.RawURLEncoding.DecodeString(ticket)
	if err != nil || len(raw) != 24 || !hmac.Equal(f.sign(raw[:8]), raw[8:]) {
		return again()
	}
	age := now.Sub(time.Unix(int64(binary.BigEndian.Uint64(raw)), 0)) // a signed one holds a time of ours
	switch {
	case age > mostTime:
		return again()
	case age < leastTime:
		return catalog.Errorf(catalog.Invalid, "that was very fast: check what you wrote and send it once more").
			Italian("hai fatto molto in fretta: controlla quello che hai scritto e invialo di nuovo")
	}
	return nil
}

func again() error {
	return catalog.Errorf(catalog.Invalid, "the page was open for a long time: check what you wrote and send it once more").
		Italian("la pagina era aperta da molto tempo: controlla quello che hai scritto e invialo di nuovo")
}
