package quality

import (
	"net/url"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat"
)

// mostAddress bounds an address that is tried.
const mostAddress = 4000

// Addresses returns the web addresses at which the data of d can be had, each
// once.
func Addresses(d *catalog.Dataset) []string {
	var out []string
	for i := range d.Distributions {
		for _, a := range []string{d.Distributions[i].AccessURL, d.Distributions[i].DownloadURL} {
			if isWeb(a) && !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

func isWeb(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && len(address) <= mostAddress
}

// ownPath returns the path of an address of this site, without language.
func ownPath(site catalog.Site, address string) (path string, own bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	home, err := url.Parse(site.Origin)
	if err != nil || !strings.EqualFold(u.Host, home.Host) || u.Host == "" {
		return "", false
	}
	for _, lang := range []string{"/it/", "/en/"} {
		if rest, ok := strings.CutPrefix(u.Path, lang); ok {
			return "/" + rest, true
		}
	}
	return u.Path, true
}

// ownReach tells whether this site answers at a path, without asking: a page of
// d is there, and a file where it is kept. Of what is none of our addresses it
// knows nothing.
func ownReach(d *catalog.Dataset, path string) dcat.Reach {
	rest, ok := strings.CutPrefix(path, "/dataset/")
	if !ok {
		return dcat.NotTried
	}
	ref, rest, _ := strings.Cut(rest, "/")
	if ref != d.ID && ref != d.Name {
		return dcat.NotTried
	}
	rest, ok = strings.CutPrefix(rest, "resource/")
	if !ok {
		return dcat.Reached
	}
	id, rest, _ := strings.Cut(rest, "/")
	i := slices.IndexFunc(d.Distributions, func(x catalog.Distribution) bool { return x.ID == id })
	switch {
	case i < 0:
		return dcat.Unreached
	case strings.HasPrefix(rest, "download") && d.Distributions[i].File == nil:
		return dcat.Unreached
	case strings.HasPrefix(rest, "data.") && (d.Distributions[i].Table == nil || d.Distributions[i].Table.Hash == ""):
		return dcat.Unreached
	}
	return dcat.Reached
}
