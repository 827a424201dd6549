package catalog

import (
	"encoding/json"
	"time"
)

// A Source is a remote catalog that we harvest.
type Source struct {
	ID           string          `json:"id"`
	Name         string          `json:"name"` // slug, unique
	Title        string          `json:"title,omitempty"`
	Kind         string          `json:"kind"` // the name of a connector, such as "ckan"
	URL          string          `json:"url"`  // or a path, for the files connector
	Organization string          `json:"organization,omitempty"`
	Draft        bool            `json:"draft,omitempty"`         // new datasets are drafts
	AllowPrivate bool            `json:"allow_private,omitempty"` // may be at a private address
	WithData     bool            `json:"with_data,omitempty"`     // fetch tables, too
	Paused       bool            `json:"paused,omitempty"`
	Held         bool            `json:"held,omitempty"`     // the brake stopped its latest run; waits for approval
	Approved     bool            `json:"approved,omitempty"` // the next run may retire what the brake would hold
	Options      json.RawMessage `json:"options,omitempty"`  // the connector's own
	Created      time.Time       `json:"created"`
}

// A RunStatus says how a harvest run stands.
type RunStatus string

// The states of a run.
const (
	RunRunning     RunStatus = "running"
	RunDone        RunStatus = "done"        // read to its end
	RunFailed      RunStatus = "failed"      // could not be read to its end; nothing was retired
	RunHeld        RunStatus = "held"        // read, but too much was missing; nothing was retired
	RunInterrupted RunStatus = "interrupted" // the program went away
)

// A Run is one harvest of a Source, as it is kept and shown.
type Run struct {
	ID       string          `json:"id"`
	Source   string          `json:"source"`
	Status   RunStatus       `json:"status"`
	Started  time.Time       `json:"started"`
	Finished time.Time       `json:"finished,omitzero"`
	Error    string          `json:"error,omitempty"`  // safe to show
	Report   json.RawMessage `json:"report,omitempty"` // harvester.Report
}
