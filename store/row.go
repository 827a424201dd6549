package store

import (
	"strings"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// A row is a dataset as the database has it.
type row struct {
	id, name, organization, state           string
	private, published, quarantined         bool
	creator, source, record, digest, holder string
	titleSort                               string
	created, updated, revision              int64
	bodyVersion                             int
	body                                    []byte
}

const rowColumns = `id, name, organization, state, private, published, quarantined, creator, source, record,
	digest, holder, title_sort, created, updated, revision, body_version, body`

// into returns where Scan should put rowColumns.
func (r *row) into() []any {
	return []any{
		&r.id, &r.name, &r.organization, &r.state, &r.private, &r.published, &r.quarantined, &r.creator, &r.source, &r.record,
		&r.digest, &r.holder, &r.titleSort, &r.created, &r.updated, &r.revision, &r.bodyVersion, &r.body,
	}
}

func scanRow(rows *sqlx.Rows) (*row, error) {
	var r row
	return &r, rows.Scan(r.into()...)
}

func scanID(rows *sqlx.Rows) (id string, err error) {
	err = rows.Scan(&id)
	return id, err
}

func (r *row) values() []any {
	return []any{
		r.id, r.name, r.organization, r.state, r.private, r.published, r.quarantined, r.creator, r.source, r.record,
		r.digest, r.holder, r.titleSort, r.created, r.updated, r.revision, r.bodyVersion, string(r.body),
	}
}

// dataset returns the dataset that r holds.
func (r *row) dataset() (*catalog.Dataset, error) {
	d := new(catalog.Dataset)
	if err := datasetForm.read(r.body, r.bodyVersion, d); err != nil {
		return nil, err
	}
	d.ID, d.Name, d.Organization = r.id, r.name, r.organization
	d.State, d.Private, d.Creator = catalog.State(r.state), r.private, r.creator
	d.Origin = catalog.Origin{Source: r.source, Record: r.record, Digest: r.digest}
	d.Created, d.Updated, d.Revision = moment(r.created), moment(r.updated), r.revision
	return d, nil
}

// rowOf returns d as a row. What has once been public stays so in published.
func rowOf(d *catalog.Dataset, published bool) (*row, error) {
	body, err := encode(d)
	if err != nil {
		return nil, err
	}
	return &row{
		id: d.ID, name: d.Name, organization: d.Organization, state: string(d.State),
		private: d.Private, published: published || d.Visible(), quarantined: len(d.Quarantine) > 0,
		creator: d.Creator, source: d.Origin.Source, record: d.Origin.Record, digest: d.Origin.Digest,
		holder: d.Holder.Identifier, titleSort: titleSort(d.Title.String()),
		created: micros(d.Created), updated: micros(d.Updated), revision: d.Revision,
		bodyVersion: datasetForm.version(), body: body,
	}, nil
}

// title returns the title of a row that may be of any version, for messages.
func (r *row) title() string {
	var head struct {
		Title catalog.Text `json:"title"`
	}
	if err := datasetForm.read(r.body, r.bodyVersion, &head); err != nil || head.Title.String() == "" {
		return r.name
	}
	return head.Title.String()
}

// titleSort returns the part of a title that it is sorted by; an index takes
// no more than some 2,000 bytes.
func titleSort(title string) string {
	const most = 200
	title = strings.ToValidUTF8(title, "\uFFFD")
	n := 0
	for i := range title {
		if n == most {
			return title[:i]
		}
		n++
	}
	return title
}
