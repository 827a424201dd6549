package main

import (
	"archive/zip"
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"portico/blob"
	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	"portico/internal/parquetfile"
	"portico/tabular"
	"portico/tabular/worker"
)

// tables measures the loading of a CSV file of rows/10 rows and 20 columns and
// of a workbook of rows/50, and what is asked of a table of rows and 10
// columns that is too large to be held. Bin is the program whose children read
// workbooks and run SQL.
func tables(ctx context.Context, bin string, rows int) error {
	if rows == 0 {
		return nil
	}
	dir, err := os.MkdirTemp("", "portico-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	for _, c := range []struct {
		name  string
		rows  int
		write func(io.Writer, int) error
		goal  string
	}{
		{"grande.csv", rows / 10, wideCSV, "goal 6 s and 300 MB at 1,000,000"},
		{"grande.xlsx", rows / 50, wideXLSX, "goal 20 s at 200,000"},
	} {
		path := filepath.Join(dir, c.name)
		if err := toFile(path, func(w io.Writer) error { return c.write(w, c.rows) }); err != nil {
			return err
		}
		l, err := loadApart(ctx, bin, path)
		if err != nil {
			return err
		}
		row(fmt.Sprintf("load %s, %d × 20", filepath.Ext(path), c.rows), l.took.Round(10*time.Millisecond),
			fmt.Sprintf("%.1f s of processor, %.0f MB at most; %s", l.cpu.Seconds(), float64(l.memory)/1e6, c.goal))
	}
	return ask(ctx, bin, dir, rows)
}

func toFile(path string, write func(io.Writer) error) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	return errors.Join(write(w), w.Flush(), f.Close())
}

// wideRow is a row of 20 clean values.
func wideRow(r int) []string {
	return []string{
		strconv.Itoa(r), fmt.Sprintf("Via Roma %d", r%977), strconv.Itoa(r * 7919 % 100000), fmt.Sprintf("%d.%02d", r%1000, r%100),
		fmt.Sprintf("2024-%02d-%02d", r%12+1, r%28+1), []string{"true", "false"}[r%2], fmt.Sprintf("ABC%05d", r%1000), fmt.Sprintf("%02d:30", r%24),
		"", strconv.Itoa(r % 3), fmt.Sprintf("comune %d", r%300), fmt.Sprintf("%d.%02d", r%7, r%100), strconv.Itoa(r), fmt.Sprintf("x%d", r%10),
		fmt.Sprintf("%d.%05d", 40+r%5, r%99999), strconv.Itoa(r % 50), fmt.Sprintf("testo più lungo %d", r%1000000), strconv.Itoa(r % 17), strconv.Itoa(r % 365), strconv.Itoa(r % 2),
	}
}

func wideCSV(w io.Writer, rows int) error {
	for i := range 20 {
		fmt.Fprintf(w, "%scolonna_%d", []string{"", ","}[min(i, 1)], i)
	}
	for r := range rows {
		if _, err := io.WriteString(w, "\n"+strings.Join(wideRow(r), ",")); err != nil {
			return err
		}
	}
	return nil
}

// wideXLSX writes the least that is a workbook, with texts in its cells.
func wideXLSX(w io.Writer, rows int) error {
	z := zip.NewWriter(w)
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Foglio1" sheetId="1" r:id="r1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
	} {
		f, err := z.Create(part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, head+part.text); err != nil {
			return err
		}
	}
	f, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(f, 1<<20) // it keeps its first error until Flush
	fmt.Fprint(b, head+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">`)
	for i := range 20 {
		fmt.Fprintf(b, `<c r="%c1" t="inlineStr"><is><t>colonna_%d</t></is></c>`, 'A'+i, i)
	}
	fmt.Fprint(b, "</row>")
	for r := range rows {
		fmt.Fprintf(b, `<row r="%d">`, r+2)
		for i, v := range wideRow(r) {
			if _, err := strconv.ParseFloat(v, 64); err == nil {
				fmt.Fprintf(b, `<c r="%c%d"><v>%s</v></c>`, 'A'+i, r+2, v)
			} else if v != "" {
				fmt.Fprintf(b, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+i, r+2, v)
			}
		}
		fmt.Fprint(b, "</row>")
	}
	fmt.Fprint(b, "</sheetData></worksheet>")
	return errors.Join(b.Flush(), z.Close())
}

// A loaded is what the loading of a file took: memory is that of the larger of
// the process and its child.
type loaded struct {
	took, cpu time.Duration
	memory    int64
}

// loadApart loads a file in a process of its own, so that its memory is its own.
func loadApart(ctx context.Context, bin, path string) (l loaded, err error) {
	self, err := os.Executable()
	if err != nil {
		return l, err
	}
	cmd := exec.CommandContext(ctx, self, "-bin", bin, "-load", path)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return l, err
	}
	l.took, err = time.ParseDuration(strings.TrimSpace(string(out)))
	l.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	if usage, _ := cmd.ProcessState.SysUsage().(*syscall.Rusage); usage != nil {
		l.memory = usage.Maxrss << 10
	}
	return l, err
}

// reader understands text here and all else in a child, as the program does.
func reader(bin string) datastore.Opener {
	pool := worker.NewPool([]string{bin, "table-worker"}, 1, worker.Limits{})
	return func(ctx context.Context, f blob.File, o tabular.Options) (*tabular.Table, func(), error) {
		head := make([]byte, tabular.HeadSize)
		n, err := f.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, err
		}
		file, isFile := f.(interface{ OS() *os.File })
		if !isFile || tabular.Plain(head[:n]) {
			t, err := tabular.Open(ctx, f, f.Size(), o)
			return t, func() {}, err
		}
		return pool.OpenOnce(ctx, file.OS(), f.Size(), o)
	}
}

// load loads one file and prints how long it took.
func load(bin, path string) error {
	debug.SetGCPercent(50)
	dir, err := os.MkdirTemp("", "portico-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	blobs, err := folder.Open(dir)
	if err != nil {
		return err
	}
	defer blobs.Close()
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	ctx := context.Background()
	hash, _, err := blobs.Put(ctx, f, 0)
	if err != nil {
		return err
	}
	start := time.Now()
	if _, err := datastore.NewWith(blobs, slog.New(slog.DiscardHandler), reader(bin)).Load(ctx, hash, filepath.Base(path), ""); err != nil {
		return err
	}
	fmt.Println(time.Since(start))
	return nil
}

var tallColumns = []catalog.Column{
	{Name: "id", Type: catalog.Integer},
	{Name: "comune", Type: catalog.String},
	{Name: "anno", Type: catalog.Integer},
	{Name: "importo", Type: catalog.Decimal, Scale: 2},
	{Name: "lat", Type: catalog.Decimal, Scale: 5},
	{Name: "lon", Type: catalog.Decimal, Scale: 5},
	{Name: "giorno", Type: catalog.Day},
	{Name: "attivo", Type: catalog.Boolean},
	{Name: "codice", Type: catalog.String},
	{Name: "punti", Type: catalog.Integer},
}

func tallRows(n int) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		towns := make([]string, 8000)
		for i := range towns {
			towns[i] = fmt.Sprintf("Comune di prova %d", i)
		}
		first := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range n {
			mixed := int64(i) * 2654435761 % 1_000_003
			row := []any{
				int64(i), towns[mixed%8000], 2015 + mixed%10, float64(mixed%100_000) / 100, 36 + float64(mixed%1_000_000)/1e5, 7 + float64(mixed*7%1_000_000)/1e5,
				first.AddDate(0, 0, int(mixed%3650)), mixed%2 == 0, fmt.Sprintf("K%08d", mixed*97%90_000_000), mixed % 20,
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// ask measures what is asked of a table of n rows.
func ask(ctx context.Context, bin, dir string, n int) error {
	blobs, err := folder.Open(filepath.Join(dir, "blobs"))
	if err != nil {
		return err
	}
	defer blobs.Close()
	pr, pw := io.Pipe()
	go func() {
		_, err := parquetfile.Write(ctx, pw, tallColumns, tallRows(n))
		pw.CloseWithError(err)
	}()
	hash, size, err := blobs.Put(ctx, pr, 0)
	if err != nil {
		return err
	}
	row(fmt.Sprintf("table of %d × 10", n), fmt.Sprintf("%.0f MB", float64(size)/1e6), "Parquet")
	s := datastore.New(blobs, slog.New(slog.DiscardHandler))
	t := &catalog.Table{Hash: hash, Rows: int64(n), Columns: tallColumns}
	all := datastore.NewTables(blobs, nil, slog.New(slog.DiscardHandler))
	v, err := all.Snapshot(ctx, s, t)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		name    string
		filters func(i int) string
		q       datastore.Query
		goal    string
	}{
		{"first page", nil, datastore.Query{Limit: 100}, "goal 100 ms"},
		{"page from the middle", nil, datastore.Query{Limit: 100, Offset: n / 2}, ""},
		{"filter on a number that rises", func(i int) string { return fmt.Sprintf(`{"id":%d}`, i*n/20) }, datastore.Query{Limit: 100}, "goal 300 ms"},
		{"filter on a text", func(i int) string { return fmt.Sprintf(`{"comune":"Comune di prova %d"}`, i) }, datastore.Query{Limit: 100}, "goal 300 ms"},
		{"filter on a number", func(i int) string { return fmt.Sprintf(`{"anno":%d}`, 2015+i%10) }, datastore.Query{Limit: 100}, "goal 300 ms"},
		{"filter on two columns", func(i int) string { return fmt.Sprintf(`{"anno":%d,"comune":"Comune di prova %d"}`, 2015+i%10, i) }, datastore.Query{Limit: 100}, "goal 300 ms"},
		{"filter on a range of amounts", func(i int) string { return fmt.Sprintf(`{"importo":{"gte":%d,"lt":%d}}`, i, i+1) }, datastore.Query{Limit: 100}, "goal 300 ms"},
		{"filter on a code", func(i int) string { return fmt.Sprintf(`{"codice":"K%08d"}`, i*97) }, datastore.Query{Limit: 100}, "goal 300 ms"},
	} {
		if err := asked(ctx, v, c.name, c.filters, c.q, c.goal); err != nil {
			return err
		}
	}
	if err := grouped(ctx, bin, s, t); err != nil {
		return err
	}
	return exported(ctx, v)
}

func asked(ctx context.Context, v *datastore.View, name string, filters func(i int) string, q datastore.Query, goal string) error {
	const times = 7
	var took []time.Duration
	used := usage()
	for i := range times {
		if filters != nil {
			d := json.NewDecoder(strings.NewReader(filters(i + 1)))
			d.UseNumber()
			var given any
			if err := d.Decode(&given); err != nil {
				return err
			}
			var err error
			if q.Filter, err = datastore.NewFilter(v.Fields, given); err != nil {
				return err
			}
		}
		start := time.Now()
		if _, err := v.Search(ctx, q); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	used = (usage() - used) / times
	row("  "+name, median(took).Round(100*time.Microsecond), fmt.Sprintf("%v of processor; %s", used.Round(100*time.Microsecond), goal))
	return nil
}

// exported reads every row, as an export does.
func exported(ctx context.Context, v *datastore.View) error {
	runtime.GC()
	debug.FreeOSMemory()
	start, used, most := time.Now(), usage(), uint64(0)
	_, rows, err := v.Stream(ctx, datastore.Query{Limit: -1})
	if err != nil {
		return err
	}
	n := 0
	var m runtime.MemStats
	for _, err := range rows {
		if err != nil {
			return err
		}
		if n++; n%100_000 == 0 {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
		}
	}
	row("  all rows, streamed", time.Since(start).Round(10*time.Millisecond), fmt.Sprintf("%.1f s of processor, %.0f MB of heap at most; goal 200 MB", (usage()-used).Seconds(), float64(most)/1e6))
	return nil
}
