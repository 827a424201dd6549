package ckan_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"portico/harvester"
	"portico/harvester/ckan"
	"portico/harvester/web/webtest"
)

// A changing is a portal whose packages can be changed and which counts what
// it is asked.
type changing struct {
	mu       sync.Mutex
	packages []map[string]any
	asked    []string
	light    bool // it heeds fl
}

func (p *changing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := r.URL.Query()
	_, action, _ := strings.Cut(r.URL.Path, "/api/3/action/")
	p.asked = append(p.asked, action+map[bool]string{true: " light"}[q.Get("fl") != ""])
	var result any
	switch action {
	case "package_search":
		list := p.packages
		if q.Get("start") != "0" {
			list = nil
		}
		if q.Get("fl") != "" && p.light {
			var few []map[string]any
			for _, x := range list {
				few = append(few, map[string]any{"id": x["id"], "metadata_modified": x["metadata_modified"]})
			}
			list = few
		}
		result = map[string]any{"count": len(p.packages), "results": list}
	case "package_show":
		for _, x := range p.packages {
			if x["id"] == q.Get("id") {
				result = x
			}
		}
	}
	if result == nil {
		http.NotFound(w, r)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "result": result})
}

// The second reading of a portal asks once what has changed, and then for that
// alone; what is gone is no longer named, and what is not ours stays away.
func TestOnlyWhatHasChangedIsReadAgain(t *testing.T) {
	for name, light := range map[string]bool{"a portal that gives two fields": true, "one that gives all of them": false} {
		t.Run(name, func(t *testing.T) {
			p := &changing{light: light}
			for i := range 30 {
				kind := "dataset"
				if i == 3 {
					kind = "harvest"
				}
				p.packages = append(p.packages, map[string]any{"id": fmt.Sprint("id-", i), "name": fmt.Sprint("n", i), "title": fmt.Sprint("T", i), "type": kind, "metadata_modified": "2024-01-01T00:00:00"})
			}
			srv := httptest.NewServer(p)
			defer srv.Close()
			first := webtest.Open(t, ckan.Kind(), srv.URL, "")
			got, end := webtest.Read(t, first)
			if end != nil || len(got) != 29 {
				t.Fatalf("%d records, %v", len(got), end)
			}
			memo := first.(harvester.Rememberer).Memo()
			p.asked = nil
			if got, again := readAgain(t, srv.URL, memo); len(again) != 29 || len(got) != 0 || len(p.asked) != 1 {
				t.Errorf("nothing changed: %d read, %d the same, asked %q", len(got), len(again), p.asked)
			}
			p.packages[5]["metadata_modified"], p.packages[5]["title"] = "2024-02-02T00:00:00", "Nuovo"
			p.packages = append(p.packages[:7], p.packages[8:]...)
			p.asked = nil
			read, same := readAgain(t, srv.URL, memo)
			if len(same) != 27 || len(read) != 1 || read[0].Title != "Nuovo" {
				t.Errorf("one changed, one gone: %+v read, %d the same", read, len(same))
			}
			if want := "[package_search light package_show]"; fmt.Sprint(p.asked) != want {
				t.Errorf("asked %q", p.asked)
			}
			for _, x := range p.packages {
				x["metadata_modified"] = "2024-03-03T00:00:00"
			}
			if read, same := readAgain(t, srv.URL, memo); len(read) != 28 || len(same) != 0 {
				t.Errorf("all changed: %d read, %d the same", len(read), len(same))
			}
		})
	}
}

func readAgain(t *testing.T, url string, memo json.RawMessage) (read, same []webtest.Outcome) {
	t.Helper()
	conn := webtest.Open(t, ckan.Kind(), url, "")
	conn.(harvester.Rememberer).Recall(memo)
	all, end := webtest.Read(t, conn)
	if end != nil {
		t.Error(end)
	}
	for _, o := range all {
		if o.Error == harvester.ErrSame.Error() {
			same = append(same, o)
			continue
		}
		read = append(read, o)
	}
	return read, same
}
