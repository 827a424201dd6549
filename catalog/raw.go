package catalog

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"time"
)

// A RawRecord is a record as its source sent it, at the latest run that made
// or changed a dataset of it, or rejected it. It is kept as a Record of the
// kind RecordRaw, whose key is the ID that the dataset has or would have.
type RawRecord struct {
	ID        string // of the dataset, whether there is one or not
	Source    string // ID
	Record    string // the record's ID at the source
	Run       string // ID
	MediaType string
	Text      string
	Cut       bool // there was more than is kept
	Rejected  bool // no dataset was made of it
	Taken     time.Time

	// Of a record that a program has put here, in place of a harvest: how far
	// it says that it is, the dataset that it says was made of it, and what
	// else it says.
	State   string
	Dataset string
	Extras  map[string]string
}

// maxRaw bounds what is kept of one record, in bytes.
const maxRaw = 512 << 10

// packedRaw is how a RawRecord is kept: its text is packed, for records are
// many and repeat themselves.
type packedRaw struct {
	Record    string    `json:"record"`
	Run       string    `json:"run,omitempty"`
	MediaType string    `json:"media_type"`
	Gzip      []byte    `json:"gzip"`
	Cut       bool      `json:"cut,omitempty"`
	Rejected  bool      `json:"rejected,omitempty"`
	Taken     time.Time `json:"taken"`

	State   string            `json:"state,omitempty"`
	Dataset string            `json:"dataset,omitempty"`
	Extras  map[string]string `json:"extras,omitempty"`
}

// Pack returns r as it is kept. What is no text in UTF-8 is left out of it.
func (r *RawRecord) Pack() (*Record, error) {
	text, cut := r.Text, r.Cut
	if len(text) > maxRaw {
		text, cut = text[:maxRaw], true
	}
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, strings.ToValidUTF8(text, "")); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(packedRaw{
		Record: r.Record, Run: r.Run, MediaType: r.MediaType, Gzip: b.Bytes(), Cut: cut, Rejected: r.Rejected, Taken: r.Taken,
		State: r.State, Dataset: r.Dataset, Extras: r.Extras,
	})
	if err != nil {
		return nil, err
	}
	return &Record{Kind: RecordRaw, Key: r.ID, About: r.ID, Owner: r.Source, Body: body}, nil
}

// RawOf returns what Pack has packed.
func RawOf(rec *Record) (*RawRecord, error) {
	var p packedRaw
	if err := json.Unmarshal(rec.Body, &p); err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(p.Gzip))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, 2*maxRaw)) // more than Pack puts in
	if err != nil {
		return nil, err
	}
	return &RawRecord{
		ID: rec.Key, Source: rec.Owner, Record: p.Record, Run: p.Run, MediaType: p.MediaType, Text: string(text),
		Cut: p.Cut, Rejected: p.Rejected, Taken: p.Taken,
		State: p.State, Dataset: p.Dataset, Extras: p.Extras,
	}, nil
}
