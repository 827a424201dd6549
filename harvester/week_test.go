package harvester_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/datajson"
	"portico/store"
)

// A portal is a fake portal with a data.json that does what its day says. It is
// asked without a network, which would not keep to the time of the test.
type portal struct {
	day    func() int
	titles []string // of its datasets, by number; "" = it is gone
}

// RoundTrip implements http.RoundTripper.
func (p *portal) RoundTrip(r *http.Request) (*http.Response, error) {
	rec := httptest.NewRecorder()
	p.serve(rec, r)
	resp := rec.Result()
	resp.Request = r
	return resp, nil
}

func (p *portal) serve(w http.ResponseWriter, r *http.Request) {
	all, rename := p.titles, ""
	day := p.day()
	if r.URL.Host != "dati.example.it" {
		http.NotFound(w, r) // where it has moved to there is nothing
		return
	}
	switch day {
	case 1:
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		return
	case 2:
		all = nil
	case 3: // half of it, as if that were all
		all = all[:len(all)/2]
	case 4:
		http.Redirect(w, r, "https://www.example.it/manutenzione", http.StatusMovedPermanently)
		return
	case 5: // nothing for ever
		<-r.Context().Done()
		return
	case 6: // a page for people, and as if all were well
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!DOCTYPE html><html><body>Accesso con SPID</body></html>"))
		return
	case 7:
		rename = "new-"
	}
	list := []any{}
	for i, title := range all {
		if title != "" {
			list = append(list, map[string]any{
				"identifier": rename + strconv.Itoa(i), "title": title, "description": "Descrizione", "license": "https://creativecommons.org/licenses/by/4.0/",
				"distribution": []any{map[string]string{"downloadURL": "https://dati.example.it/" + strconv.Itoa(i) + ".csv"}},
			})
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": list})
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
			Connectors: harvester.NewRegistry(datajson.Kind()),
			Datasets:   db, Origins: db, Organizations: db, Sources: db, Twins: db,
			Client: func(catalog.Source) *http.Client { return &http.Client{Transport: p, Timeout: 15 * time.Minute} },
			Alert:  func(_ context.Context, a harvester.Alert) { alerts = append(alerts, a) },
			Log:    slog.New(slog.DiscardHandler),
		}
		src := catalog.Source{Name: "fonte", Kind: "datajson", URL: "https://dati.example.it/data.json", Schedule: "daily"}
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
		wait(9) // with a day on which nothing is wrong, but for the IDs that are as they were
		for title, id := range active() {
			if before[title] != id {
				t.Errorf("after the bad week %s was %s and is %s", title, before[title], id)
			}
		}
		p.titles[3], p.titles[4] = "", "Dataset quattro, riveduto"
		p.titles = append(p.titles, "Dataset nuovo")
		wait(11)
		now := active()
		for i, title := range p.titles {
			if title != "" && now[title] == "" {
				t.Errorf("%d, %q, is not there", i, title)
			}
		}
		if len(now) != 20 {
			t.Errorf("%d datasets at the end, want 20: %v", len(now), now)
		}
		if was, is := before["Dataset numero 4"], now["Dataset quattro, riveduto"]; is == "" || strings.Fields(was)[0] != strings.Fields(is)[0] {
			t.Errorf("the dataset that was revised was %q and is %q", was, is)
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
