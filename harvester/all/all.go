// Package all lists the connectors that a program can harvest with.
package all

import (
	"portico/harvester"
	"portico/harvester/ckan"
	"portico/harvester/dcat"
	"portico/harvester/files"
)

// Connectors returns the registry of all connectors: one line a connector.
func Connectors() *harvester.Registry {
	return harvester.NewRegistry(
		dcat.Kind(),
		ckan.Kind(),
		files.Kind(),
	)
}
