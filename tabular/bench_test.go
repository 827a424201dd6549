package tabular_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"portico/tabular"
)

// writeBig writes a clean table of 20 columns.
func writeBig(w io.Writer, rows int) {
	b := bufio.NewWriterSize(w, 1<<20)
	defer b.Flush()
	for i := range 20 {
		fmt.Fprintf(b, "%scolonna_%d", []string{"", ";"}[min(i, 1)], i)
	}
	b.WriteByte('\n')
	for r := range rows {
		fmt.Fprintf(b, "%d;Via Roma %d;%d;%d,%02d;2024-%02d-%02d;%s;ABC%05d;%02d:30;;%d;comune %d;%d,%02d;%d;x%d;n.d.;%d;%d;testo più lungo %d;%d;%d\n",
			r, r%977, (r*7919)%100000, r%1000, r%100, r%12+1, r%28+1, []string{"sì", "no"}[r%2], r%1000, r%24, r%3, r%300,
			r%7, r%100, r, r%10, r%50, (r*31)%1000000, r%17, r%365, r%2)
	}
}

func benchmarkOpen(b *testing.B, path string, rows int64) {
	for b.Loop() {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		st, err := f.Stat()
		if err != nil {
			b.Fatal(err)
		}
		b.SetBytes(st.Size())
		t, err := tabular.Open(b.Context(), f, st.Size(), tabular.Options{})
		if err != nil {
			b.Fatal(err)
		}
		var n int64
		for _, err := range t.Rows {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != rows || t.DataRows != rows {
			b.Fatalf("%d rows", n)
		}
		f.Close()
	}
}

// BenchmarkOpenCSV understands and reads 1,000,000 rows of 20 columns.
func BenchmarkOpenCSV(b *testing.B) {
	path := filepath.Join(b.TempDir(), "big.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	writeBig(f, 1_000_000)
	f.Close()
	benchmarkOpen(b, path, 1_000_000)
}

// BenchmarkOpenXLSX understands and reads 200,000 rows of 20 columns.
func BenchmarkOpenXLSX(b *testing.B) {
	path := filepath.Join(b.TempDir(), "big.xlsx")
	x := excelize.NewFile()
	w, err := x.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	const rows = 200_000
	row := make([]any, 20)
	for r := range rows + 1 {
		for i := range row {
			switch {
			case r == 0:
				row[i] = fmt.Sprintf("colonna %d", i)
			case i%3 == 0:
				row[i] = r * (i + 1)
			case i%3 == 1:
				row[i] = float64(r) / 7
			default:
				row[i] = fmt.Sprintf("Via Roma %d", r%977)
			}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", r+1), row); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := x.SaveAs(path); err != nil {
		b.Fatal(err)
	}
	benchmarkOpen(b, path, rows)
}
