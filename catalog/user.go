package catalog

import "time"

// A User is a person or program that may change the catalog.
type User struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Email    string    `json:"email,omitempty"`
	FullName string    `json:"full_name,omitempty"`
	About    string    `json:"about,omitempty"` // Markdown without links
	ImageURL string    `json:"image_url,omitempty"`
	Sysadmin bool      `json:"sysadmin"`
	State    State     `json:"state,omitempty"` // Active or Deleted; "" = Active on writing. Deleted users act no more
	Password string    `json:"-"`               // argon2id in PHC form, or "" = cannot sign in by password
	Created  time.Time `json:"created"`
	Seen     time.Time `json:"seen,omitzero"` // when a token of theirs was last used, to the minute
}

// A Token lets a program act for a user. Only its SHA-256 is kept; the token
// itself is shown once, when it is made.
type Token struct {
	ID      string    `json:"id"`
	User    string    `json:"user"`           // ID
	Name    string    `json:"name,omitempty"` // what it is for, as its owner says
	Hash    string    `json:"-"`              // SHA-256, hexadecimal
	Scope   Scope     `json:"scope,omitempty"`
	Created time.Time `json:"created"`
	Expires time.Time `json:"expires,omitzero"`
	Used    time.Time `json:"used,omitzero"`
}

// A Scope narrows what a token may do of what its user may.
type Scope string

// The scopes: all that the user may, or reading alone. "org:NAME" allows
// changes to that organization and its datasets only.
const (
	ScopeAll  Scope = ""
	ScopeRead Scope = "read"
	ScopeOrg  Scope = "org:" // a prefix
)

// A Member is a user, or another group, in an organization or group.
type Member struct {
	ID      string // UUID
	Body    string // ID of the organization or group
	Kind    MemberKind
	Object  string // ID of the member
	Role    Role   // a group below another has RoleMember and no meaning of its own
	Created time.Time
}

// A MemberKind says what a member is.
type MemberKind string

// The kinds of member. That a dataset is in a group is told by the dataset.
const (
	MemberUser  MemberKind = "user"
	MemberGroup MemberKind = "group"
)
