package usage

import (
	"net/http"
	"strings"

	"github.com/mileusna/useragent"

	"portico/catalog"
)

// A target is what a request asks for: a dataset by its ID or name, or a
// distribution by its ID.
type target struct {
	kind         catalog.UseKind
	dataset      string // "" when there is a distribution
	distribution string
}

// maxRef bounds the names that are kept in memory.
const maxRef = 200

// targetOf tells what a request is a use of, by its address.
func targetOf(r *http.Request) (target, bool) {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return target{}, false
	}
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if len(parts) > 1 && len(parts[0]) == 2 { // a language
		parts = parts[1:]
	}
	t, ok := named(parts, r)
	return t, ok && len(t.dataset) <= maxRef && len(t.distribution) <= maxRef
}

func named(parts []string, r *http.Request) (target, bool) {
	switch {
	case parts[0] == "dataset" && r.Method == http.MethodGet:
		return inDataset(parts[1:])
	case len(parts) == 3 && parts[0] == "datastore" && parts[1] == "dump" && r.Method == http.MethodGet:
		return target{kind: catalog.UseDownload, distribution: parts[2]}, true
	case len(parts) >= 3 && parts[0] == "api" && parts[len(parts)-1] == "datastore_search":
		id := r.URL.Query().Get("resource_id") // one in a body stays unread here
		return target{kind: catalog.UseQuery, distribution: id}, id != ""
	}
	return target{}, false
}

// inDataset reads {ref}, {ref}/resource/{id}, …/download[/file], …/data.{format}.
func inDataset(parts []string) (target, bool) {
	switch {
	case len(parts) == 1 && parts[0] != "":
		ref, format, _ := strings.Cut(parts[0], ".")
		if format != "" { // metadata for machines
			return target{}, false
		}
		return target{kind: catalog.UseView, dataset: ref}, true
	case len(parts) < 3 || parts[1] != "resource":
		return target{}, false
	case len(parts) == 3:
		return target{kind: catalog.UseView, distribution: parts[2]}, true
	case parts[3] == "download" || len(parts) == 4 && strings.HasPrefix(parts[3], "data."):
		return target{kind: catalog.UseDownload, distribution: parts[2]}, true
	}
	return target{}, false
}

// isRobot reports whether nobody looks at the answer. Programs may download
// and query, for that is how data are used; pages are read in browsers.
func isRobot(r *http.Request, kind catalog.UseKind) bool {
	agent := r.UserAgent()
	if len(agent) > 1000 {
		return true
	}
	if kind == catalog.UseView && !strings.HasPrefix(agent, "Mozilla/") {
		return true
	}
	if p := r.Header.Get("Sec-Purpose") + r.Header.Get("Purpose"); strings.Contains(p, "prefetch") {
		return true
	}
	return useragent.Parse(agent).Bot
}

// done reports whether the answer was what was asked for. A download that
// leads elsewhere counts, and so does a page that the browser has already;
// the further parts of a file that is taken in parts do not.
func done(status int, r *http.Request, kind catalog.UseKind) bool {
	switch status {
	case http.StatusOK:
		return true
	case http.StatusNotModified:
		return kind == catalog.UseView
	case http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect:
		return kind == catalog.UseDownload
	case http.StatusPartialContent:
		return strings.HasPrefix(r.Header.Get("Range"), "bytes=0-")
	}
	return false
}
