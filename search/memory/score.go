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

// valueScore returns the score of a value that with documents have: how many
// others a document has beside it does not matter, but how many they have on
// average does.
func valueScore(cs []held[column], with int) float32 {
	docs, values := 0, 0
	for _, c := range cs {
		docs += c.of.rows.n
		values += len(c.of.values)
	}
	average := float64(max(values, 1)) / float64(max(docs, 1))
	return float32(idf(docs, with) / (1 + k1*(1-b+b/average)))
}

// textDocs returns how many documents have any of the text.
func textDocs(ws []held[words]) int {
	n := 0
	for _, w := range ws {
		n += w.of.docs
	}
	return n
}

// documents returns how many documents have a term.
func documents(ws []held[words], term string) int {
	n := 0
	for _, w := range ws {
		if t, ok := w.of.dict.find(term); ok {
			n += int(w.of.postings[t].n)
		}
	}
	return n
}

// norm returns for the length of a text its part of the formula.
func norm(ws []held[words]) func(length uint16) float64 {
	total, docs := uint64(0), 0
	for _, w := range ws {
		total += w.of.total
		docs += w.of.docs
	}
	average := float64(max(total, 1)) / float64(max(docs, 1))
	var known [norms]float64
	of := func(n uint16) float64 { return k1 * (1 - b + b*float64(search.RoundedLength(int(n)))/average) }
	for n := range known {
		known[n] = of(uint16(n))
	}
	return func(n uint16) float64 {
		if n < norms {
			return known[n]
		}
		return of(n)
	}
}

// norms are worked out beforehand for texts of up to so many words.
const norms = 256

// score returns the scores of docs, which ascend, for one term.
func score(ws []held[words], hits []hit, docs []uint32) []float32 {
	out := make([]float32, len(docs))
	n := 0
	for _, h := range hits {
		n += int(h.posting.n)
	}
	weight, norm := idf(textDocs(ws), n), norm(ws)
	for _, h := range hits {
		low, high := h.within(docs)
		own, scores := docs[low:high], out[low:high]
		i := 0
		for at := h.posting.walk(); i < len(own) && at.step(); {
			doc := at.doc + h.from
			for i < len(own) && own[i] < doc {
				i++
			}
			if i < len(own) && own[i] == doc {
				freq := float64(at.freq)
				scores[i] = float32(weight * freq / (freq + norm(h.of.lengths[at.doc])))
			}
		}
	}
	return out
}

// scorePhrase does the same for a phrase that was found in found, so often.
// It weighs as much as its words together.
func scorePhrase(ws []held[words], weight float64, found, freqs, docs []uint32) []float32 {
	out := make([]float32, len(docs))
	norm := norm(ws)
	for _, w := range ws {
		low, high := w.within(docs)
		first, end := w.within(found)
		i := low
		for n := first; n < end; n++ {
			for i < high && docs[i] < found[n] {
				i++
			}
			if i < high && docs[i] == found[n] {
				freq := float64(freqs[n])
				out[i] = float32(weight * freq / (freq + norm(w.of.lengths[found[n]-w.from])))
			}
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
