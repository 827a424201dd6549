package tabular

import (
	"errors"
	"io"
	"strings"
)

const (
	sampleLines = 2000
	sampleBytes = 1 << 20
)

// delimiters are tried in the order of what Italian bodies use.
var delimiters = []byte{';', ',', '\t', '|'}

// sliceLines is a lineSource of lines held in memory.
type sliceLines struct {
	lines []string
	at    int
}

func (l *sliceLines) next() ([]byte, error) {
	if l.at == len(l.lines) {
		return nil, io.EOF
	}
	l.at++
	return []byte(l.lines[l.at-1]), nil
}

// sampleOf reads the first lines of a text.
func sampleOf(s stream, e encodingReport) ([]string, error) {
	l, err := openLines(s, e)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	var lines []string
	for size := 0; len(lines) < sampleLines && size < sampleBytes; {
		b, err := l.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		size += len(b)
		lines = append(lines, string(b))
	}
	return lines, nil
}

// sampleRecords parses sample lines with a delimiter.
func sampleRecords(lines []string, comma byte) []record {
	c := csvReader{lines: &sliceLines{lines: lines}, comma: comma}
	var all []record
	for {
		r, err := c.next()
		if err != nil {
			return all // a sliceLines fails with io.EOF alone
		}
		r.cells = append([]string(nil), r.cells...)
		all = append(all, r)
	}
}

// detectDelimiter chooses the delimiter by which records agree in length and
// cells look whole; 0 means that there is only one column.
func detectDelimiter(lines []string) byte {
	if len(lines) > 0 {
		if d, ok := strings.CutPrefix(strings.ToLower(lines[0]), "sep="); ok && len(d) == 1 {
			return d[0]
		}
	}
	lines = lines[:min(len(lines), 500)]
	best, bestScore := byte(0), 0.3
	for _, d := range delimiters {
		if s := delimiterScore(lines, d); s > bestScore*1.02 {
			best, bestScore = d, s
		}
	}
	return best
}

func delimiterScore(lines []string, d byte) float64 {
	records := sampleRecords(lines, d)
	counts := make(map[int]int)
	total := 0
	for _, r := range records {
		if !r.blank() {
			counts[len(r.cells)]++
			total++
		}
	}
	width := mode(counts)
	if width < 2 {
		return 0
	}
	var agree, whole, cells float64
	for i := range records {
		r := &records[i]
		if len(r.cells) != width && (len(r.cells) < width || r.width() > width) {
			if len(r.cells) > 1 && !r.blank() {
				agree += 0.3 // ragged, but it has the delimiter
			}
			continue
		}
		if !r.blank() {
			agree++
		}
		for _, s := range r.cells {
			whole += wholeness(s, d)
			cells++
		}
	}
	share := agree / float64(total)
	return share * share * whole / cells * (1 - 0.3/float64(width))
}

// wholeness is 1 for a cell that is empty or typed, less for one that looks
// as if another delimiter would split it.
func wholeness(s string, d byte) float64 {
	s = trim(s)
	switch {
	case s == "":
		return 0.9
	case fits(s, false) != fitsText:
		return 1
	}
	for _, o := range delimiters {
		if o != d && strings.IndexByte(s, o) >= 0 {
			if o == ',' {
				return 0.8
			}
			return 0.5
		}
	}
	if strings.HasPrefix(s, `"`) || strings.HasSuffix(s, `"`) {
		return 0.5
	}
	return 0.95
}

// mode returns the commonest key, the larger of two that are equally common.
func mode(counts map[int]int) int {
	best := 0
	for k, n := range counts {
		if n > counts[best] || n == counts[best] && k > best {
			best = k
		}
	}
	return best
}
