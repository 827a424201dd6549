package catalog

import (
	"net/url"
	"slices"
	"strings"
)

// RNDTExtra is the key of the extra by which a publisher or a connector says
// whether the RNDT, the national catalogue of geodata, describes a dataset.
const RNDTExtra = "rndt"

// rndtHost is the site of the RNDT, under which its identifiers are.
const rndtHost = "geodati.gov.it"

// InRNDT reports whether d is geodata that the RNDT describes. By AgID's
// guidelines (requirements 16 and 30) such data reach dati.gov.it from there
// alone, so that a feed that holds them, too, makes them appear twice. The
// extra RNDTExtra says so; where it is missing, an address of d at the RNDT.
func (d *Dataset) InRNDT() bool {
	switch strings.ToLower(strings.TrimSpace(d.Extra(RNDTExtra))) {
	case "":
	case "true", "1", "yes", "si", "sì", "on", "x":
		return true
	default:
		return false
	}
	for _, addresses := range [][]string{{d.URI, d.LandingPage}, d.Pages, d.SourceIRIs} {
		if slices.ContainsFunc(addresses, atRNDT) {
			return true
		}
	}
	return false
}

func atRNDT(address string) bool {
	if !strings.Contains(address, rndtHost) {
		return false
	}
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == rndtHost || strings.HasSuffix(host, "."+rndtHost)
}
