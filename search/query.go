package search

import "time"

// A Query asks for the documents that match Root and every filter.
type Query struct {
	Root    Node   // scored; nil = All
	Filters []Node // not scored
	Sort    []Sort // empty = best first, then latest Updated, then ID
	Facets  []Facet
	Offset  int
	Limit   int  // 0 = no IDs, only counts
	Drafts  bool // whether drafts may be among them, for those who may see them
	Scores  bool // whether the page tells how well each document matches Root
}

// A Sort is one key of an order. Documents without the field come last; ties
// are broken by ID. Score sorts by relevance.
type Sort struct {
	Field Field
	Desc  bool
}

// Score is the pseudo-field of relevance.
const Score Field = "score"

// A Facet asks for the values of a field, most frequent first, ties by value.
type Facet struct {
	Field Field
	Limit int // < 0 = all
	Min   int // least count; 0 is read as 1
}

// A Node is part of a query. The kinds of node are the types of this file.
type Node interface{ node() }

type (
	// Everything matches every document.
	Everything struct{}

	// Nothing matches none.
	Nothing struct{}

	// Bool matches as Lucene's BooleanQuery does: all of Must, none of Not; if
	// Must is empty, at least Min (or 1) of Should. With nothing but Not it
	// matches nothing.
	Bool struct {
		Must, Should, Not []Node
		Min               int // of Should that must match; 0 = 1 when Must is empty, else 0
	}

	// DisMax matches what any of Of matches; the score is the best, plus Tie
	// times the others.
	DisMax struct {
		Of  []Node
		Tie float64
	}

	// Boost multiplies the score of a node.
	Boost struct {
		Of Node
		By float64
	}

	// Term matches documents with exactly Value in a string field. In a text
	// field Value is analysed, and every word of it must be there.
	Term struct {
		Field Field
		Value string
	}

	// Words matches a person's words in a text field: each is analysed; all
	// must be there, or any when Any is set. The last may be unfinished when
	// Prefix is set.
	Words struct {
		Field  Field
		Text   string
		Any    bool
		Prefix bool
	}

	// Phrase matches words one after another, at most Slop apart.
	Phrase struct {
		Field Field
		Text  string
		Slop  int
	}

	// Prefix matches values that begin with Value.
	Prefix struct {
		Field Field
		Value string
	}

	// Wildcard matches with * and ?.
	Wildcard struct {
		Field   Field
		Pattern string
	}

	// Fuzzy matches within an edit distance of 1 or 2.
	Fuzzy struct {
		Field    Field
		Value    string
		Distance int
	}

	// Range matches values between two ends; "" = open. For dates the ends are
	// in From and To, for others in Low and High.
	Range struct {
		Field             Field
		Low, High         string
		From, To          time.Time
		LowOpen, HighOpen bool // the end itself does not match
	}

	// Exists matches documents that have the field.
	Exists struct{ Field Field }

	// IDs matches the documents with the given IDs.
	IDs struct{ Of []string }
)

func (Everything) node() {}
func (Nothing) node()    {}
func (Bool) node()       {}
func (DisMax) node()     {}
func (Boost) node()      {}
func (Term) node()       {}
func (Words) node()      {}
func (Phrase) node()     {}
func (Prefix) node()     {}
func (Wildcard) node()   {}
func (Fuzzy) node()      {}
func (Range) node()      {}
func (Exists) node()     {}
func (IDs) node()        {}
