// Package all lists the connectors that a program can harvest with.
package all

import (
	"portico/harvester"
	"portico/harvester/arcgis"
	"portico/harvester/ckan"
	"portico/harvester/csw"
	"portico/harvester/datajson"
	"portico/harvester/dcat"
	"portico/harvester/files"
	"portico/harvester/frictionless"
	"portico/harvester/gtfs"
	"portico/harvester/l190"
	"portico/harvester/ogc"
	"portico/harvester/openapi"
	"portico/harvester/opendatasoft"
	"portico/harvester/socrata"
	"portico/harvester/sql"
	"portico/harvester/udata"
)

// Connectors returns the registry of all connectors: one line a connector.
// Where two are equally sure of an address, the first one reads it.
func Connectors() *harvester.Registry {
	return harvester.NewRegistry(
		dcat.Kind(),
		ckan.Kind(),
		csw.Kind(),
		ogc.Kind(),
		arcgis.Kind(),
		datajson.Kind(),
		opendatasoft.Kind(),
		socrata.Kind(),
		udata.Kind(),
		frictionless.Kind(),
		gtfs.Kind(),
		l190.Kind(),
		openapi.Kind(),
		sql.Kind(),
		files.Kind(),
	)
}
