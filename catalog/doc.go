// Package catalog defines what an open-data catalog is made of: datasets, the
// distributions that carry their data, the bodies that own and publish them,
// and the sources that they are harvested from.
//
// Every other package speaks in these types. The words are DCAT-AP_IT's:
// holder, distribution, theme; CKAN's live at the border (api, internal/ckan).
// Package catalog imports only the standard library, so it can be read first
// and understood alone.
package catalog
