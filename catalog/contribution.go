package catalog

import (
	"context"
	"time"
)

// A ContributionKind says what somebody without an account has sent.
type ContributionKind string

// The kinds of contribution.
const (
	Rating  ContributionKind = "rating"  // stars for a dataset, with reasons
	Report  ContributionKind = "report"  // a fault of a dataset
	Request ContributionKind = "request" // data that are not published yet
)

// A ContributionState says whether a contribution is shown.
type ContributionState string

// The states of a contribution.
const (
	Pending  ContributionState = "pending"  // a person has yet to look at it
	Accepted ContributionState = "accepted" // everybody sees it
	Rejected ContributionState = "rejected" // nobody sees it, and it is kept for the record
)

// A Contribution is what somebody has said of a dataset, or of one that is
// missing, without an account. Name and Email are for who answers and are
// never shown.
type Contribution struct {
	ID           string            `json:"id"`
	Number       int64             `json:"number"` // what it is called by in public; given when it is added
	Kind         ContributionKind  `json:"kind"`
	Dataset      string            `json:"dataset,omitempty"`      // ID
	Distribution string            `json:"distribution,omitempty"` // ID
	Row          int64             `json:"row,omitempty"`          // of the distribution's table that is wrong, from 1; 0 = none
	Column       string            `json:"column,omitempty"`       // name of the column that is wrong in that row; "" = not told
	Stars        int               `json:"stars,omitempty"`        // 1 to 5
	Reasons      []string          `json:"reasons,omitempty"`      // codes; what they mean is the pages' business
	Title        string            `json:"title,omitempty"`
	Text         string            `json:"text,omitempty"`
	Name         string            `json:"name,omitempty"`
	Email        string            `json:"email,omitempty"`
	Locale       string            `json:"locale,omitempty"`
	State        ContributionState `json:"state"`
	Answer       string            `json:"answer,omitempty"` // for everybody to see
	Created      time.Time         `json:"created"`
	Decided      time.Time         `json:"decided,omitzero"`
	By           string            `json:"by,omitempty"`      // who decided
	Due          time.Time         `json:"due,omitzero"`      // when the law wants an answer
	Answered     time.Time         `json:"answered,omitzero"` // when one was given
}

// A ContributionFilter says which contributions to list; what is zero does not
// matter.
type ContributionFilter struct {
	Kind    ContributionKind
	Dataset string // ID
	State   ContributionState
	Offset  int
	Limit   int // 0 = only count
}

// RatingOf is what people think of a dataset, all in all.
type RatingOf struct {
	N    int
	Mean float64 // of the stars; 0 when there are none
}

// Contributions keeps what people say without an account. It asks no rights:
// who shows a contribution looks at its State first.
type Contributions interface {
	// AddContribution keeps c as a new one; its ID, Number and Created are set.
	AddContribution(ctx context.Context, c *Contribution) error
	// Contribution returns one by its ID or its number.
	Contribution(ctx context.Context, ref string) (*Contribution, error)
	// Contributions returns those that the filter names, the latest first, and
	// how many there are without its limits.
	Contributions(ctx context.Context, f ContributionFilter) ([]*Contribution, int, error)
	// ChangeContribution reads one by its ID or number, lets change work on it
	// and keeps it, all in one step. An error of change keeps it as it was.
	ChangeContribution(ctx context.Context, ref string, change func(*Contribution) error) (*Contribution, error)
	// RatingOf counts the accepted ratings of a dataset.
	RatingOf(ctx context.Context, dataset string) (RatingOf, error)
}
