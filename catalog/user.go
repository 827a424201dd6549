package catalog

import "time"

// A User is a person or program that may change the catalog.
type User struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Email    string    `json:"email,omitempty"`
	Sysadmin bool      `json:"sysadmin"`
	Created  time.Time `json:"created"`
}

// A Token lets a program act for a user. Only its SHA-256 is kept; the token
// itself is shown once, when it is made.
type Token struct {
	ID      string    `json:"id"`
	User    string    `json:"user"`
	Hash    string    `json:"-"`               // SHA-256, hexadecimal
	Scope   string    `json:"scope,omitempty"` // "" = all that the user may; "read" = reading alone
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Used    time.Time `json:"used,omitzero"`
}

// An Activity is one change, as decision D17 asks: who, when, what.
type Activity struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Verb   string    `json:"verb"`   // "new dataset", "changed dataset", "retired dataset", …
	Object string    `json:"object"` // ID of what changed
	Source string    `json:"source,omitempty"`
	Body   []byte    `json:"-"` // the object as it is after the change, in JSON
}
