package own_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/blob/folder"
	"portico/catalog"
	"portico/dcat"
	"portico/openness"
	"portico/own"
	"portico/store"
)

type house struct {
	*own.Keeper
	store *store.Store
	now   time.Time
	loads int
	t     *testing.T
}

func newHouse(t *testing.T) *house {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{store: st, t: t, now: time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC)}
	h.Keeper = &own.Keeper{
		Site:     catalog.Site{Title: "Dati", Origin: "https://dati.example", Locale: "it", Email: "dati@comune.example", Publisher: catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")}},
		Datasets: st, Organizations: st, Usage: st, Contributions: st, Records: st, Blobs: blobs, Now: func() time.Time { return h.now },
		Load: func(ctx context.Context, dataset string, x *catalog.Distribution) error {
			h.loads++
			return st.UpdateDistribution(ctx, dataset, x.ID, func(x *catalog.Distribution) error {
				x.Table = &catalog.Table{Hash: x.File.Hash, File: x.File.Hash, Rows: 1}
				return nil
			})
		},
	}
	return h
}

func (h *house) ctx() context.Context { return catalog.WithActor(h.t.Context(), catalog.System) }

func (h *house) refresh() own.Report {
	h.t.Helper()
	r, err := h.Refresh(h.ctx())
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// table returns the rows of a dataset.
func (h *house) table(name string) ([][]string, *catalog.Dataset) {
	h.t.Helper()
	d, err := h.store.Dataset(h.ctx(), name)
	if err != nil {
		h.t.Fatal(err)
	}
	f, err := h.Blobs.Open(h.ctx(), d.Distributions[0].File.Hash)
	if err != nil {
		h.t.Fatal(err)
	}
	defer f.Close()
	body, err := io.ReadAll(f)
	if err != nil {
		h.t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		h.t.Fatal(err)
	}
	return rows, d
}

func (h *house) say(c catalog.Contribution) {
	h.t.Helper()
	if err := h.store.AddContribution(h.ctx(), &c); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) fill() (seen, hidden *catalog.Dataset) {
	h.t.Helper()
	seen = &catalog.Dataset{Name: "aria", Title: catalog.It("Qualità\ndell’aria"), State: catalog.Active, Holder: catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")}}
	hidden = &catalog.Dataset{Name: "segreto", Title: catalog.It("Segreto"), State: catalog.Active, Private: true}
	for _, d := range []*catalog.Dataset{seen, hidden} {
		if _, err := h.store.PutDataset(h.ctx(), d); err != nil {
			h.t.Fatal(err)
		}
		var uses []catalog.Use
		for back, n := range map[int]int64{0: 1000, 1: 5, 2: 6, 40: 7, 1000: 900} {
			uses = append(uses, catalog.Use{Dataset: d.ID, Kind: catalog.UseView, Day: h.now.AddDate(0, 0, -back), N: n})
		}
		if err := h.store.AddUsage(h.ctx(), uses); err != nil {
			h.t.Fatal(err)
		}
		const word = "parola-segreta"
		h.say(catalog.Contribution{Kind: catalog.Rating, Dataset: d.ID, Stars: 4, State: catalog.Accepted, Text: word})
		h.say(catalog.Contribution{Kind: catalog.Rating, Dataset: d.ID, Stars: 1, State: catalog.Accepted})
		h.say(catalog.Contribution{Kind: catalog.Rating, Dataset: d.ID, Stars: 1, State: catalog.Pending, Text: word})
		h.say(catalog.Contribution{Kind: catalog.Report, Dataset: d.ID, State: catalog.Accepted, Text: word, Name: word, Email: word + "@x.example", Answered: time.Now().AddDate(0, 0, 3), Answer: word})
		h.say(catalog.Contribution{Kind: catalog.Report, Dataset: d.ID, State: catalog.Rejected, Text: word})
	}
	h.say(catalog.Contribution{Kind: catalog.Request, Title: "parola-segreta", State: catalog.Accepted, Due: h.now.AddDate(0, 0, 30)})
	k := openness.Keeper{Datasets: h.store, Organizations: h.store, Records: h.store, Skip: own.Is, Now: func() time.Time { return h.now }}
	if _, err := k.Take(h.ctx()); err != nil {
		h.t.Fatal(err)
	}
	return seen, hidden
}

func TestTheNumbersBecomeDatasets(t *testing.T) {
	h := newHouse(t)
	if r := h.refresh(); len(r.Left) != 4 {
		t.Fatalf("with nothing to tell: %+v", r)
	}
	h.fill()
	if r := h.refresh(); len(r.Changed) != 4 || h.loads != 4 {
		t.Fatalf("%+v, %d loads", r, h.loads)
	}
	for name, want := range map[string][]string{
		"uso-del-catalogo":                 {"mese,dataset_id", "2026-10,ID,aria,Qualità dell’aria,Comune di Esempio,7,0,0,https://dati.example/dataset/aria", "2026-11,ID,aria,Qualità dell’aria,Comune di Esempio,11,0,0,https://dati.example/dataset/aria"},
		"valutazioni-dei-dataset":          {"dataset_id", "ID,aria,Qualità dell’aria,Comune di Esempio,2,2.50,1,0,0,1,0,https://dati.example/dataset/aria"},
		"segnalazioni-e-richieste-di-dati": {"numero", "4,segnalazione,con risposta,ID,aria", "11,richiesta,aperta,,,,"},
		"indice-di-apertura":               {"month", "2026-11,c_x000,Comune di Esempio,1,"},
	} {
		rows, d := h.table(name)
		var got strings.Builder
		for _, r := range rows {
			line := strings.Join(r, ",")
			if len(r) > 1 {
				for _, cell := range r {
					if len(cell) == 36 && strings.Count(cell, "-") == 4 {
						line = strings.ReplaceAll(line, cell, "ID")
					}
				}
			}
			got.WriteString(line + "\n")
		}
		if len(rows) != len(want) {
			t.Errorf("%s: %d rows\n%s", name, len(rows), got.String())
		}
		for _, w := range want {
			if !strings.Contains(got.String(), w) {
				t.Errorf("%s lacks %q:\n%s", name, w, got.String())
			}
		}
		for _, never := range []string{"segret", "Segret", "x.example,"} {
			if strings.Contains(got.String(), never) {
				t.Errorf("%s tells %q:\n%s", name, never, got.String())
			}
		}
		if len(d.Quarantine) > 0 || !own.Is(d) || !d.Visible() {
			t.Errorf("%s is not fed: %v", name, d.Quarantine)
		}
		for _, f := range dcat.FindingsOf(d, h.Site) {
			if f.Severity == "violation" {
				t.Errorf("%s: %s", name, f.Message.In("en"))
			}
		}
	}
}

func TestWhatIsTheSameIsNotWritten(t *testing.T) {
	h := newHouse(t)
	seen, _ := h.fill()
	h.refresh()
	_, first := h.table("uso-del-catalogo")
	h.now = h.now.Add(time.Hour)
	if r := h.refresh(); len(r.Unchanged) != 4 || h.loads != 4 {
		t.Fatalf("%+v, %d loads", r, h.loads)
	}
	if _, again := h.table("uso-del-catalogo"); again.Revision != first.Revision || !again.Updated.Equal(first.Updated) {
		t.Error("the same made a new version")
	}
	h.now = h.now.AddDate(0, 0, 1) // what was today is a whole day now
	if r := h.refresh(); len(r.Changed) != 1 || h.loads != 5 {
		t.Errorf("%+v, %d loads", r, h.loads)
	}
	if _, later := h.table("uso-del-catalogo"); later.Modified != "2026-11-23" || later.Issued != "2026-11-22" {
		t.Errorf("modified %s, issued %s", later.Modified, later.Issued)
	}
	if err := h.Retire(h.ctx()); err != nil {
		t.Fatal(err)
	}
	if _, d := h.table("uso-del-catalogo"); d.State != catalog.Retired {
		t.Errorf("switched off, it is %s", d.State)
	}
	if err := h.store.SetDatasetState(h.ctx(), "valutazioni-dei-dataset", catalog.Withdrawn, ""); err != nil {
		t.Fatal(err)
	}
	h.refresh()
	_, back := h.table("uso-del-catalogo")
	_, gone := h.table("valutazioni-dei-dataset")
	if back.State != catalog.Active || gone.State != catalog.Withdrawn {
		t.Errorf("switched on, one is %s, and what a person took back is %s", back.State, gone.State)
	}
	if own.Is(seen) {
		t.Error("a dataset of others is taken for one of these")
	}
}

func TestANameThatIsTaken(t *testing.T) {
	h := newHouse(t)
	h.fill()
	if _, err := h.store.PutDataset(h.ctx(), &catalog.Dataset{Name: "indice-di-apertura", Title: catalog.It("Di altri"), State: catalog.Active}); err != nil {
		t.Fatal(err)
	}
	h.refresh()
	if r := h.refresh(); len(r.Unchanged) != 4 {
		t.Errorf("%+v", r)
	}
	if _, d := h.table("indice-di-apertura-dati-portico"); !own.Is(d) || !strings.Contains(d.Distributions[0].AccessURL, d.Name) {
		t.Errorf("%+v", d)
	}
}
