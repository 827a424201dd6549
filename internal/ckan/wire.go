// Package ckan holds CKAN's words for a dataset: the wire types and their
// conversion to and from catalog, side by side. The api uses it as a server,
// harvester/ckan as a client. It knows no HTTP and no store.
package ckan

import (
	"encoding/json"

	"portico/catalog"
)

// A Package is what package_show answers, field for field. Text is "" for what
// is null or missing.
type Package struct {
	ID, Name, Title, Notes, URL, Version string
	Author, AuthorEmail                  string
	Maintainer, MaintainerEmail          string
	LicenseID, LicenseTitle, LicenseURL  string
	State, Type, OwnerOrg, CreatorUserID string
	MetadataCreated, MetadataModified    string
	Private                              bool
	Organization                         *Group
	Groups                               []Group
	Tags                                 []Tag
	Extras                               []catalog.Extra
	Resources                            []Resource
	Rest                                 map[string]json.RawMessage // every other key; the DCAT-AP_IT fields among them
	Blank                                map[string]string          // which of the texts above were sent, but blank
}

// A Tag is a tag of a package. Vocabulary is the ID of its vocabulary, "" for a
// free tag.
type Tag struct{ Name, Vocabulary string }

// A Group is a group or an organization, as a package shows it.
type Group struct {
	ID, Name, Title, Description, ImageURL string
	Extras                                 []catalog.Extra
}

// A Resource is one resource of a package.
type Resource struct {
	ID, Name, Description, URL, Format, MediaType string
	Hash, URLType, State                          string
	Created, LastModified                         string
	Size                                          int64
	Rest                                          []catalog.Field // every other key, in order; the DCAT-AP_IT fields among them
	Core                                          []catalog.Field // what was sent of CKAN's own keys that no field above can hold
}

// core are the keys of a package that are CKAN's own; the others are Rest.
var core = set(
	"author", "author_email", "creator_user_id", "extras", "groups", "id", "isopen", "license_id", "license_title", "license_url",
	"maintainer", "maintainer_email", "metadata_created", "metadata_modified", "name", "notes", "num_resources", "num_tags",
	"organization", "owner_org", "private", "relationships_as_object", "relationships_as_subject", "resources", "state", "tags",
	"title", "type", "url", "version",
)

// bookkeeping are keys that tell of the remote's own housekeeping and mean
// nothing elsewhere.
var bookkeeping = set(
	"revision_id", "revision_timestamp", "tracking_summary", "dataset_is_local", "plugin_data", "validated_data_dict",
	"ckan_url", "download_url_count", "license", "score", "index_id", "log_message", "package_id", "position",
	"resource_group_id", "webstore_last_updated", "webstore_url", "archiver", "qa", "cache_last_updated", "cache_url", "data_hold",
	"datastore_active", "datastore_contains_all_records_of_source_file", "mimetype_inner", "resource_type", "metadata_modified",
	"num_followers", "can_be_previewed", "has_views", "on_same_domain", "ckan_recommended_wms_preview",
)

func set(keys ...string) map[string]bool {
	m := make(map[string]bool, len(keys))
	for _, k := range keys {
		m[k] = true
	}
	return m
}
