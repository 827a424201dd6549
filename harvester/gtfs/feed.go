package gtfs

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"portico/catalog"
)

// Limits on a feed.
const (
	maxEntries = 500
	maxMember  = 1 << 30 // unpacked; stop_times.txt of a region is large
	maxRatio   = 200
	maxRows    = 500_000 // of stops, routes and trips, which are kept in memory
	maxTimes   = 50_000_000
	maxPoints  = 5_000_000 // of shapes
	maxCell    = 10_000
)

var errNotGTFS = errors.New("no archive with stops.txt and routes.txt")

// A feed is what is read of one.
type feed struct {
	members  map[string]*zip.File
	agencies []map[string]string
	info     map[string]string
	stops    table
	routes   table
	trips    int
	placed   int        // stops that have a place
	box      [4]float64 // of their places: west, south, east, north
	from, to catalog.Date
	modified time.Time
	problems []catalog.Problem
}

// A table is a file of the feed, whole.
type table struct {
	head []string
	rows [][]string
}

// column returns the place of a column, -1 when there is none.
func (t *table) column(name string) int {
	for i, h := range t.head {
		if h == name {
			return i
		}
	}
	return -1
}

// cell returns a value of a row, "" where there is none.
func cell(row []string, column int) string {
	if column < 0 || column >= len(row) {
		return ""
	}
	return strings.TrimSpace(row[column])
}

// write writes t as CSV in UTF-8.
func (t table) write(to io.Writer) error {
	w := csv.NewWriter(to)
	if err := w.Write(t.head); err != nil {
		return err
	}
	for _, row := range t.rows {
		for len(row) < len(t.head) {
			row = append(row, "")
		}
		if err := w.Write(row[:len(t.head)]); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// read reads a feed as far as its metadata and its tables of stops and routes.
func read(body []byte) (*feed, error) {
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, err
	}
	f := &feed{members: make(map[string]*zip.File)}
	if len(z.File) > maxEntries {
		return nil, fmt.Errorf("more than %d entries", maxEntries)
	}
	f.index(z.File)
	if f.members["stops.txt"] == nil || f.members["routes.txt"] == nil {
		return nil, errNotGTFS
	}
	for name, to := range map[string]*table{"stops.txt": &f.stops, "routes.txt": &f.routes} {
		if *to, err = f.whole(name); err != nil {
			return nil, err
		}
	}
	if f.stops.column("stop_id") < 0 || f.routes.column("route_id") < 0 {
		return nil, errNotGTFS
	}
	return f, f.facts()
}

// index finds the files of the feed by their names. Some feeds lie in a folder
// of the archive. Nothing is unpacked to a disk, so the name counts as a name
// alone.
func (f *feed) index(entries []*zip.File) {
	for _, e := range entries {
		name := strings.ToLower(path.Base(e.Name))
		if !strings.HasSuffix(name, ".txt") || f.members[name] != nil {
			continue
		}
		f.members[name] = e
		if e.Modified.After(f.modified) {
			f.modified = e.Modified
		}
	}
}

// facts reads what describes the feed.
func (f *feed) facts() error {
	agencies, err := f.whole("agency.txt")
	if err != nil {
		return err
	}
	f.agencies = agencies.maps()
	info, err := f.whole("feed_info.txt")
	if err != nil {
		return err
	}
	f.info = map[string]string{}
	if list := info.maps(); len(list) > 0 {
		f.info = list[0]
	}
	if err := f.each("trips.txt", maxRows*10, func(func(string) string) error { f.trips++; return nil }); err != nil {
		return err
	}
	f.locate()
	return f.period()
}

func (t *table) maps() []map[string]string {
	out := make([]map[string]string, 0, len(t.rows))
	for _, row := range t.rows {
		m := make(map[string]string)
		for i, h := range t.head {
			m[h] = cell(row, i)
		}
		out = append(out, m)
	}
	return out
}

// whole reads a file of the feed; one that is not there has no rows.
func (f *feed) whole(name string) (table, error) {
	var t table
	err := f.rows(name, maxRows, func(head, row []string) error {
		if t.head == nil {
			t.head = head
			return nil
		}
		t.rows = append(t.rows, row)
		return nil
	})
	return t, err
}

// each calls f with every row of a file.
func (f *feed) each(name string, most int, take func(get func(string) string) error) error {
	var at map[string]int
	return f.rows(name, most, func(head, row []string) error {
		if at == nil {
			at = make(map[string]int)
			for i, h := range head {
				at[h] = i
			}
			return nil
		}
		return take(func(column string) string {
			if i, ok := at[column]; ok {
				return cell(row, i)
			}
			return ""
		})
	})
}

// rows streams a file of the feed, within limits that do not trust what the
// archive says of itself. The first call has no row.
func (f *feed) rows(name string, most int, take func(head, row []string) error) error {
	e := f.members[name]
	if e == nil {
		return nil
	}
	body, err := e.Open()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer body.Close()
	limit := min(int64(maxMember), max(1<<20, int64(e.CompressedSize64)*maxRatio))
	counted := &io.LimitedReader{R: body, N: limit}
	r := csv.NewReader(transform.NewReader(counted, unicode.BOMOverride(transform.Nop)))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	var head []string
	for n := 0; ; n++ {
		row, err := r.Read()
		switch {
		case counted.N <= 0:
			return fmt.Errorf("%s: unpacks to more than %d bytes", name, limit)
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s: %w", name, err)
		case n > most:
			return fmt.Errorf("%s: more than %d rows", name, most)
		}
		for i := range row {
			row[i] = strings.ToValidUTF8(row[i][:min(len(row[i]), maxCell)], "\ufffd")
		}
		if head == nil {
			for _, h := range row {
				head = append(head, strings.ToLower(strings.TrimSpace(h)))
			}
			row = nil
		}
		if err := take(head, row); err != nil {
			return err
		}
	}
}

// locate finds the box of the stops.
func (f *feed) locate() {
	lat, lon := f.stops.column("stop_lat"), f.stops.column("stop_lon")
	wrong := 0
	for _, row := range f.stops.rows {
		x, y, ok := point(cell(row, lon), cell(row, lat))
		if !ok {
			wrong++
			continue
		}
		if f.placed == 0 {
			f.box = [4]float64{x, y, x, y}
		}
		f.box = [4]float64{min(f.box[0], x), min(f.box[1], y), max(f.box[2], x), max(f.box[3], y)}
		f.placed++
	}
	if wrong > 0 {
		f.problems = append(f.problems, catalog.Problemf("stops.txt", strconv.Itoa(wrong), "stop-without-place",
			"Alcune fermate non hanno coordinate valide: mancano dalla mappa.", "Some stops have no valid coordinates: they are not on the map.").
			WithMend("Dare a ogni fermata stop_lat e stop_lon in gradi.", "Give each stop stop_lat and stop_lon in degrees."))
	}
}

// point reads a place in degrees. Null island is none.
func point(lon, lat string) (x, y float64, ok bool) {
	x, errX := strconv.ParseFloat(strings.Replace(lon, ",", ".", 1), 64)
	y, errY := strconv.ParseFloat(strings.Replace(lat, ",", ".", 1), 64)
	ok = errX == nil && errY == nil && x >= -180 && x <= 180 && y >= -90 && y <= 90 && (x != 0 || y != 0)
	return x, y, ok
}

// period finds from when to when the feed is of use.
func (f *feed) period() error {
	f.from, f.to = day(f.info["feed_start_date"]), day(f.info["feed_end_date"])
	if f.from != "" && f.to != "" {
		return nil
	}
	var first, last catalog.Date
	widen := func(from, to catalog.Date) {
		if from != "" && (first == "" || from < first) {
			first = from
		}
		last = max(last, to)
	}
	err := f.each("calendar.txt", maxRows, func(get func(string) string) error {
		widen(day(get("start_date")), day(get("end_date")))
		return nil
	})
	if err == nil {
		err = f.each("calendar_dates.txt", maxRows*10, func(get func(string) string) error {
			if get("exception_type") == "1" {
				widen(day(get("date")), day(get("date")))
			}
			return nil
		})
	}
	f.from, f.to = cmp.Or(f.from, first), cmp.Or(f.to, last)
	return err
}

// day reads a date as GTFS writes it.
func day(s string) catalog.Date {
	t, err := time.Parse("20060102", s)
	if err != nil {
		return ""
	}
	return catalog.DateOf(t)
}

// agency returns what the first agency that says something says.
func (f *feed) agency(key string) string {
	for _, a := range f.agencies {
		if a[key] != "" {
			return a[key]
		}
	}
	return ""
}

func (f *feed) publisher() string {
	return cmp.Or(f.info["feed_publisher_name"], f.agency("agency_name"))
}

// title names the feed by its agencies.
func (f *feed) title() string {
	const most = 3
	var names []string
	for _, a := range f.agencies {
		if n := a["agency_name"]; n != "" && len(names) < most {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		names = append(names, cmp.Or(f.publisher(), "rete"))
	}
	return "Trasporto pubblico: " + strings.Join(names, ", ")
}

func (f *feed) description() catalog.Text {
	return catalog.Text{
		"it": fmt.Sprintf("Linee, fermate e orari in formato GTFS: %d linee, %d fermate, %d corse.", len(f.routes.rows), len(f.stops.rows), f.trips),
		"en": fmt.Sprintf("Routes, stops and timetables as GTFS: %d routes, %d stops, %d trips.", len(f.routes.rows), len(f.stops.rows), f.trips),
	}
}
