package datastore

import (
	"encoding/json"
	"math"
	"strconv"
)

// RankField is the column that a search for words adds, where no columns are
// named: how well a row fits.
const RankField = "rank"

// rank says how well a row has the words that were searched for, as ts_rank of
// PostgreSQL does with weight D and normalization 32: one word counts by how
// often it stands there, several by how near they are to each other.
func (w *Words) rank(r Row) float32 {
	at := w.places(r)
	var rank float64
	if len(at) == 1 {
		rank = single(len(at[0]))
	} else {
		rank = together(at)
	}
	return float32(rank / (rank + 1))
}

// weight is that of a word of no particular place.
const weight = 0.1

// single is the rank of one word that stands n times in a row.
func single(n int) float64 {
	sum := 0.0
	for i := range n {
		sum += weight / float64((i+1)*(i+1))
	}
	return sum / (math.Pi * math.Pi / 6)
}

// together is the rank of several words, given where each stands.
func together(at [][]int) float64 {
	res := -1.0
	for i := range at {
		for k := range i {
			for _, a := range at[i] {
				for _, b := range at[k] {
					apart := math.Abs(float64(a - b))
					if apart == 0 {
						continue
					}
					curw := math.Sqrt(weight * weight * nearness(apart))
					if res < 0 {
						res = curw
					} else {
						res = 1 - (1-res)*(1-curw)
					}
				}
			}
		}
	}
	return math.Max(res, 0)
}

func nearness(apart float64) float64 {
	const far = 100
	if apart > far {
		return 1e-30
	}
	return 1 / (1.005 + 0.05*math.Exp(apart/1.5-2))
}

// places returns where each word stands among the words of a row.
func (w *Words) places(r Row) [][]int {
	out := make([][]int, len(w.words))
	n := 0
	for col, c := range r.Cells {
		if c == nil {
			continue
		}
		for t := range wordsOf(plain(c)) {
			n++
			for i, x := range w.words {
				if (x.at < 0 || x.at == col) && x.is(t) {
					out[i] = append(out[i], n)
				}
			}
		}
	}
	return out
}

// rankCell is a rank as it is shown: with the digits of a 32-bit number.
func rankCell(f float32) json.Number {
	return json.Number(strconv.FormatFloat(float64(f), 'g', -1, 32))
}
