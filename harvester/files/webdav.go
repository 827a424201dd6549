package files

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/harvester/web"
	"portico/internal/httpclient"
	"portico/internal/xmltree"
)

// maxListing bounds the answer about one folder.
const maxListing = 32 << 20

// asked is what we want to know of the files in a folder.
const asked = `<?xml version="1.0" encoding="utf-8"?><propfind xmlns="DAV:"><prop><resourcetype/><getcontentlength/><getlastmodified/><getetag/></prop></propfind>`

// webdav lists the files of a WebDAV folder and of those below it. Nothing
// outside of it is followed, whatever the server says.
func (c *connector) webdav(ctx context.Context) (*shelf, error) {
	top, err := web.Address(c.where, "una cartella WebDAV", "a WebDAV folder")
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(top.Path, "/") {
		top.Path, top.RawPath = top.Path+"/", ""
	}
	s := &shelf{}
	todo := []*url.URL{top}
	been := map[string]bool{top.Path: true}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		entries, err := c.propfind(ctx, at)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			name, inside := strings.CutPrefix(e.at.Path, top.Path)
			if !inside || name == "" || been[e.at.Path] {
				continue
			}
			been[e.at.Path] = true
			switch {
			case !e.folder:
				s.put(c.davItem(name, e))
			case c.enters(name):
				todo = append(todo, e.at)
			}
			if err := tooMany(len(been)); err != nil {
				return nil, err
			}
		}
	}
	return s.sorted(), nil
}

// enters reports whether a folder is looked into.
func (c *connector) enters(folder string) bool {
	return strings.Count(folder, "/") <= cmp.Or(c.o.Depth, maxDepth) && !strings.HasPrefix(lastOf(folder), ".")
}

func lastOf(folder string) string {
	folder = strings.TrimSuffix(folder, "/")
	return folder[strings.LastIndex(folder, "/")+1:]
}

// An entry is a file or folder in a listing.
type entry struct {
	at       *url.URL
	folder   bool
	size     int64
	modified time.Time
}

// davItem makes an item of a file. Where the server wants a credential the
// address is of no use to others, and the bytes are handed out by Open.
func (c *connector) davItem(name string, e entry) item {
	address := e.at.String()
	it := item{path: name, size: e.size, modified: e.modified, open: func(ctx context.Context) (file, error) { return c.download(ctx, address) }}
	if !c.sealed {
		it.url = address
	}
	return it
}

func (c *connector) propfind(ctx context.Context, at *url.URL) ([]entry, error) {
	req, err := http.NewRequestWithContext(ctx, "PROPFIND", at.String(), strings.NewReader(asked))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Depth", "1")
	req.Header.Set("Content-Type", "application/xml")
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, davError(at, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusMultiStatus {
		return nil, davError(at, &httpclient.StatusError{Status: resp.StatusCode})
	}
	var b bytes.Buffer
	if n, err := io.Copy(&b, io.LimitReader(resp.Body, maxListing+1)); err != nil || n > maxListing {
		return nil, davError(at, cmp.Or(err, httpclient.ErrTooLarge))
	}
	return listing(b.Bytes(), at)
}

func davError(at *url.URL, err error) error {
	it, en := httpclient.Explain(err)
	return catalog.Errorf(catalog.Unavailable, "no WebDAV folder at %s (%s)", at.Redacted(), en).
		Italian("nessuna cartella WebDAV all'indirizzo %s (%s)", at.Redacted(), it).Because(err)
}

// listing reads a multistatus answer about the folder at an address.
func listing(body []byte, at *url.URL) ([]entry, error) {
	root, err := xmltree.Parse(body, xmltree.Limits{})
	if err != nil || root.Name != "multistatus" {
		return nil, catalog.Errorf(catalog.Invalid, "the server's list of files is not understood").
			Italian("l'elenco dei file del server non si capisce").Because(err)
	}
	var out []entry
	for _, r := range root.All("response") {
		u, err := at.Parse(r.Value("href"))
		if err != nil || u.Host != at.Host || u.Scheme != at.Scheme || strings.Contains(u.Path, "/../") {
			continue
		}
		u.RawQuery, u.Fragment, u.User = "", "", nil
		prop := r.First("propstat/prop")
		e := entry{at: u, folder: prop.First("resourcetype/collection") != nil, size: -1}
		if e.folder && !strings.HasSuffix(u.Path, "/") {
			u.Path, u.RawPath = u.Path+"/", ""
		}
		if n, err := strconv.ParseInt(prop.Value("getcontentlength"), 10, 64); err == nil {
			e.size = n
		}
		if t, err := http.ParseTime(prop.Value("getlastmodified")); err == nil {
			e.modified = t
		}
		out = append(out, e)
	}
	return out, nil
}
