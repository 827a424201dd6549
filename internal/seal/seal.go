// Package seal encrypts what must be kept but not read: credentials in the
// database, whose key is outside of it. It knows nothing of what it seals.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
)

// ErrKey is wrapped by the error of a text that was sealed with a key that is
// not there.
var ErrKey = errors.New("sealed with a key that is not there")

// ErrBroken is the error of a text that was changed, or was sealed for
// something else.
var ErrBroken = errors.New("the sealed text was changed or is of something else")

// A Box seals and opens texts with AES-256-GCM. The zero Box has no key.
type Box struct{ keys []key } // the first seals

type key struct {
	id   string
	aead cipher.AEAD
}

// New returns a box whose keys are made of secrets, for one purpose: equal
// secrets give unlike keys for unlike purposes. The first secret seals, all of
// them open, so that a secret can be replaced.
func New(purpose string, secrets ...string) (*Box, error) {
	b := new(Box)
	for _, s := range secrets {
		raw, err := hkdf.Key(sha256.New, []byte(s), nil, purpose, 32)
		if err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		block, err := aes.NewCipher(raw)
		if err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("make a key: %w", err)
		}
		sum := sha256.Sum256(append([]byte("id of "), raw...))
		b.keys = append(b.keys, key{id: hex.EncodeToString(sum[:4]), aead: aead})
	}
	return b, nil
}

const version = "v1"

// Seal returns text so that only a box with the same secret opens it, and only
// for the same place: the sealed text of one thing opens nothing else.
func (b *Box) Seal(text []byte, place ...string) (string, error) {
	if len(b.keys) == 0 {
		return "", ErrKey
	}
	k := b.keys[0]
	nonce := make([]byte, k.aead.NonceSize())
	rand.Read(nonce)
	raw := k.aead.Seal(nonce, nonce, text, bound(place))
	return strings.Join([]string{version, k.id, base64.RawURLEncoding.EncodeToString(raw)}, "."), nil
}

// Open is the reverse of Seal.
func (b *Box) Open(sealed string, place ...string) ([]byte, error) {
	part := strings.Split(sealed, ".")
	if len(part) != 3 || part[0] != version {
		return nil, ErrBroken
	}
	raw, err := base64.RawURLEncoding.DecodeString(part[2])
	if err != nil {
		return nil, ErrBroken
	}
	for _, k := range b.keys {
		if k.id != part[1] {
			continue
		}
		n := k.aead.NonceSize()
		if len(raw) < n {
			return nil, ErrBroken
		}
		text, err := k.aead.Open(nil, raw[:n], raw[n:], bound(place))
		if err != nil {
			return nil, ErrBroken
		}
		return text, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrKey, part[1])
}

// bound is the place as additional data, its parts told apart.
func bound(place []string) []byte { return []byte(strings.Join(place, "\x00")) }
