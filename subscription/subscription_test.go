package subscription_test

import (
	"context"
	"crypto/tls"
	"flag"
	"log/slog"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/internal/mail"
	"portico/internal/mail/mailtest"
	"portico/search"
	"portico/search/memory"
	"portico/store"
	"portico/subscription"
)

var update = flag.Bool("update", false, "write the golden files anew")

// A town is a catalogue whose readers are written to.
type town struct {
	*subscription.Digester
	store *store.Store
	smtp  *mailtest.Server
	now   time.Time
	t     *testing.T
}

func newTown(t *testing.T) *town {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	w := &town{store: st, smtp: mailtest.New(t, tls.Certificate{}, false), now: time.Now().UTC().Truncate(time.Second), t: t}
	m, err := mail.New("smtp://"+w.smtp.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	post := &subscription.Post{Mail: m, From: "Ufficio dati <opendata@esempio.example>"}
	post.Desk = subscription.New(subscription.Config{
		Records: st, Secret: []byte("a secret of the test"), Now: func() time.Time { return w.now },
		Site: catalog.Site{
			Title: "Dati aperti di Esempio", Origin: "https://dati.esempio.example", Locale: "it", Publisher: catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")},
		},
		Invite: func(ctx context.Context, id string) error { return post.SendInvite(ctx, id) },
	})
	w.Digester = &subscription.Digester{
		Post: post, Datasets: st, Organizations: st,
		Index: func() (search.Engine, error) { return memory.New("it"), nil },
		Question: func(parameters string) (search.Query, string) {
			v, _ := url.ParseQuery(parameters)
			q := search.Query{}
			if f := v.Get("res_format"); f != "" {
				q.Filters = append(q.Filters, search.Term{Field: search.Format, Value: f})
			}
			return q, v.Get("q")
		},
		Quiet: func(d *catalog.Dataset) bool { return d.Name == "numeri" },
	}
	return w
}

func (w *town) ctx() context.Context { return catalog.WithActor(w.t.Context(), catalog.System) }

// put writes a dataset, and lets the clock of the readers go past it.
func (w *town) put(d *catalog.Dataset) *catalog.Dataset {
	w.t.Helper()
	if d.State == "" {
		d.State = catalog.Active
	}
	if _, err := w.store.PutDataset(w.ctx(), d); err != nil {
		w.t.Fatal(err)
	}
	w.now = d.Updated
	return d
}

func (w *town) wish(email string, kind subscription.Kind, ref, title string) subscription.Wish {
	return subscription.Wish{Email: email, Locale: "it", Kind: kind, Ref: ref, Title: title, Ticket: w.Ticket(), From: netip.MustParseAddr("192.0.2.7")}
}

// link returns the first link in a mail that goes to a page.
func link(text, page string) string {
	return regexp.MustCompile(`https://\S+` + page + `([A-Za-z0-9_-]+)`).FindString(text)
}

func token(address string) string { return address[strings.LastIndex(address, "/")+1:] }

// follows has a reader ask and say yes, and returns the mail that asked.
func (w *town) follows(wish subscription.Wish) string {
	w.t.Helper()
	if err := w.Subscribe(w.ctx(), wish); err != nil {
		w.t.Fatal(err)
	}
	raw := w.smtp.Next(w.t)
	_, text := mailtest.Read(w.t, raw)
	if _, err := w.Confirm(w.ctx(), token(link(text, "/avvisi/conferma/"))); err != nil {
		w.t.Fatal(err)
	}
	return raw
}

func (w *town) run() subscription.Report {
	w.t.Helper()
	r, err := w.Run(w.ctx())
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// plain takes out what differs from one mail to the next.
func plain(raw string) string {
	for pattern, with := range map[string]string{
		`(?m)^Date: .*$`: "Date: …", `(?m)^Message-ID: .*$`: "Message-ID: …", `/(conferma|annulla)/[A-Za-z0-9_-]+`: "/$1/TOKEN", `\d\d/\d\d/20\d\d|\d+ [A-Z][a-z]+ 20\d\d`: "DAY",
	} {
		raw = regexp.MustCompile(pattern).ReplaceAllString(raw, with)
	}
	return raw
}

func golden(t *testing.T, name, raw string) {
	t.Helper()
	h, text := mailtest.Read(t, raw)
	var b strings.Builder
	for _, k := range []string{"From", "To", "Subject", "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "Content-Type"} {
		if v := h.Get(k); v != "" {
			b.WriteString(k + ": " + v + "\n")
		}
	}
	got := plain(b.String() + "\n" + text)
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestLettersAreAsTheyAreKept(t *testing.T) {
	w := newTown(t)
	d := w.put(&catalog.Dataset{Name: "aria", Title: catalog.Text{"it": "Qualità dell’aria", "en": "Air quality"}, Holder: catalog.Agent{Name: catalog.It("Comune di Esempio")}})
	for _, locale := range []string{"it", "en"} {
		wish := w.wish("anna."+locale+"@lettori.example", subscription.Dataset, d.ID, d.Title[locale])
		wish.Locale = locale
		golden(t, "confirm."+locale, w.follows(wish))
		if err := w.Subscribe(w.ctx(), wish); err != nil {
			t.Fatal(err)
		}
		golden(t, "already."+locale, w.smtp.Next(t))
		everything := w.wish(wish.Email, subscription.Search, "", "")
		everything.Locale = locale
		w.follows(everything)
	}
	d.Description = catalog.It("Medie orarie.")
	w.put(d)
	w.put(&catalog.Dataset{Name: "scuole", Title: catalog.It("Scuole\r\nBcc: x@y.example")})
	if r := w.run(); r.Mails != 2 || r.Failed != 0 {
		t.Fatalf("%+v", r)
	}
	for range 2 {
		raw := w.smtp.Next(t)
		h, _ := mailtest.Read(t, raw)
		golden(t, "digest."+map[bool]string{true: "it", false: "en"}[strings.Contains(h.Get("To"), ".it@")], raw)
	}
}

func TestWhoIsToldOfWhat(t *testing.T) {
	w := newTown(t)
	org := &catalog.Organization{Name: "esempio", Title: catalog.It("Comune di Esempio"), Identifier: "c_x000", State: catalog.Active}
	if err := w.store.PutOrganization(w.ctx(), org); err != nil {
		t.Fatal(err)
	}
	followed := w.put(&catalog.Dataset{Name: "acqua", Title: catalog.It("Acqua")})
	w.follows(w.wish("dataset@l.example", subscription.Dataset, followed.ID, "Acqua"))
	w.follows(w.wish("ente@l.example", subscription.Organization, org.ID, "Comune di Esempio"))
	w.follows(w.wish("rifiuti@l.example", subscription.Search, "q=rifiuti", "rifiuti"))
	w.follows(w.wish("csv@l.example", subscription.Search, "q=rifiuti&res_format=CSV", "rifiuti"))
	w.follows(w.wish("tutto@l.example", subscription.Search, "", ""))
	if err := w.Subscribe(w.ctx(), w.wish("mai@l.example", subscription.Search, "", "")); err != nil {
		t.Fatal(err)
	}
	w.smtp.Next(t) // who never says yes
	if r := w.run(); r.Mails != 0 {
		t.Errorf("nothing is new, and %d were written to", r.Mails)
	}
	csv := []catalog.Distribution{{Format: "CSV"}}
	w.put(&catalog.Dataset{Name: "raccolta", Title: catalog.It("Raccolta dei rifiuti"), Organization: org.ID})
	w.put(&catalog.Dataset{Name: "tariffa", Title: catalog.It("Tariffa rifiuti"), Distributions: csv, Holder: catalog.Agent{Identifier: "c_x000"}})
	w.put(&catalog.Dataset{Name: "segreto", Title: catalog.It("Rifiuti segreti"), Private: true, Organization: org.ID})
	w.put(&catalog.Dataset{Name: "numeri", Title: catalog.It("Numeri dei rifiuti")})
	if r := w.run(); r.Mails != 4 {
		t.Errorf("%d mails, want 4", r.Mails)
	}
	want := map[string][]string{
		"ente@l.example": {"raccolta", "tariffa"}, "rifiuti@l.example": {"raccolta", "tariffa"}, "csv@l.example": {"tariffa"}, "tutto@l.example": {"raccolta", "tariffa"},
	}
	got := make(map[string][]string)
	for range 4 {
		h, text := mailtest.Read(t, w.smtp.Next(t))
		to := strings.Trim(h.Get("To"), "<>")
		for _, name := range []string{"acqua", "numeri", "raccolta", "segreto", "tariffa"} {
			if strings.Contains(text, "/dataset/"+name+"\n") {
				got[to] = append(got[to], name)
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r := w.run(); r.Mails != 0 || w.smtp.Waiting() != 0 {
		t.Errorf("the same was told twice: %+v", r)
	}
	if err := w.store.SetDatasetState(w.ctx(), followed.ID, catalog.Withdrawn, ""); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(24 * time.Hour)
	r := w.run()
	if _, text := mailtest.Read(t, w.smtp.Next(t)); r.Mails != 1 || r.Ended != 1 || !strings.Contains(text, "Non più pubblicato: Acqua") {
		t.Errorf("%+v\n%s", r, text)
	}
}

// Whoever stops in the middle writes to nobody twice; what the server did not
// take is told the next time.
func TestNothingIsToldTwiceNorForgotten(t *testing.T) {
	w := newTown(t)
	w.follows(w.wish("anna@l.example", subscription.Search, "", ""))
	w.put(&catalog.Dataset{Name: "a", Title: catalog.It("A")})
	w.smtp.Refuse.Store(true)
	if r := w.run(); r.Failed != 1 || r.Mails != 0 {
		t.Errorf("%+v", r)
	}
	w.smtp.Refuse.Store(false)
	good := w.Mail
	w.Mail = died{}
	func() {
		defer func() { _ = recover() }()
		_, _ = w.Run(w.ctx())
	}()
	w.Mail = good
	if r := w.run(); r.Mails != 0 {
		t.Errorf("after a death in the middle: %+v", r)
	}
	w.put(&catalog.Dataset{Name: "b", Title: catalog.It("B")})
	if r := w.run(); r.Mails != 1 {
		t.Errorf("the next day: %+v", r)
	}
	w.smtp.Next(t)
	w.smtp.Refuse.Store(true)
	for i := range 5 {
		w.put(&catalog.Dataset{Name: "c" + string(rune('0'+i)), Title: catalog.It("C")})
		w.run()
	}
	if all, err := w.All(w.ctx()); len(all) != 0 || err != nil {
		t.Errorf("a mailbox that takes nothing is kept: %v, %v", all, err)
	}
}

// died is a server at which the program ends.
type died struct{}

func (died) Send(context.Context, mail.Message) error { panic("killed") }

// Whoever asks is answered the same, whatever is known of the address.
func TestNobodyIsToldWhoReadsWhat(t *testing.T) {
	w := newTown(t)
	w.follows(w.wish("anna@l.example", subscription.Search, "", ""))
	for i, wish := range []subscription.Wish{
		w.wish("anna@l.example", subscription.Search, "", ""), w.wish("bruno@l.example", subscription.Search, "", ""), w.wish("Anna+x@L.example", subscription.Search, "q=x", ""),
		w.wish("anna@l.example", subscription.Search, "q=y", ""), w.wish("anna@l.example", subscription.Search, "q=z", ""),
	} {
		wish.From = netip.AddrFrom4([4]byte{198, 51, 100, byte(i)})
		if err := w.Subscribe(w.ctx(), wish); err != nil {
			t.Errorf("%s: %v", wish.Email, err)
		}
	}
	if n := w.smtp.Waiting(); n != 3 { // anna had one before: three in a day, and bruno his
		t.Errorf("%d mails, want 3: a mailbox can be flooded", n)
	}
}

// Anybody can have a letter sent to anybody: it has no words of theirs.
func TestLettersToStrangersCarryNoWords(t *testing.T) {
	w := newTown(t)
	for range 2 {
		if err := w.Subscribe(w.ctx(), w.wish("vittima@l.example", subscription.Search, "q=compra+su+http://spam.example", "compra su http://spam.example")); err != nil {
			t.Fatal(err)
		}
		if raw := w.smtp.Next(t); strings.Contains(raw, "spam") || strings.Contains(raw, "compra") {
			t.Errorf("an advertisement was sent:\n%s", raw)
		}
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	w := newTown(t)
	good := w.wish("anna@l.example", subscription.Search, "", "")
	for name, change := range map[string]func(*subscription.Wish){
		"no address":              func(x *subscription.Wish) { x.Email = "anna" },
		"an address with a name":  func(x *subscription.Wish) { x.Email = "Anna <anna@l.example>" },
		"two addresses":           func(x *subscription.Wish) { x.Email = "a@l.example, b@l.example" },
		"a header in it":          func(x *subscription.Wish) { x.Email = "a@l.example\r\nBcc: b@l.example" },
		"the hidden field":        func(x *subscription.Wish) { x.Trap = "http://spam.example" },
		"no ticket":               func(x *subscription.Wish) { x.Ticket = "" },
		"a ticket of last week":   func(x *subscription.Wish) { w.now = w.now.AddDate(0, 0, 7) },
		"about nothing":           func(x *subscription.Wish) { x.Kind = subscription.Dataset },
		"of a kind that is none":  func(x *subscription.Wish) { x.Kind = "all" },
		"a search without an end": func(x *subscription.Wish) { x.Ref = strings.Repeat("q", subscription.MaxRef+1) },
	} {
		wish, now := good, w.now
		change(&wish)
		if err := w.Subscribe(w.ctx(), wish); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("%s: %v", name, err)
		}
		w.now = now
	}
	var err error
	for i := range 7 {
		x := good
		x.Email = "lettore" + string(rune('0'+i)) + "@l.example"
		err = w.Subscribe(w.ctx(), x)
	}
	if catalog.KindOf(err) != catalog.TooMany {
		t.Errorf("a network may flood: %v", err)
	}
	if n := w.smtp.Waiting(); n != 6 {
		t.Errorf("%d mails", n)
	}
}

func TestAddressesAreForgotten(t *testing.T) {
	w := newTown(t)
	w.follows(w.wish("anna@l.example", subscription.Search, "", ""))
	if err := w.Subscribe(w.ctx(), w.wish("bruno@l.example", subscription.Search, "", "")); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(subscription.KeepFor - time.Minute)
	if r := w.run(); r.Ended != 0 {
		t.Errorf("before seven days: %+v", r)
	}
	w.now = w.now.Add(time.Minute)
	if r := w.run(); r.Ended != 1 {
		t.Errorf("after seven days: %+v", r)
	}
	all, err := w.All(w.ctx())
	if err != nil || len(all) != 1 || all[0].Email != "anna@l.example" {
		t.Errorf("%v, %v", all, err)
	}
	if n, err := w.Remove(w.ctx(), "ANNA@l.example"); n != 1 || err != nil {
		t.Errorf("removed %d, %v", n, err)
	}
}
