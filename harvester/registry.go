package harvester

import (
	"context"
	"fmt"
	"net/http"

	"portico/catalog"
)

// A Registry holds the kinds of catalog that a program can read, in the order
// given.
type Registry struct{ kinds []Kind }

// NewRegistry returns a registry of kinds. It panics if two share a name, for
// that is a mistake in the program.
func NewRegistry(kinds ...Kind) *Registry {
	seen := make(map[string]bool)
	for _, k := range kinds {
		if seen[k.Name] {
			panic("harvester: two connectors named " + k.Name)
		}
		seen[k.Name] = true
	}
	return &Registry{kinds: kinds}
}

// Kinds returns the kinds in their order.
func (r *Registry) Kinds() []Kind { return r.kinds }

// Open returns a connector that reads src and reaches out by client alone. A
// kind that is not there is Invalid.
func (r *Registry) Open(src catalog.Source, client *http.Client) (Connector, error) {
	for _, k := range r.kinds {
		if k.Name != src.Kind {
			continue
		}
		c, err := k.Open(src, client)
		if err != nil {
			return nil, fmt.Errorf("open %s source: %w", k.Name, err)
		}
		return c, nil
	}
	return nil, catalog.Errorf(catalog.Invalid, "there is no kind of source named %q", src.Kind).
		Italian("non esiste un tipo di fonte di nome %q", src.Kind)
}

// A Detected is what a URL turned out to be.
type Detected struct {
	Kind       string  `json:"kind"`
	Confidence float64 `json:"confidence"` // between 0 and 1
	Title      string  `json:"title"`
}

// Detect asks every kind whether src is of it and returns the one that is
// surest. When none is, it is Invalid, with the last trouble as its cause.
func (r *Registry) Detect(ctx context.Context, src catalog.Source, client *http.Client) (Detected, error) {
	var best Detected
	var trouble error
	for _, k := range r.kinds {
		src.Kind = k.Name
		c, err := k.Open(src, client)
		if err != nil {
			trouble = err
			continue
		}
		p, ok := c.(Prober)
		if !ok {
			continue
		}
		sure, title, err := p.Probe(ctx)
		if err != nil {
			trouble = err
			continue
		}
		if sure > best.Confidence {
			best = Detected{Kind: k.Name, Confidence: sure, Title: title}
		}
	}
	if best.Kind == "" {
		return best, catalog.Errorf(catalog.Invalid, "no kind of source reads this address").
			Italian("nessun tipo di fonte sa leggere questo indirizzo").Because(trouble)
	}
	return best, nil
}
