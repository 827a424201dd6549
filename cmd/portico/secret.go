package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"portico/catalog"
)

// minSecret is the least length of a secret, in characters.
const minSecret = 32

// weak are secrets that are printed somewhere, or that nobody should have.
var weak = []string{"change", "secret", "password", "example", "default", "portico", "test", "12345", "abcdef0123456789"}

// secret makes sure that the instance has a secret of its own: it is made at
// the first start, never shipped, and a weak one is refused (SEC-019).
func (e *env) secret() error {
	b, err := os.ReadFile(e.SecretFile)
	if errors.Is(err, fs.ErrNotExist) {
		return e.makeSecret()
	}
	if err != nil {
		return catalog.Errorf(catalog.Invalid, "the secret in %s cannot be read", e.SecretFile).
			Italian("il segreto in %s non si può leggere", e.SecretFile).Because(err)
	}
	secrets := strings.Fields(string(b))
	if len(secrets) == 0 {
		secrets = []string{""}
	}
	for _, s := range secrets { // the first is in use; older ones open what they have sealed
		why := weakness(s)
		if why == "" {
			continue
		}
		return catalog.Errorf(catalog.Invalid, "the secret in %s is %s: delete the file and a good one is made at the next start", e.SecretFile, why).
			Italian("il segreto in %s è debole (%s): cancella il file e al prossimo avvio ne viene creato uno buono", e.SecretFile, why)
	}
	return nil
}

func (e *env) makeSecret() error {
	raw := make([]byte, 32)
	rand.Read(raw)
	if err := os.MkdirAll(filepath.Dir(e.SecretFile), 0o750); err != nil {
		return fmt.Errorf("make the secret: %w", err)
	}
	if err := os.WriteFile(e.SecretFile, []byte(hex.EncodeToString(raw)+"\n"), 0o600); err != nil {
		return fmt.Errorf("make the secret: %w", err)
	}
	return nil
}

// weakness says what is wrong with a secret, or "".
func weakness(s string) string {
	if len(s) < minSecret {
		return "too short"
	}
	low := strings.ToLower(s)
	for _, w := range weak {
		if strings.Contains(low, w) {
			return "a known one"
		}
	}
	distinct := make(map[rune]bool)
	for _, r := range s {
		distinct[r] = true
	}
	const least = 8
	if len(distinct) < least {
		return "too regular"
	}
	return ""
}

// secretText returns what the secret file holds, for what is signed with it.
// secret has made sure that it is there.
func (e *env) secretText() []byte {
	b, err := os.ReadFile(e.SecretFile)
	if err != nil {
		b = []byte(rand.Text()) // forms then last until the next start
	}
	return b
}
