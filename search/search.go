// Package search finds datasets. Its engines hold no datasets, only what is
// needed to find them: an answer is a page of IDs, and the store has the rest.
package search

import (
	"context"
	"math/bits"
	"strings"
	"time"
)

// An Engine finds documents by text and by field. searchtest.Run says how
// every engine must behave.
type Engine interface {
	// Put adds the documents, or replaces those with the same ID.
	Put(ctx context.Context, docs ...Document) error

	// Delete removes the documents with the given IDs, where they are.
	Delete(ctx context.Context, ids ...string) error

	// Clear removes every document.
	Clear(ctx context.Context) error

	// Search answers q with one page. A Put or Delete that has returned is
	// seen by every later Search.
	Search(ctx context.Context, q Query) (Page, error)

	// Len returns how many documents there are.
	Len(ctx context.Context) (int, error)
}

// A Document is a dataset as engines see it. Any field may be absent.
type Document struct {
	ID      string
	Strings map[Field][]string  // exact values, case-sensitive; facets and filters
	Texts   map[Field][]string  // analysed for words
	Dates   map[Field]time.Time // UTC, milliseconds
	Ints    map[Field]int64
}

// A Field is a field of a Document. Extras have fields too: "extra:KEY".
type Field string

// The fields that every dataset's document may have. The type says in which
// map of Document it stands.
const (
	ID            Field = "id"            // string
	Name          Field = "name"          // string
	Organization  Field = "organization"  // string: the organization's name (slug)
	OrgID         Field = "org_id"        // string: the organization's ID
	Holder        Field = "holder"        // string: the holder's identifier, else its name
	HolderName    Field = "holder_name"   // string
	Theme         Field = "theme"         // string: theme code
	Group         Field = "group"         // string: group names
	Keyword       Field = "keyword"       // string
	Format        Field = "format"        // string: as shown to people
	License       Field = "license"       // string: CKAN license id
	Frequency     Field = "frequency"     // string: EU code
	HVD           Field = "hvd"           // string: category code
	Visibility    Field = "visibility"    // string: "public" or "private"
	State         Field = "state"         // string
	Kind          Field = "kind"          // string: CKAN's package type
	TitleSort     Field = "title_sort"    // string, one value
	Municipality  Field = "municipality"  // string
	BoxWest       Field = "box_west"      // string: where the box of all places ends, as Box writes it
	BoxSouth      Field = "box_south"     // string
	BoxEast       Field = "box_east"      // string
	BoxNorth      Field = "box_north"     // string
	Stars         Field = "stars"         // string: 1 to 5 for openness, as vocab.Openness counts; absent without an open licence
	Column        Field = "column"        // string: names of columns of tables, as people are shown them
	Title         Field = "title"         // text
	Description   Field = "description"   // text
	All           Field = "all"           // text: everything that one would look for
	Created       Field = "created"       // date
	Updated       Field = "updated"       // date: of the record
	Modified      Field = "modified"      // date: of the data
	Distributions Field = "distributions" // int: how many
)

// The fields that CKAN's clients ask for beside those.
const (
	Text                    Field = "text"                     // text: what CKAN looks in, unless told where
	Author                  Field = "author"                   // text
	AuthorEmail             Field = "author_email"             // text
	Maintainer              Field = "maintainer"               // text
	MaintainerEmail         Field = "maintainer_email"         // text
	DistributionName        Field = "distribution_name"        // text
	DistributionDescription Field = "distribution_description" // text
	URLs                    Field = "urls"                     // text: the landing page and the distributions' addresses
	URL                     Field = "url"                      // string: the landing page
	DistributionURL         Field = "distribution_url"         // string
	DistributionType        Field = "distribution_type"        // string
	Version                 Field = "version"                  // string
	Creator                 Field = "creator"                  // string: a user's ID
	Keywords                Field = "keywords"                 // int: how many
)

// Instead returns the field by which an engine answers for f when it does not
// hold f itself: Text, URLs and the words of extras say again what other fields
// say, and only an engine that must answer as CKAN does needs them.
func (f Field) Instead() (Field, bool) {
	if f == Text {
		return All, true
	}
	if f == URLs {
		return DistributionURL, true
	}
	if key, ok := strings.CutPrefix(string(f), WordsPrefix); ok {
		return Field(ExtraPrefix + key), true
	}
	return f, false
}

// A Page is part of an answer.
type Page struct {
	Total  int
	IDs    []string  // best first
	Scores []float32 // of IDs, when Query.Scores asks for them
	Facets map[Field][]Count
}

// A Count is a value of a facet with the number of documents that have it.
type Count struct {
	Value string
	N     int
}

// RoundedLength returns the length of a text, in words, as Lucene remembers it
// in one byte: up to 40 as it is, then in four significant bits. Who scores by
// it puts documents in the order in which Lucene has them.
func RoundedLength(n int) int {
	const exact = 24
	if n < exact {
		return n
	}
	rest := uint(n - exact)
	if drop := bits.Len(rest) - 4; drop > 0 {
		rest = rest >> drop << drop
	}
	return exact + int(rest)
}
