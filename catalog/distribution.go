package catalog

import (
	"encoding/json"
	"time"
)

// A Distribution is one form in which the data of a Dataset can be had
// (dcatapit:Distribution; CKAN calls it a resource).
type Distribution struct {
	ID          string   `json:"id"` // UUID version 4 in form, stable over harvests
	URI         string   `json:"uri,omitempty"`
	Title       Text     `json:"title,omitempty"`
	Description Text     `json:"description,omitempty"`
	AccessURL   string   `json:"access_url,omitempty"`   // dcat:accessURL, always set in a dataset that is fed
	DownloadURL string   `json:"download_url,omitempty"` // dcat:downloadURL
	Format      string   `json:"format,omitempty"`       // EU file-type code such as "CSV"; "" = not known
	FormatLabel string   `json:"format_label,omitempty"` // as the publisher says it; shown to people and CKAN clients
	MediaType   string   `json:"media_type,omitempty"`   // type/subtype
	License     string   `json:"license,omitempty"`      // canonical licence URL, see dcat/vocab
	Issued      Date     `json:"issued,omitempty"`
	Modified    Date     `json:"modified,omitempty"`
	ByteSize    int64    `json:"byte_size,omitempty"` // bytes; 0 = not known
	Checksum    Checksum `json:"checksum"`

	Rights         string     `json:"rights,omitempty"`       // dct:rights, IRI or text
	Availability   string     `json:"availability,omitempty"` // EU planned-availability code
	Status         string     `json:"status,omitempty"`       // adms:status, IRI
	CompressFormat string     `json:"compress_format,omitempty"`
	PackageFormat  string     `json:"package_format,omitempty"`
	Languages      []string   `json:"languages,omitempty"`
	Pages          []string   `json:"pages,omitempty"` // foaf:page
	ConformsTo     []Standard `json:"conforms_to,omitempty"`
	Legislation    []string   `json:"legislation,omitempty"`
	Services       []Service  `json:"services,omitempty"` // dcat:accessService

	Created time.Time `json:"created,omitzero"` // when we first saw it
	Updated time.Time `json:"updated,omitzero"` // when it last changed here
	Extras  []Field   `json:"extras,omitempty"` // CKAN resource keys that the profile does not know, in order

	File  *File  `json:"file,omitempty"`  // the original bytes, where we keep them
	Table *Table `json:"table,omitempty"` // the current snapshot of its rows, where there is one

	Hold *HoldNote `json:"hold,omitempty"` // that personal data were found in what it offers
}

// A Field is a resource key that we keep as it came, any JSON.
type Field struct {
	Key   string          `json:"key"`
	Value json.RawMessage `json:"value"`
}

// A Checksum is of the file that a distribution offers (spdx:checksum).
type Checksum struct {
	Algorithm string `json:"algorithm,omitempty"` // "sha1", "sha256", "md5"
	Value     string `json:"value,omitempty"`     // hexadecimal, lower case
}

// A Service is an API that gives access to a distribution (dcat:DataService).
type Service struct {
	URI                 string    `json:"uri,omitempty"`
	Title               Text      `json:"title,omitempty"`
	Description         Text      `json:"description,omitempty"`
	EndpointURLs        []string  `json:"endpoint_urls,omitempty"`
	EndpointDescription string    `json:"endpoint_description,omitempty"`
	ServesDatasets      []string  `json:"serves_datasets,omitempty"`
	License             string    `json:"license,omitempty"`
	AccessRights        string    `json:"access_rights,omitempty"`
	Availability        string    `json:"availability,omitempty"`
	Pages               []string  `json:"pages,omitempty"`
	ConformsTo          []string  `json:"conforms_to,omitempty"`
	Legislation         []string  `json:"legislation,omitempty"`
	HVD                 []string  `json:"hvd,omitempty"`
	Contacts            []Contact `json:"contacts,omitempty"`
}

// A File is the original bytes of a distribution, kept in package blob.
type File struct {
	Hash      string    `json:"hash"` // SHA-256, hexadecimal; "" = they are kept aside, see Hold
	Name      string    `json:"name"` // a safe file name
	Size      int64     `json:"size"`
	MediaType string    `json:"media_type"` // sniffed from the bytes
	Fetched   time.Time `json:"fetched"`
	Uploaded  bool      `json:"uploaded,omitempty"` // sent to us rather than fetched
}

// OfEach returns what f says of every distribution of d, in their order, where
// it says anything.
func (d *Dataset) OfEach(f func(*Distribution) string) []string {
	var out []string
	for i := range d.Distributions {
		if v := f(&d.Distributions[i]); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// CommonLicense returns the licence that every one of xs has, or "".
func CommonLicense(xs []Distribution) string {
	for _, x := range xs {
		if x.License != xs[0].License {
			return ""
		}
	}
	if len(xs) == 0 {
		return ""
	}
	return xs[0].License
}

// URL returns where the data can be had: the download URL, else the access URL.
func (d *Distribution) URL() string {
	if d.DownloadURL != "" {
		return d.DownloadURL
	}
	return d.AccessURL
}
