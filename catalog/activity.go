package catalog

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// An Activity is one change, as decision D17 asks: who, when, what.
type Activity struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Actor   string    `json:"actor"`    // name, as it was then
	ActorID string    `json:"actor_id"` // of the user; "" for the program and for visitors
	Verb    string    `json:"verb"`     // "new dataset", "changed dataset", "retired dataset", …
	Kind    string    `json:"kind"`     // of the object: "dataset", "organization", "group", "user", …
	Object  string    `json:"object"`   // ID of what changed
	Source  string    `json:"source,omitempty"`
	Body    []byte    `json:"-"` // the object as it is after the change, in JSON
	Dataset *Dataset  `json:"-"` // the dataset as it is after the change, where the object is one and was not purged
}

// An ActivityFilter chooses activities. Its zero value chooses all that the
// actor may see.
type ActivityFilter struct {
	ID            int64     // only this one; 0 = any
	Objects       []string  // IDs of what changed; nil = any
	Organization  string    // ID: the organization itself and the datasets in it now
	Group         string    // ID: the group itself and the datasets in it now
	ActorID       string    // who changed something
	Followed      string    // ID of a user: their own, and those of what they follow
	Kinds         []string  // of objects; nil = any
	Verbs         []string  // only these; nil = any
	NotVerbs      []string  // and not these
	After, Before time.Time // strictly; zero = no bound
	Offset, Limit int       // Limit < 0 = all
}

// activityRef begins the references of activities, which look like CKAN's IDs.
const activityRef = "00000000-0000-4000-8000-"

// Ref returns the number of a in the form of CKAN's IDs, as addresses have it.
func (a *Activity) Ref() string { return fmt.Sprintf(activityRef+"%012x", a.ID) }

// ActivityNumber is the reverse of Activity.Ref; 0 is no activity.
func ActivityNumber(ref string) int64 {
	hex, ok := strings.CutPrefix(ref, activityRef)
	n, err := strconv.ParseInt(hex, 16, 64)
	if !ok || err != nil || n <= 0 || (&Activity{ID: n}).Ref() != ref {
		return 0
	}
	return n
}
