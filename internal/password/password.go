// Package password keeps passwords as argon2id in PHC form, and slows down who
// guesses them. It must not know whose they are, nor how they are sent.
package password

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// What a new hash costs, as OWASP asks: 19 MiB, two passes, one lane.
const (
	memory = 19 << 10 // KiB
	passes = 2
	lanes  = 1
	length = 32
	salted = 16
)

// MaxLength is how long a password may be at most, in bytes. Longer ones are
// never right.
const MaxLength = 16 << 10

// Hash returns the PHC form of a password, with a salt of its own. It takes
// some 20 ms and 19 MiB. What is empty or longer than MaxLength is refused.
func Hash(plain string) (string, error) {
	if plain == "" || len(plain) > MaxLength {
		return "", fmt.Errorf("a password has 1 to %d bytes", MaxLength)
	}
	salt := make([]byte, salted)
	rand.Read(salt) // it cannot fail: crypto/rand says so
	h := phc{memory: memory, passes: passes, lanes: lanes, salt: salt}
	h.sum = h.derive(plain, length)
	return h.String(), nil
}

// Check reports whether plain is the password of hash. It takes as long where
// there is no hash, or one that cannot be read, as where the password is wrong.
func Check(hash, plain string) bool {
	h, ok := parse(hash)
	if !ok {
		h = phc{memory: memory, passes: passes, lanes: lanes, salt: make([]byte, salted), sum: make([]byte, length)}
	}
	if len(plain) > MaxLength {
		plain, ok = "", false
	}
	same := subtle.ConstantTimeCompare(h.derive(plain, uint32(len(h.sum))), h.sum) == 1
	return same && ok && plain != ""
}

// A phc is a hash taken apart.
type phc struct {
	memory, passes uint32
	lanes          uint8
	salt, sum      []byte
}

// derive computes the sum of a password. Letters that can be written in two
// ways in Unicode count as the same.
func (h phc) derive(plain string, length uint32) []byte {
	return argon2.IDKey(norm.NFC.Bytes([]byte(plain)), h.salt, h.passes, h.memory, h.lanes, length)
}

// String returns h as PHC writes it.
func (h phc) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.sum))
}

// The most that a stored hash may cost to check, so that none can stop the
// server.
const (
	mostMemory = 64 << 10
	mostPasses = 8
	mostLanes  = 4
	mostBytes  = 64
)

// parse reads a PHC string. What could not be checked in reasonable time, or
// is too short to be safe, is not read.
func parse(s string) (h phc, ok bool) {
	const parts = 6 // an empty one first
	p := strings.Split(s, "$")
	if len(s) > 512 || len(p) != parts || p[0] != "" || p[1] != "argon2id" || p[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return phc{}, false
	}
	if n, err := fmt.Sscanf(p[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil || n != 3 {
		return phc{}, false
	}
	var err, err2 error
	h.salt, err = base64.RawStdEncoding.DecodeString(p[4])
	h.sum, err2 = base64.RawStdEncoding.DecodeString(p[5])
	if err != nil || err2 != nil {
		return phc{}, false
	}
	return h, h.sound()
}

// sound reports whether h is within the limits.
func (h phc) sound() bool {
	const least = 8
	between := func(n, low, high int) bool { return low <= n && n <= high }
	return between(int(h.lanes), 1, mostLanes) && between(int(h.passes), 1, mostPasses) &&
		between(int(h.memory), least*int(h.lanes), mostMemory) &&
		between(len(h.salt), least, mostBytes) && between(len(h.sum), salted, mostBytes)
}

// A Hasher hashes and checks a few passwords at a time, so that many who try
// to sign in do not take the machine from those who read. It may be used by
// several goroutines.
type Hasher struct {
	slots chan struct{}
}

// NewHasher returns a Hasher that works on up to atOnce passwords at once.
func NewHasher(atOnce int) *Hasher { return &Hasher{slots: make(chan struct{}, max(atOnce, 1))} }

// Hash is the function Hash, when it is its turn; it ends with ctx.
func (h *Hasher) Hash(ctx context.Context, plain string) (string, error) {
	if err := h.wait(ctx); err != nil {
		return "", err
	}
	defer h.leave()
	return Hash(plain)
}

// Check is the function Check, when it is its turn; it ends with ctx.
func (h *Hasher) Check(ctx context.Context, hash, plain string) (bool, error) {
	if err := h.wait(ctx); err != nil {
		return false, err
	}
	defer h.leave()
	return Check(hash, plain), nil
}

func (h *Hasher) wait(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hasher) leave() { <-h.slots }
