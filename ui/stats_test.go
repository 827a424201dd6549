package ui_test

import (
	"encoding/csv"
	"net/http"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/ui"
)

func (w *world) use(t *testing.T, name string, kind catalog.UseKind, daysAgo int, n int64) {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	d, err := w.store.Dataset(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	u := catalog.Use{Dataset: d.ID, Kind: kind, Day: time.Now().UTC().AddDate(0, 0, -daysAgo), N: n}
	if err := w.store.AddUsage(ctx, []catalog.Use{u}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) firstTwo(t *testing.T) (a, b string) {
	t.Helper()
	names, err := w.store.DatasetNames(t.Context(), 0, 2)
	if err != nil || len(names) != 2 {
		t.Fatal(names, err)
	}
	return names[0], names[1]
}

func TestNumbersOfUse(t *testing.T) {
	w := newWorld(t)
	a, b := w.firstTwo(t)
	if body := w.get(t, "/stats").Body.String(); !strings.Contains(body, "Il conteggio è cominciato oggi") {
		t.Error("before anything was counted, nobody is told so")
	}
	w.use(t, a, catalog.UseView, 1, 1234)
	w.use(t, a, catalog.UseView, 0, 50_000)
	w.use(t, b, catalog.UseDownload, 2, 77)
	w.use(t, b, catalog.UseDownload, 60, 8_888)
	w.put(t, &catalog.Dataset{Name: "nascosto", Title: catalog.It("Nascosto"), Private: true})
	w.use(t, "nascosto", catalog.UseView, 1, 99_999)
	w.serve(func(*ui.Config) {})

	rec := w.get(t, "/stats")
	body := rec.Body.String()
	for _, want := range []string{"1.234", "8.888", `href="/dataset/` + a + `"`, `href="/dataset/` + b + `"`, "/stats/usage.csv"} {
		if !strings.Contains(body, want) {
			t.Errorf("%d: %q is not in the page", rec.Code, want)
		}
	}
	for _, secret := range []string{"50.000", "51.234", "99.999", "Nascosto"} {
		if strings.Contains(body, secret) {
			t.Errorf("%q is in the page: of today, or of a hidden dataset", secret)
		}
	}
	if page := w.get(t, "/dataset/"+a).Body.String(); !strings.Contains(page, "Consultazioni: <strong>1.234</strong>") {
		t.Error("the page of a dataset does not tell how often it was seen")
	}
	if en := w.get(t, "/en/stats").Body.String(); !strings.Contains(en, "1,234") {
		t.Error("the English page has Italian numbers")
	}
}

func TestNumbersOfUseAsOpenData(t *testing.T) {
	w := newWorld(t)
	a, _ := w.firstTwo(t)
	w.use(t, a, catalog.UseView, 1, 5)
	w.use(t, a, catalog.UseView, 0, 6)
	rec := w.get(t, "/stats/usage.csv")
	rows, err := csv.NewReader(rec.Body).ReadAll()
	if err != nil || rec.Code != http.StatusOK || len(rows) != 2 || rows[1][4] != "view" || rows[1][5] != "5" {
		t.Errorf("%d %v, %v", rec.Code, rows, err)
	}
	if got := w.get(t, strings.TrimPrefix(rows[1][2], w.site.Origin)).Code; got >= 400 {
		t.Errorf("the address of the dataset answers %d", got)
	}
}
