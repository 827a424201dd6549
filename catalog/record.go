package catalog

import (
	"encoding/json"
	"time"
)

// A Record is something that CKAN's clients keep in the catalog and that means
// nothing to the rest of it: a view of a resource, a relationship, a
// vocabulary, who follows what, the status of a task.
type Record struct {
	Kind     RecordKind
	Key      string // unique within Kind
	About    string // ID of what it is about; it goes when that is purged
	Owner    string // ID of a user or another thing, to find it by; "" = none
	Position int    // among those about the same thing
	Body     json.RawMessage
	Created  time.Time // set when it is first put
}

// A RecordKind says what a Record is.
type RecordKind string

// The kinds of record, with what About, Owner and Key are.
const (
	RecordView         RecordKind = "view"         // About = distribution, Key = its own ID
	RecordRelationship RecordKind = "relationship" // About = subject, Owner = object, Key = subject/object/type
	RecordVocabulary   RecordKind = "vocabulary"   // Key = its ID, About = its name
	RecordTag          RecordKind = "tag"          // About = vocabulary's ID, Key = its ID
	RecordFollow       RecordKind = "follow"       // Owner = follower, About = followed, Key = both
	RecordTask         RecordKind = "task"         // About = entity, Key = its ID
	RecordTranslation  RecordKind = "translation"  // About = term, Key = term and language
	RecordSetting      RecordKind = "setting"      // Key = name of a setting that may change at run time
	RecordGone         RecordKind = "gone"         // About = dataset, Key = ID of a distribution that was taken out of it
	RecordSeen         RecordKind = "seen"         // Key = user, Body = when they last read their news
	RecordTable        RecordKind = "table"        // Key = About = distribution, Body = what its table is
	RecordTableAlias   RecordKind = "table alias"  // Key = another name of a table, About = its distribution
	RecordRun          RecordKind = "run"          // Key = a periodic job of the program, Body = how its latest run went
	RecordProfile      RecordKind = "profile"      // Key = About = distribution, Body = what is in the columns of its table
	RecordRNDT         RecordKind = "rndt"         // Key = About = dataset that InRNDT holds for; kept by PutDataset
	RecordRaw          RecordKind = "raw record"   // Key = About = dataset, Owner = source, Body = a RawRecord
	RecordSnapshot     RecordKind = "snapshot"     // About = distribution, Key = it and the moment, Body = a snapshot of its rows
	RecordDictionary   RecordKind = "dictionary"   // Key = About = distribution, Body = what its publisher says of its columns
	RecordPicture      RecordKind = "picture"      // Key = hash of a blob that everybody may see, and its extension
	RecordPage         RecordKind = "page"         // Key = language/name, Body = the text in the place of the program's own
	RecordHold         RecordKind = "hold"         // Key = About = distribution, Owner = HoldState, Body = what was found and decided
	RecordOutlines     RecordKind = "outlines"     // Key = level of the areas, Body = what outlines are kept, and in which blob
	RecordSubscription RecordKind = "subscription" // Key = its ID, About = its kind, Owner = hash of the mailbox, Body = who wants to hear of what
	RecordOpenness     RecordKind = "openness"     // Key = a month such as "2026-11", Body = the facts of the openness index
)
