package dcat

import (
	"bytes"

	"portico/internal/rdf"
)

// Limits on what is shown of one dataset.
const (
	maxShownTriples = 5_000
	maxShownDepth   = 4
)

// Turtle returns what the graph says of the dataset and of what belongs to it,
// such as its distributions, as Turtle: the record as its source wrote it, in
// whichever syntax that was.
func (f *Found) Turtle() []byte {
	if f.graph == nil || f.subject == nil {
		return nil
	}
	var ts []rdf.Triple
	seen := map[rdf.Term]bool{}
	var take func(s rdf.Term, depth int)
	take = func(s rdf.Term, depth int) {
		if seen[s] || depth > maxShownDepth || len(ts) > maxShownTriples {
			return
		}
		seen[s] = true
		said := f.graph.Triples(s)
		ts = append(ts, said[:min(len(said), maxShownTriples)]...)
		for _, t := range said {
			if !rdf.IsLiteral(t.Obj) && t.Pred.String() != nsRdf+"type" {
				take(t.Obj, depth+1)
			}
		}
	}
	take(f.subject, 0)
	var b bytes.Buffer
	w, err := rdf.NewWriter(&b, rdf.Turtle, Prefixes())
	if err != nil {
		return nil // the syntax is one that there is
	}
	if err := w.Write(ts); err != nil {
		return nil // to memory, of triples that were read
	}
	if err := w.Close(); err != nil {
		return nil // likewise
	}
	return b.Bytes()
}
