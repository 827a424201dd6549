package harvester

import (
	"encoding/json"
	"errors"
)

// A Rememberer is a connector that asks a source for less when it knows what
// its latest complete reading met: validators of documents, moments of change.
//
// Whoever runs it calls Recall before Records, with what Memo returned after
// the latest reading that came to its end without a rejected record, or nil.
// A memo that a connector does not understand is as good as none. When a
// record comes with ErrSame and nothing is kept of it, the memo has outlived
// the catalog and must be forgotten, so that the next reading is a full one.
type Rememberer interface {
	// Recall gives back what Memo returned. After it Records may yield ErrSame.
	Recall(memo json.RawMessage)
	// Memo returns what to remember of the reading that has just ended, nil
	// when it did not come to its end. It is small beside the catalog.
	Memo() json.RawMessage
}

// ErrSame comes in place of a record that is as it was at the reading that
// Recall told of: the Record has an ID and nothing else. Only a Rememberer
// yields it, and only after Recall with a memo.
var ErrSame = errors.New("the record is as it was")
