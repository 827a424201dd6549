package files

import (
	"bytes"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"

	"portico/catalog"
	"portico/internal/httpclient"
)

// depotAddress reads an address of the form scheme://host:port/path, which
// holds nothing else: the account is the source's credential.
func depotAddress(raw, en, it string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery+u.Fragment != "" || u.ForceQuery || strings.Contains(u.Path, "\x00") {
		return nil, catalog.Errorf(catalog.Invalid, "the address of %s is its scheme, host and path, and holds nothing else", en).
			Italian("l'indirizzo di %s è fatto di schema, host e percorso, e non contiene altro", it).Because(err)
	}
	u.Path = path.Clean("/" + u.Path)
	return u, nil
}

// unreached is the error of a depot that could not be read.
func unreached(at string, err error) error {
	it, en := httpclient.Explain(err)
	return catalog.Errorf(catalog.Unavailable, "no files at %.200s (%s)", at, en).
		Italian("nessun file all'indirizzo %.200s (%s)", at, it).Because(err)
}

// whole reads a file to its end into memory, within the limit of one file.
func whole(r io.Reader, name string) (file, error) {
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, maxMember+1))
	if err != nil {
		return nil, fmt.Errorf("read %.200s: %w", name, err)
	}
	if n > maxMember {
		return nil, catalog.Errorf(catalog.Invalid, "the file %.200s has more than %d bytes", name, maxMember).
			Italian("il file %.200s ha più di %d byte", name, maxMember)
	}
	return inMemory{bytes.NewReader(b.Bytes())}, nil
}

// reached reports whether every folder on the way to a file is looked into.
func reached(name string, enters func(folder string) bool) bool {
	for i, r := range name {
		if r == '/' && !enters(name[:i+1]) {
			return false
		}
	}
	return true
}

// linkRefused is the problem of a link among files.
func linkRefused(name string) catalog.Problem {
	return catalog.Problemf("file", name, "link-refused",
		"È un collegamento simbolico: non viene seguito.", "It is a symbolic link: it is not followed.").
		WithMend("Mettere il file stesso nella cartella.", "Put the file itself into the folder.")
}
