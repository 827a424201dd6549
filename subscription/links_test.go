package subscription_test

import (
	"strings"
	"testing"

	"portico/catalog"
	"portico/internal/mail/mailtest"
	"portico/subscription"
)

func TestLinksDoWhatTheySayAndNothingElse(t *testing.T) {
	w := newTown(t)
	if err := w.Subscribe(w.ctx(), w.wish("anna@l.example", subscription.Search, "q=a", "a")); err != nil {
		t.Fatal(err)
	}
	_, text := mailtest.Read(t, w.smtp.Next(t))
	confirm := token(link(text, "/avvisi/conferma/"))
	all, _ := w.All(w.ctx())
	s := all[0]
	cancel, cancelAll := token(w.CancelLink(s)), token(w.CancelAllLink(s))
	broken := confirm[:len(confirm)-2] + "AA"
	for name, err := range map[string]error{
		"a link to end does not confirm": second(w.Confirm(w.ctx(), cancel)),
		"a link to confirm does not end": second(w.Cancel(w.ctx(), confirm)),
		"a broken signature is nothing":  second(w.Confirm(w.ctx(), broken)),
		"nor is a ticket":                second(w.Confirm(w.ctx(), w.Ticket())),
		"nor a link of another instance": second(subscription.New(subscription.Config{Records: w.store, Secret: []byte("other")}).Confirm(w.ctx(), confirm)),
		"nor what is no token at all":    second(w.Cancel(w.ctx(), "%%%")),
	} {
		if catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.now = w.now.Add(subscription.ConfirmFor)
	if l, err := w.Confirm(w.ctx(), confirm); err != nil || !l.Expired {
		t.Fatalf("a link that is too old: %+v, %v", l, err)
	}
	if err := w.Again(w.ctx(), confirm); err != nil {
		t.Fatal(err)
	}
	_, text = mailtest.Read(t, w.smtp.Next(t))
	if l, err := w.Confirm(w.ctx(), token(link(text, "/avvisi/conferma/"))); err != nil || l.Expired {
		t.Fatalf("the new one: %+v, %v", l, err)
	}
	if l, err := w.Cancel(w.ctx(), cancelAll); err != nil || len(l.Subscriptions) != 1 {
		t.Errorf("the end: %+v, %v", l, err)
	}
	if l, err := w.Cancel(w.ctx(), cancel); err != nil || len(l.Subscriptions) != 0 {
		t.Errorf("the end once more: %+v, %v", l, err)
	}
	old := subscription.New(subscription.Config{Records: w.store, Site: w.Site, Secret: []byte("newer\na secret of the test")})
	words := strings.Fields("a secret of the test")
	older := subscription.New(subscription.Config{Records: w.store, Site: w.Site, Secret: []byte("newest " + words[0])})
	if _, err := older.ToCancel(w.ctx(), token(old.CancelLink(s))); catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("a link of a secret that is not known: %v", err)
	}
	if _, err := older.ToCancel(w.ctx(), cancel); err != nil {
		t.Errorf("a link of the secret before: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func FuzzTokens(f *testing.F) {
	d := subscription.New(subscription.Config{Secret: []byte("x"), Records: nothing{}})
	f.Add(d.Ticket())
	f.Add("")
	f.Add("Y2Nj")
	f.Fuzz(func(t *testing.T, s string) {
		if _, err := d.ToConfirm(t.Context(), s); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("%q: %v", s, err)
		}
		if _, err := d.ToCancel(t.Context(), s); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("%q: %v", s, err)
		}
	})
}

// nothing has no records; a token that was not signed here must not even ask.
type nothing struct{ records }

// records is the interface under a name that its method does not have.
type records = catalog.Records
