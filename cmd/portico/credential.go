package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/internal/seal"
)

// box opens the box of the sources' credentials. Its key is made of the
// instance's secret, which is not in the database; further lines of the secret
// file are older secrets, which open but do not seal.
func (e *env) box() (*seal.Box, error) {
	if err := e.secret(); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(e.SecretFile)
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	return seal.New("portico source credentials", strings.Fields(string(b))...)
}

// sealedCredential is a credential as it is sealed.
type sealedCredential struct {
	User     string `json:"user,omitempty"`
	Password string `json:"password,omitempty"`
	Token    string `json:"token,omitempty"`
	Header   string `json:"header,omitempty"`
	Value    string `json:"value,omitempty"`
}

// putCredential keeps the credential of a source, bound to the origin of its
// address, or takes it away when c is zero.
func (h *house) putCredential(ctx context.Context, src *catalog.Source, c catalog.Credential) error {
	if c.IsZero() {
		src.SecretFor = ""
		if err := h.PutSource(ctx, src); err != nil {
			return err
		}
		return h.PutSecret(ctx, src.ID, "")
	}
	origin := harvester.OriginOf(src.URL)
	if origin == "" {
		return catalog.Errorf(catalog.Invalid, "only a source with an address can have a credential").
			Italian("solo una fonte con un indirizzo può avere credenziali")
	}
	box, err := h.env.box()
	if err != nil {
		return err
	}
	text, err := json.Marshal(sealedCredential(c))
	if err != nil {
		return fmt.Errorf("seal the credential: %w", err)
	}
	sealed, err := box.Seal(text, src.ID, origin)
	if err != nil {
		return fmt.Errorf("seal the credential: %w", err)
	}
	if err := h.PutSecret(ctx, src.ID, sealed); err != nil {
		return err
	}
	src.SecretFor = origin
	return h.PutSource(ctx, src)
}

// credential returns what src wants to be told. When the address of the source
// has moved to another host since, that is nothing: the credential was given
// for the host that it had.
func (h *house) credential(ctx context.Context, src catalog.Source) (catalog.Credential, error) {
	sealed, err := h.Secret(ctx, src.ID)
	if err != nil || sealed == "" {
		return catalog.Credential{}, err
	}
	unusable := catalog.Errorf(catalog.Invalid, "the credential of source %s cannot be used: give it again", src.Name).
		Italian("le credenziali della fonte %s non sono utilizzabili: inseriscile di nuovo", src.Name)
	if harvester.OriginOf(src.URL) != src.SecretFor {
		return catalog.Credential{}, unusable
	}
	box, err := h.env.box()
	if err != nil {
		return catalog.Credential{}, err
	}
	text, err := box.Open(sealed, src.ID, src.SecretFor)
	if err != nil {
		return catalog.Credential{}, unusable.Because(err)
	}
	var c sealedCredential
	if err := json.Unmarshal(text, &c); err != nil {
		return catalog.Credential{}, unusable
	}
	return catalog.Credential(c), nil
}
