package memory

import (
	"math"

	"portico/search"
)

// BM25 with Lucene's constants.
const (
	k1 = 1.2
	b  = 0.75
)

// idf is how much it says to have a word that n of all documents have.
func idf(all, n int) float64 {
	n = min(n, all)
	return math.Log(1 + (float64(all-n)+0.5)/(float64(n)+0.5))
}

// score returns the score of a value: how many others a document has beside
// it does not matter, but how many they have on average does.
func (c *column) score(value uint32) float32 {
	average := float64(max(len(c.values), 1)) / float64(max(c.rows.n, 1))
	return float32(idf(c.rows.n, c.size(value)+int(c.gone[value])) / (1 + k1*(1-b+b/average)))
}

// norm returns for a document its part of the formula, by length.
func (w *words) norm(average float64, doc uint32) float64 {
	return k1 * (1 - b + b*float64(search.RoundedLength(int(w.lengths[doc])))/average)
}

func (w *words) average() float64 { return float64(max(w.total, 1)) / float64(max(w.docs, 1)) }

// score returns the scores of docs, which ascend, for one term.
func (w *words) score(p *posting, docs []uint32) []float32 {
	out := make([]float32, len(docs))
	weight, average := idf(w.docs, int(p.n)), w.average()
	i := 0
	for at := p.walk(); at.step(); {
		for i < len(docs) && docs[i] < at.doc {
			i++
		}
		if i == len(docs) {
			break
		}
		if docs[i] == at.doc {
			freq := float64(at.freq)
			out[i] = float32(weight * freq / (freq + w.norm(average, at.doc)))
		}
	}
	return out
}

// scorePhrase does the same for a phrase that was found in found, so often.
// It weighs as much as its words together.
func (w *words) scorePhrase(weight float64, found, freqs, docs []uint32) []float32 {
	out := make([]float32, len(docs))
	average := w.average()
	i := 0
	for n, doc := range found {
		for i < len(docs) && docs[i] < doc {
			i++
		}
		if i < len(docs) && docs[i] == doc {
			freq := float64(freqs[n])
			out[i] = float32(weight * freq / (freq + w.norm(average, doc)))
		}
	}
	return out
}

// flat gives every document of the set the same score.
func flat(set bitset, score float32) func([]uint32) []float32 {
	return func(docs []uint32) []float32 {
		out := make([]float32, len(docs))
		for i, doc := range docs {
			if set.has(doc) {
				out[i] = score
			}
		}
		return out
	}
}

func (f found) scores(docs []uint32) []float32 {
	if f.score == nil {
		return flat(f.set, 1)(docs)
	}
	return f.score(docs)
}

func scaled(f found, by float32) func([]uint32) []float32 {
	return func(docs []uint32) []float32 {
		out := f.scores(docs)
		for i := range out {
			out[i] *= by
		}
		return out
	}
}

// sum adds up the scores of of for the documents of set.
func sum(set bitset, of []found) func([]uint32) []float32 {
	return func(docs []uint32) []float32 {
		out := make([]float32, len(docs))
		for _, f := range of {
			for i, x := range f.scores(docs) {
				out[i] += x
			}
		}
		for i, doc := range docs {
			if !set.has(doc) {
				out[i] = 0
			}
		}
		return out
	}
}

// best takes the best score, plus tie times the others.
func best(of []found, tie float32) func([]uint32) []float32 {
	return func(docs []uint32) []float32 {
		most, all := make([]float32, len(docs)), make([]float32, len(docs))
		for _, f := range of {
			for i, x := range f.scores(docs) {
				most[i] = max(most[i], x)
				all[i] += x
			}
		}
		for i := range most {
			most[i] += tie * (all[i] - most[i])
		}
		return most
	}
}
