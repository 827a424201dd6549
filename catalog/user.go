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
