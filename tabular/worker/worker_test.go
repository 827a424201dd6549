package worker_test

import (
	"archive/zip"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/tabular"
	"portico/tabular/worker"
)

// asChild makes the test program the child.
const asChild = "as-child"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asChild {
		if err := worker.Serve(context.Background(), os.Stdin, os.NewFile(3, "table"), os.Stdout); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func pool(l worker.Limits) *worker.Pool { return worker.NewPool([]string{os.Args[0], asChild}, 2, l) }

func fileOf(t *testing.T, name, content string) (*os.File, int64) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, int64(len(content))
}

func allRows(table *tabular.Table) (all [][]any, err error) {
	for row, err := range table.Rows {
		if err != nil {
			return all, err
		}
		all = append(all, append([]any(nil), row...))
	}
	return all, nil
}

func TestAChildReadsAsWeDo(t *testing.T) {
	const in = "n;v;ok;g;o;t;s\n1;1,5;sì;2024-03-01;09:30;01/03/2024 08:30;Àcqua\n2;;no;;;;\nx\n"
	f, size := fileOf(t, "a.csv", in)
	here, err := tabular.Open(t.Context(), f, size, tabular.Options{})
	if err != nil {
		t.Fatal(err)
	}
	there, err := pool(worker.Limits{}).Open(t.Context(), f, size, tabular.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the rows can be read again
		a, err1 := allRows(here)
		b, err2 := allRows(there)
		if diff := cmp.Diff(a, b); diff != "" || err1 != nil || err2 != nil || len(a) != 2 {
			t.Fatal(err1, err2, diff)
		}
	}
	here.Rows, there.Rows = nil, nil
	if diff := cmp.Diff(here, there); diff != "" {
		t.Error(diff)
	}
}

func TestRefusalsComeBackInBothLanguages(t *testing.T) {
	f, size := fileOf(t, "a.csv", "<!doctype html><html>")
	_, err := pool(worker.Limits{}).Open(t.Context(), f, size, tabular.Options{})
	if e, ok := errors.AsType[*catalog.Error](err); !ok || e.Kind != catalog.Invalid || e.In("it") != "È una pagina web, non una tabella" || e.In("en") != "This is a web page, not a table" {
		t.Errorf("%v", err)
	}
}

func TestAChildThatTakesTooMuchIsEnded(t *testing.T) {
	// A million different texts of 200 letters that a workbook shares.
	var b strings.Builder
	z := zip.NewWriter(&b)
	add := func(name string, f func(w func(string))) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		f(func(s string) { w.Write([]byte(s)) })
	}
	add("xl/workbook.xml", func(w func(string)) { w(`<workbook><sheets><sheet name="A" sheetId="1"/></sheets></workbook>`) })
	add("xl/sharedStrings.xml", func(w func(string)) {
		w("<sst>")
		for i := range 500_000 {
			w("<si><t>" + strings.Repeat(string(rune('a'+i%26))+string(rune('a'+i/26%26)), 100) + "</t></si>")
		}
		w("</sst>")
	})
	add("xl/worksheets/sheet1.xml", func(w func(string)) { w(`<row><c t="s"><v>1</v></c></row>`) })
	z.Close()
	f, size := fileOf(t, "a.xlsx", b.String())
	started := time.Now()
	_, err := pool(worker.Limits{Memory: 80 << 20, Time: 20 * time.Second}).Open(t.Context(), f, size, tabular.Options{})
	if e, ok := errors.AsType[*catalog.Error](err); !ok || e.Kind != catalog.Invalid || !strings.Contains(e.In("it"), "più memoria o tempo") {
		t.Errorf("%v", err)
	}
	if d := time.Since(started); d > 25*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestAChildWithoutTimeIsKilled(t *testing.T) {
	p := worker.NewPool([]string{"sleep", "100"}, 1, worker.Limits{Time: time.Millisecond})
	f, size := fileOf(t, "a.csv", "a;b\n1;2\n")
	started := time.Now()
	_, err := p.Open(t.Context(), f, size, tabular.Options{})
	if e, ok := errors.AsType[*catalog.Error](err); !ok || e.In("en") != "Reading the file takes too long" || time.Since(started) > 10*time.Second {
		t.Errorf("%v after %v", err, time.Since(started))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Open(ctx, f, size, tabular.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}
