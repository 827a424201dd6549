package hold_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/catalog"
	"portico/hold"
)

// TestPersonalDataAreHeldUntilSomebodyDecides is PII-001.
func TestPersonalDataAreHeldUntilSomebodyDecides(t *testing.T) {
	engines(t, hold.On, func(w *world) {
		t := w.t
		x := w.bring(personal)
		if x.Hold == nil || x.Hold.State != catalog.Held || w.content(x) != "" || !x.Withheld() || x.File.Name != "dati.csv" {
			t.Fatalf("held: %+v %+v", x.Hold, x.File)
		}
		v, err := w.desk.View(w.ctx, distribution)
		w.must(err)
		found := map[string]string{}
		for _, f := range v.Findings {
			if !f.Holds || f.Reason["it"] == "" || f.Reason["en"] == "" || f.Reason["it"] == f.Reason["en"] {
				t.Errorf("%+v", f)
			}
			found[f.Column+" "+string(f.Kind)] = list(f.Count, " ", f.Sample)
		}
		for what, want := range map[string]string{
			"codice_fiscale fiscal-code": "3 RSS…01U", "iban iban": "3 IT6…456", "e_mail email": "2 m…@gmail.com", "cellulare mobile": "3 +39…567",
			"data_di_nascita names-birth": "3 …/198…",
		} {
			if found[what] != want {
				t.Errorf("%s: %q, want %q (of %v)", what, found[what], want, found)
			}
		}
		for _, r := range []hold.Ruling{{By: "Anna"}, {Basis: " ", By: "Anna"}, {Basis: "d.lgs. 33/2013 art. 26"}} {
			if _, err := w.desk.Release(w.ctx, distribution, r); catalog.KindOf(err) != catalog.Invalid {
				t.Errorf("%+v: %v", r, err)
			}
		}
		ctx := catalog.WithActor(w.ctx, catalog.Actor{Sysadmin: true})
		for range 2 { // the second changes nothing
			v, err = w.desk.Release(ctx, distribution, hold.Ruling{Basis: "d.lgs. 33/2013 art. 26", By: "Anna Neri"})
			w.must(err)
			if v.State != catalog.Released || len(v.Decisions) != 1 || v.Decisions[0].By != "Anna Neri" || v.Decisions[0].Basis != "d.lgs. 33/2013 art. 26" || v.Decisions[0].At.IsZero() {
				t.Errorf("%+v", v)
			}
		}
		if x = w.stored(); w.content(x) != personal || x.Hold.State != catalog.Released || x.Hold.Basis != "d.lgs. 33/2013 art. 26" {
			t.Errorf("released: %+v %+v", x.Hold, x.File)
		}
		if got := w.verbs(); !slices.Contains(got, "released data by Anna Neri") || len(got) != 2 {
			t.Errorf("audit: %v", got)
		}
		if x = w.bring(personal); w.content(x) != personal || x.Hold.State != catalog.Released {
			t.Errorf("equal bytes: %+v", x.Hold)
		}
		if x = w.bring(personal + "Verdi,Ugo,,,,,01/01/1970,Bari\n"); x.Hold.State != catalog.Held || w.content(x) != personal {
			t.Errorf("other bytes: %+v", x.Hold)
		}
	})
}

// TestTheCleanVersionStays is PII-004.
func TestTheCleanVersionStays(t *testing.T) {
	engines(t, hold.On, func(w *world) {
		t := w.t
		if x := w.bring(clean); x.Hold != nil || w.content(x) != clean {
			t.Fatalf("clean: %+v", x)
		}
		before := w.stored()
		for range 3 { // harvested again and again
			x := w.bring(personal)
			if x.Hold.State != catalog.Held || w.content(x) != clean || x.File.Hash != before.File.Hash || x.Withheld() {
				t.Errorf("personal: %+v %+v", x.Hold, x.File)
			}
		}
		if got := w.verbs(); list(got) != "[held data by portico new dataset by portico]" {
			t.Errorf("audit: %v", got)
		}
		all, err := w.desk.List(w.ctx, "")
		w.must(err)
		if len(all) != 1 || all[0].ID != distribution || all[0].Title != "Elenco" || all[0].Package().ID != dataset {
			t.Errorf("list: %+v", all)
		}
		if x := w.bring(clean + "Napoli,3\n"); x.Hold != nil || w.content(x) != clean+"Napoli,3\n" {
			t.Errorf("clean again: %+v", x)
		}
		if all, err = w.desk.List(w.ctx, ""); err != nil || len(all) != 0 {
			t.Errorf("list: %v %+v", err, all)
		}
	})
}

func TestMaskedDataLackTheColumns(t *testing.T) {
	engines(t, hold.On, func(w *world) {
		t := w.t
		w.bring(personal)
		ruling := func(cols ...string) hold.Ruling { return hold.Ruling{By: "Anna", Drop: cols} }
		for _, c := range []struct {
			drop []string
			want string
		}{
			{nil, "columns"},
			{[]string{"nulla"}, "no column \"nulla\""},
			{[]string{"iban"}, "would remain in: codice_fiscale"},
			{[]string{"cognome", "nome", "codice_fiscale", "iban", "e-mail", "cellulare", "data di nascita", "via"}, "no column would be left"},
		} {
			if _, err := w.desk.Mask(w.ctx, distribution, ruling(c.drop...)); catalog.KindOf(err) != catalog.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v: %v", c.drop, err)
			}
		}
		all := []string{"cognome", "nome", "codice_fiscale", "iban", "e-mail", "cellulare", "data di nascita"}
		for range 2 {
			v, err := w.desk.Mask(w.ctx, distribution, ruling(all...))
			w.must(err)
			if v.State != catalog.Masked || len(v.Decisions) != 1 {
				t.Errorf("%+v", v)
			}
		}
		x := w.stored()
		if got := rowsOf(t, w.content(x)); list(got) != "[[via] [Roma] [Milano] [Torino]]" || x.Table == nil || len(x.Table.Columns) != 1 || x.Table.File != x.File.Hash || !x.Screened() {
			t.Errorf("masked: %v %+v", got, x.Table)
		}
		masked := *x.File
		if x = w.bring(personal); *x.File != masked || x.Hold.State != catalog.Masked {
			t.Errorf("equal bytes: %+v %+v", x.Hold, x.File)
		}
		// The next month's file holds no more than what is dropped.
		if x = w.bring(personal + "Verdi,Ugo,,,,,01/01/1970,Bari\n"); list(rowsOf(t, w.content(x))) != "[[via] [Roma] [Milano] [Torino] [Bari]]" || x.Hold.State != catalog.Masked {
			t.Errorf("next: %+v %q", x.Hold, w.content(x))
		}
		// And the one after it does.
		if x = w.bring("via,note\nRoma,RSSMRA80A01H501U\n"); x.Hold.State != catalog.Held || !strings.Contains(w.content(x), "Bari") {
			t.Errorf("other columns: %+v %q", x.Hold, w.content(x))
		}
	})
}

func TestAFileThatIsTakenAwayWaitsNoMore(t *testing.T) {
	engines(t, hold.On, func(w *world) {
		w.bring(personal)
		_, err := w.desk.PutDataset(w.ctx, &catalog.Dataset{ID: dataset, Name: "dati", Title: catalog.It("Dati"), Distributions: []catalog.Distribution{
			{ID: distribution, AccessURL: "https://altrove.example/", File: &catalog.File{}},
		}})
		w.must(err)
		all, err := w.desk.List(w.ctx, "")
		if x := w.stored(); err != nil || x.Hold != nil || x.File != nil || len(all) != 0 {
			w.t.Errorf("%v %+v %v", err, x, all)
		}
	})
}

func TestMetadataReadAgainKeepTheHold(t *testing.T) {
	engines(t, hold.On, func(w *world) {
		w.bring(personal)
		_, err := w.desk.PutDataset(w.ctx, &catalog.Dataset{ID: dataset, Name: "dati", Title: catalog.It("Nuovo titolo"), Distributions: []catalog.Distribution{
			{ID: distribution, AccessURL: "https://altrove.example/"},
		}})
		w.must(err)
		if x := w.stored(); x.Hold == nil || x.Hold.State != catalog.Held || !x.Withheld() {
			w.t.Errorf("%+v", x)
		}
	})
}

// TestAPurgedDatasetLeavesNothingOfItsHold is the part of PII-005 that is about
// data: the masked samples go with the dataset.
func TestAPurgedDatasetLeavesNothingOfItsHold(t *testing.T) {
	engines(t, hold.On, func(w *world) {
		w.bring(personal)
		w.must(w.store.PurgeDataset(w.ctx, dataset))
		rs, err := w.store.Records(w.ctx, catalog.RecordHold, "", "")
		if err != nil || len(rs) != 0 {
			w.t.Errorf("%v %v", err, rs)
		}
		if _, err := w.desk.Release(w.ctx, distribution, hold.Ruling{Basis: "x", By: "y"}); catalog.KindOf(err) != catalog.NotFound {
			w.t.Error(err)
		}
	})
}

func TestTheModes(t *testing.T) {
	for _, mode := range []hold.Mode{hold.Warn, hold.Off} {
		engines(t, mode, func(w *world) {
			if x := w.bring(personal); x.Hold != nil || w.content(x) != personal {
				w.t.Errorf("%s: %+v", mode, x)
			}
		})
	}
}

// TestAnUpdateInPlaceIsHeld is the way of the harvester's tables.
func TestAnUpdateInPlaceIsHeld(t *testing.T) {
	engines(t, hold.On, func(w *world) {
		t := w.t
		was := w.bring(clean)
		hash, size, err := w.blobs.Put(w.ctx, strings.NewReader(personal), 0)
		w.must(err)
		for range 2 {
			err = w.desk.UpdateDistribution(w.ctx, dataset, distribution, func(x *catalog.Distribution) error {
				x.File = &catalog.File{Hash: hash, Name: "dati.csv", Size: size}
				x.Table = &catalog.Table{Hash: hash, File: hash, Rows: 3}
				return nil
			})
			e, _ := err.(*catalog.Error) //nolint:errorlint // it is returned as it is
			if e == nil || e.Kind != catalog.Denied || !strings.Contains(e.Msg, "tax code") || !strings.Contains(e.MsgIT, "codice fiscale") || strings.Contains(e.Msg, "RSS") {
				t.Errorf("error %v", err)
			}
		}
		if x := w.stored(); x.File.Hash != was.File.Hash || x.Table != nil || x.Hold.State != catalog.Held {
			t.Errorf("%+v %+v", x.File, x.Table)
		}
		_, err = w.desk.Release(w.ctx, distribution, hold.Ruling{Basis: "legge", By: "Anna"})
		w.must(err)
		if x := w.stored(); x.File.Hash != hash || x.Table == nil || x.Table.Rows != 3 {
			t.Errorf("%+v %+v", x.File, x.Table)
		}
	})
}

// TestWhatNoColumnHoldsIsFound looks at other sheets and at what a table leaves
// out: whoever takes the original has them.
func TestWhatNoColumnHoldsIsFound(t *testing.T) {
	w := open(t, "sqlite:"+filepath.Join(t.TempDir(), "db"), hold.On)
	for name, c := range map[string]struct{ file, content, want string }{
		"a rejected row":    {"a.csv", "via,n\nRoma,1\nMilano,2\nBari,3,RSSMRA80A01H501U,x,y\nPisa,4\n", "outside the table: tax code"},
		"a title":           {"b.csv", "Elenco di RSSMRA80A01H501U;;\n;;\nvia;n;m\nRoma;1;2\nMilano;2;3\nBari;3;4\n", "outside the table: tax code"},
		"a text":            {"c.txt", "Il pagamento va a IT60 X054 2811 1010 0000 0123 456.\n\nGrazie.\n", "IBAN"},
		"a page of GeoJSON": {"d.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Point","coordinates":[11,43]},"properties":{"cf":"BNCLCU75D45F205T"}}]}`, "column “cf”"},
	} {
		x := w.bringNamed(c.file, c.content)
		if x.Hold == nil || x.Hold.State != catalog.Held {
			t.Errorf("%s is public", name)
			continue
		}
		v, err := w.desk.View(w.ctx, distribution)
		w.must(err)
		if len(v.Findings) == 0 || !strings.Contains(v.Findings[0].Reason["en"], c.want) {
			t.Errorf("%s: %+v", name, v.Findings)
		}
	}
}
