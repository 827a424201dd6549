package catalog

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"time"
)

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

// tokenPrefix tells our tokens from other texts, so that one that is published
// by mistake can be found.
const tokenPrefix = "portico_"

// NewToken returns a token for the user with the given ID, and its secret of
// 256 random bits, which nobody can learn from the Token.
func NewToken(user string) (t *Token, secret string) {
	secret = tokenPrefix + randomText()
	return &Token{ID: randomText(), User: user, Hash: TokenHash(secret)}, secret
}

// TokenHash returns the Hash of the token with the given secret.
func TokenHash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// randomText returns 256 random bits as 43 characters.
func randomText() string {
	const bits = 256
	raw := make([]byte, bits/8)
	rand.Read(raw) // it cannot fail: crypto/rand says so
	return base64.RawURLEncoding.EncodeToString(raw)
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

// Organization returns the name of the organization to which s narrows a token;
// ok is false where it does not.
func (s Scope) Organization() (name string, ok bool) {
	return strings.CutPrefix(string(s), string(ScopeOrg))
}
