package harvester_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/store"
)

// A portal is a fake source that does what its day says.
type portal struct {
	day    func() int
	titles []string // of its datasets, by number
}

// Records implements harvester.Connector.
func (p *portal) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		all, rename, broken := p.titles, "", false
		switch p.day() {
		case 1:
			yield(harvester.Record{}, errors.New("500 Internal Server Error"))
			return
		case 2: // empty
			return
		case 3: // half of it, as if that were all
			all = all[:len(all)/2]
		case 4:
			yield(harvester.Record{}, errors.New("301 to https://www.example.it/manutenzione, 404"))
			return
		case 5: // one record, and then nothing for ever
			yield(p.record(0, ""), nil)
			<-ctx.Done()
			return
		case 6: // pages for people in place of every record
			broken = true
		case 7:
			rename = "new-"
		}
		for i := range all {
			if broken {
				if !yield(harvester.Record{ID: fmt.Sprint(i)}, errors.New("HTML in place of JSON")) {
					return
				}
				continue
			}
			if p.titles[i] != "" && !yield(p.record(i, rename), nil) {
				return
			}
		}
	}
}

func (p *portal) record(i int, rename string) harvester.Record {
	rec := record(rename+fmt.Sprint(i), p.titles[i])
	rec.Dataset.Title = catalog.It(p.titles[i])
	return rec
}

// REL-011: a portal that misbehaves for seven days loses nothing, and when it
// is well again the catalog is equal to it.
func TestAWeekOfMisbehaviour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "db"), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		begin := time.Now()
		day := func() int { return int(time.Since(begin)/(24*time.Hour)) - 3 } // 1 to 7 are bad
		p := &portal{day: day}
		for i := range 20 {
			p.titles = append(p.titles, fmt.Sprintf("Dataset numero %d", i))
		}
		var alerts []harvester.Alert
		h := &harvester.Harvester{
			Connectors: harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) { return p, nil }}),
			Datasets:   db, Origins: db, Organizations: db, Sources: db, Twins: db,
			Client: func(catalog.Source) *http.Client { return &http.Client{} },
			Alert:  func(_ context.Context, a harvester.Alert) { alerts = append(alerts, a) },
			Log:    slog.New(slog.DiscardHandler),
		}
		src := catalog.Source{Name: "fonte", Kind: "fake", URL: "https://example.it", Schedule: "daily"}
		if err := db.PutSource(t.Context(), &src); err != nil {
			t.Fatal(err)
		}
		runs := map[int]int{}
		s := &harvester.Scheduler{Sources: db, Log: h.Log, Enqueue: func(ctx context.Context, src *catalog.Source, slot time.Time) error {
			runs[day()]++
			_, _ = h.Run(ctx, *src, harvester.Options{Slot: slot}) // how it went is in the run
			return nil
		}}
		wait := func(until int) {
			for day() < until {
				if err := s.Tick(t.Context()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Minute)
			}
		}
		active := func() map[string]string { // dataset ID by title
			ds, _, err := db.ListDatasets(catalog.WithActor(t.Context(), catalog.System), catalog.DatasetFilter{Limit: -1})
			if err != nil {
				t.Fatal(err)
			}
			out := map[string]string{}
			for _, d := range ds {
				out[d.Title.String()] = d.ID + " " + d.Name
			}
			if len(out) != len(ds) {
				t.Errorf("day %d: %d datasets with %d titles", day(), len(ds), len(out))
			}
			return out
		}
		wait(1)
		before := active()
		if len(before) != 20 {
			t.Fatalf("%d datasets before the bad week", len(before))
		}
		for d := 1; d <= 7; d++ {
			wait(d + 1)
			now := active()
			for title, id := range before {
				if now[title] != id {
					t.Errorf("day %d: %s was %s and is %s", d, title, id, now[title])
				}
			}
			if len(now) != 20 || runs[d] == 0 || runs[d] > 10 {
				t.Errorf("day %d: %d datasets after %d runs", d, len(now), runs[d])
			}
		}
		p.titles[3], p.titles[4] = "", "Dataset quattro, riveduto"
		p.titles = append(p.titles, "Dataset nuovo")
		wait(10)
		now := active()
		for i, title := range p.titles {
			if title != "" && now[title] == "" {
				t.Errorf("%d, %q, is not there", i, title)
			}
		}
		if len(now) != 20 {
			t.Errorf("%d datasets at the end, want 20: %v", len(now), now)
		}
		told := map[bool]int{}
		for _, a := range alerts {
			told[a.Report.Held]++
		}
		if told[false] == 0 || told[true] == 0 || len(alerts) > 8 {
			t.Errorf("alerts: %d of failures, %d of the brake", told[false], told[true])
		}
		if st, err := db.SourceState(t.Context(), src.ID); err != nil || st.Failures != 0 {
			t.Errorf("state at the end %+v, %v", st, err)
		}
	})
}
