package catalog

import (
	"context"
	"encoding/json"
	"time"
)

// A Link is what is known of an address at which data can be had.
type Link struct {
	Address  string    `json:"address"`
	Checked  time.Time `json:"checked,omitzero"`  // the latest try; zero = nobody has tried yet
	Answered time.Time `json:"answered,omitzero"` // the latest try that went well
	Status   int       `json:"status,omitempty"`  // of HTTP; 0 = there was no answer
	Method   string    `json:"method,omitempty"`  // HEAD or GET: what the server answered to
	Reason   Text      `json:"reason,omitempty"`  // why the latest try failed, in Italian and English
	Since    time.Time `json:"since,omitzero"`    // the first of the failures in a row; zero = it answers
	Struck   time.Time `json:"struck,omitzero"`   // the latest failure that counted
	Strikes  int       `json:"strikes,omitempty"` // failures in a row, at most one a day
	Due      time.Time `json:"due,omitzero"`      // when it is tried again
}

// MostStrikes is after how many failures in a row, on as many days, a link is
// broken: a server may be away for a night.
const MostStrikes = 3

// Broken reports whether a link has failed for so long that it counts.
func (l *Link) Broken() bool { return l.Strikes >= MostStrikes }

// Links keeps what is known of the addresses of data. It is the same for all
// who ask: whoever knows an address may know whether it answers.
type Links interface {
	// SeeLinks notes that addresses are in use. Those that are new are due.
	SeeLinks(ctx context.Context, addresses []string, at time.Time) error
	// LinksOf returns what is known of addresses, by address. Those that are
	// not known are left out.
	LinksOf(ctx context.Context, addresses []string) (map[string]*Link, error)
	// DueLinks returns links that are due at a moment, the longest due first.
	DueLinks(ctx context.Context, at time.Time, limit int) ([]*Link, error)
	// FailingLinks returns the links with at least so many Strikes, those that
	// fail for the longest first.
	FailingLinks(ctx context.Context, strikes int) ([]*Link, error)
	// PutLink replaces what is known of a link that was seen; of others it
	// keeps nothing.
	PutLink(ctx context.Context, l *Link) error
	// ForgetLinks forgets those that were not seen since a moment, and returns
	// how many they were.
	ForgetLinks(ctx context.Context, since time.Time) (int, error)
	// CountLinks counts them.
	CountLinks(ctx context.Context) (LinkCount, error)
}

// A LinkCount says how many links there are.
type LinkCount struct {
	All     int `json:"all"`
	Tried   int `json:"tried"`
	Failing int `json:"failing"` // the latest try failed; the Broken are among them
	Broken  int `json:"broken"`
}

// A Score is how good the metadata of a dataset were found.
type Score struct {
	Dataset  string // ID
	Revision int64  // of the dataset that was scored
	Scheme   string // by which rules; with others it is to be scored again
	Rated    time.Time
	Points   int
	Body     json.RawMessage // what the points are made of
}

// Scores keeps the scores of datasets. Only those that everybody may see have
// one, so everybody may see them.
type Scores interface {
	// PutScores keeps scores. Those of datasets that are not there are dropped.
	PutScores(ctx context.Context, scores []Score) error
	// Scores calls f with the score of each public dataset of an organization,
	// given by its ID, or of all where it is "".
	Scores(ctx context.Context, organization string, f func(Score) error) error
	// Unscored returns the IDs of public datasets that have no score of their
	// revision in a scheme.
	Unscored(ctx context.Context, scheme string, limit int) ([]string, error)
	// RescoreAll makes all scores out of date.
	RescoreAll(ctx context.Context) error
	// QualityStamp is a number that changes when a link was tried or a dataset
	// scored. Caches of what tells of it are keyed by it.
	QualityStamp(ctx context.Context) (int64, error)
}
