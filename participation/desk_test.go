package participation

import (
	"context"
	"errors"
	"log/slog"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/store"
)

type counter struct {
	*Desk
	store  *store.Store
	ticket string
}

func newCounter(t *testing.T) *counter {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	d := New(st, []byte("a secret of the test"))
	d.now = func() time.Time { return time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC) }
	ticket := d.Ticket()
	d.now = func() time.Time { return time.Date(2026, 11, 20, 10, 1, 0, 0, time.UTC) }
	return &counter{d, st, ticket}
}

func (c *counter) send(ctx context.Context, of catalog.Contribution) (*catalog.Contribution, error) {
	s := &Submission{Contribution: of, Ticket: c.ticket, From: netip.MustParseAddr("192.0.2.7")}
	err := c.Submit(ctx, s)
	return &s.Contribution, err
}

var (
	report  = catalog.Contribution{Kind: catalog.Report, Dataset: "d", Text: "La colonna «quota» è vuota."}
	request = catalog.Contribution{Kind: catalog.Request, Title: "Orari delle scuole", Email: "anna@example.org"}
	rating  = catalog.Contribution{Kind: catalog.Rating, Dataset: "d", Stars: 2, Reasons: []string{"outdated", "clear", "<script>"}}
)

func TestWhatWaitsAndWhatCounts(t *testing.T) {
	c := newCounter(t)
	got, err := c.send(t.Context(), rating)
	if err != nil || got.State != catalog.Accepted || !cmp.Equal(got.Reasons, []string{"outdated"}) {
		t.Errorf("a rating without words: %+v, %v", got, err)
	}
	worded := rating
	worded.Text = "Mancano gli anni dopo il 2020."
	if got, err = c.send(t.Context(), worded); err != nil || got.State != catalog.Pending {
		t.Errorf("a rating with words: %+v, %v", got, err)
	}
	if got, err = c.send(t.Context(), report); err != nil || got.State != catalog.Pending || !got.Due.IsZero() {
		t.Errorf("a report: %+v, %v", got, err)
	}
	if got, err = c.send(t.Context(), request); err != nil || got.State != catalog.Pending || got.Due.Format(time.DateOnly) != "2026-12-20" {
		t.Errorf("a request: %+v, %v", got, err)
	}
}

func TestWhatIsWrongIsToldByField(t *testing.T) {
	c := newCounter(t)
	for name, test := range map[string]struct {
		c    catalog.Contribution
		want map[string][]string
	}{
		"no stars":            {catalog.Contribution{Kind: catalog.Rating}, map[string][]string{"stars": {NoChoice}}},
		"too many stars":      {catalog.Contribution{Kind: catalog.Rating, Stars: 6}, map[string][]string{"stars": {NoChoice}}},
		"nothing said":        {catalog.Contribution{Kind: catalog.Report, Text: " \n\t "}, map[string][]string{"text": {TooShort}}},
		"far too much said":   {catalog.Contribution{Kind: catalog.Report, Text: strings.Repeat("è", MaxText+1)}, map[string][]string{"text": {TooLong}}},
		"nobody to answer":    {catalog.Contribution{Kind: catalog.Request, Title: "Bilanci"}, map[string][]string{"email": {Missing}}},
		"no address":          {catalog.Contribution{Kind: catalog.Request, Title: "Bilanci", Email: "anna"}, map[string][]string{"email": {NoAddress}}},
		"a header in address": {catalog.Contribution{Kind: catalog.Request, Title: "Bilanci", Email: "a@b.it\nBcc: x@y.it"}, map[string][]string{"email": {NoAddress}}},
		"no kind":             {catalog.Contribution{}, map[string][]string{"kind": {NoChoice}}},
	} {
		_, err := c.send(t.Context(), test.c)
		e, ok := errors.AsType[*catalog.Error](err)
		if !ok || e.Kind != catalog.Invalid || !cmp.Equal(e.Fields, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInvisibleSignsAreTakenOut(t *testing.T) {
	c := newCounter(t)
	odd := report
	odd.Text, odd.Name = "Una riga\r\nun’altra \u202Egnp.exe\u202C\x00", "  Anna \n Bianchi "
	got, err := c.send(t.Context(), odd)
	if err != nil || got.Text != "Una riga\nun’altra gnp.exe" || got.Name != "Anna Bianchi" {
		t.Errorf("%q %q, %v", got.Text, got.Name, err)
	}
}

func TestProgramsAreSentAway(t *testing.T) {
	c := newCounter(t)
	for name, s := range map[string]*Submission{
		"the hidden field":   {Contribution: report, Ticket: c.ticket, Trap: "http://spam.example"},
		"no ticket":          {Contribution: report},
		"a ticket of others": {Contribution: report, Ticket: New(nil, []byte("another secret")).Ticket()},
		"too fast":           {Contribution: report, Ticket: c.Ticket()},
		"of the other week":  {Contribution: report, Ticket: c.forms.ticket(c.now().Add(-48 * time.Hour))},
	} {
		if err := c.Submit(t.Context(), s); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, n, err := c.store.Contributions(t.Context(), catalog.ContributionFilter{}); n != 0 || err != nil {
		t.Errorf("%d were kept, %v", n, err)
	}
}

func TestANetworkMayNotFlood(t *testing.T) {
	c := newCounter(t)
	var err error
	for range perNetwork {
		if _, err = c.send(t.Context(), report); err != nil {
			t.Fatal(err)
		}
	}
	if _, err = c.send(t.Context(), report); catalog.KindOf(err) != catalog.TooMany {
		t.Errorf("one more: %v", err)
	}
	other := &Submission{Contribution: report, Ticket: c.ticket, From: netip.MustParseAddr("198.51.100.1")}
	if err := c.Submit(t.Context(), other); err != nil {
		t.Errorf("somebody else: %v", err)
	}
	now := c.now().Add(networkPause)
	c.now = func() time.Time { return now }
	if _, err = c.send(t.Context(), report); err != nil {
		t.Errorf("later: %v", err)
	}
}
