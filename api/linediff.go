package api

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// An edit says that lines a1 to a2 of one text stand where lines b1 to b2 of
// another do.
type edit struct {
	kind           editKind
	a1, a2, b1, b2 int
}

// An editKind says what became of the lines.
type editKind int

const (
	same editKind = iota
	replaced
	deleted
	inserted
)

// edits returns how b is made of a.
func edits(a, b []string) []edit {
	start := 0
	for start < min(len(a), len(b)) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < min(len(a), len(b))-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	var out []edit
	add := func(kind editKind, a1, a2, b1, b2 int) {
		if a1 < a2 || b1 < b2 {
			out = append(out, edit{kind, a1, a2, b1, b2})
		}
	}
	add(same, 0, start, 0, start)
	x, y := start, start
	for _, m := range append(matches(a[start:len(a)-end], b[start:len(b)-end]), [3]int{len(a) - end - start, len(b) - end - start, end}) {
		i, j := m[0]+start, m[1]+start
		kind := replaced
		switch {
		case x == i:
			kind = inserted
		case y == j:
			kind = deleted
		}
		add(kind, x, i, y, j)
		add(same, i, i+m[2], j, j+m[2])
		x, y = i+m[2], j+m[2]
	}
	return out
}

// mostEdits bounds the work: texts that differ in more lines are told to
// differ altogether.
const mostEdits = 1000

// matches returns the runs of lines that both texts have, in order, as start
// in a, start in b and length. It is the algorithm of Myers: the fewest edits.
func matches(a, b []string) [][3]int {
	var steps [][]int // the furthest reach in a of each diagonal, after each edit
	n, m := len(a), len(b)
	reach := map[int]int{1: 0}
	for d := 0; d <= min(n+m, mostEdits); d++ {
		row := make([]int, d+1)
		for k := -d; k <= d; k += 2 {
			x := reach[k-1] + 1
			if k == -d || k != d && reach[k-1] < reach[k+1] {
				x = reach[k+1]
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			reach[k], row[(k+d)/2] = x, x
			if x >= n && x-k >= m {
				return walkBack(append(steps, row), n, m)
			}
		}
		steps = append(steps, row)
	}
	return nil
}

// walkBack finds the runs on the shortest way from the end of both texts.
func walkBack(steps [][]int, n, m int) [][3]int {
	var out [][3]int
	x, y := n, m
	for d := range slices.Backward(steps) {
		k := x - y
		px, py := 0, 0
		if d > 0 {
			before := func(k int) int { return steps[d-1][(k+d-1)/2] }
			if k == -d || k != d && before(k-1) < before(k+1) {
				px = before(k + 1)
				py = px - k - 1
			} else {
				px = before(k - 1)
				py = px - k + 1
			}
		}
		run := min(x-px, y-py)
		if run > 0 {
			out = append(out, [3]int{x - run, y - run, run})
		}
		x, y = px, py
	}
	slices.Reverse(out)
	return out
}

// around is how many equal lines are shown around the others.
const around = 3

// hunks groups edits that are near each other, with the lines around them.
func hunks(all []edit) [][]edit {
	var out [][]edit
	var group []edit
	for i, e := range all {
		if e.kind != same {
			group = append(group, e)
			continue
		}
		if i > 0 && i < len(all)-1 && e.a2-e.a1 <= 2*around {
			group = append(group, e)
			continue
		}
		if i > 0 {
			n := min(around, e.a2-e.a1)
			group = append(group, edit{same, e.a1, e.a1 + n, e.b1, e.b1 + n})
			out, group = append(out, group), nil
		}
		if i < len(all)-1 {
			n := min(around, e.a2-e.a1)
			group = []edit{{same, e.a2 - n, e.a2, e.b2 - n, e.b2}}
		}
	}
	if len(group) > 0 && slices.ContainsFunc(group, func(e edit) bool { return e.kind != same }) {
		out = append(out, group)
	}
	return out
}

// unifiedDiff returns the difference as diff -u does. Each line of its heads
// is followed by an empty one, as CKAN has it.
func unifiedDiff(a, b []string) string {
	var out []string
	for i, g := range hunks(edits(a, b)) {
		if i == 0 {
			out = append(out, "--- \n", "+++ \n")
		}
		first, last := g[0], g[len(g)-1]
		out = append(out, "@@ -"+unifiedRange(first.a1, last.a2)+" +"+unifiedRange(first.b1, last.b2)+" @@\n")
		for _, e := range g {
			if e.kind == same {
				out = appendLines(out, " ", a[e.a1:e.a2])
				continue
			}
			out = appendLines(out, "-", a[e.a1:e.a2])
			out = appendLines(out, "+", b[e.b1:e.b2])
		}
	}
	return strings.Join(out, "\n")
}

func appendLines(out []string, prefix string, lines []string) []string {
	for _, l := range lines {
		out = append(out, prefix+l)
	}
	return out
}

func unifiedRange(start, stop int) string {
	switch stop - start {
	case 0:
		return fmt.Sprintf("%d,0", start)
	case 1:
		return strconv.Itoa(start + 1)
	}
	return fmt.Sprintf("%d,%d", start+1, stop-start)
}

// contextDiff returns the difference as diff -c does.
func contextDiff(a, b []string) string {
	var out []string
	prefixes := map[editKind]string{same: "  ", replaced: "! ", deleted: "- ", inserted: "+ "}
	for i, g := range hunks(edits(a, b)) {
		if i == 0 {
			out = append(out, "*** \n", "--- \n")
		}
		first, last := g[0], g[len(g)-1]
		has := func(k editKind) bool {
			return slices.ContainsFunc(g, func(e edit) bool { return e.kind == replaced || e.kind == k })
		}
		out = append(out, "***************\n", "*** "+contextRange(first.a1, last.a2)+" ****\n")
		for _, e := range g {
			if has(deleted) {
				out = appendLines(out, prefixes[e.kind], a[e.a1:e.a2])
			}
		}
		out = append(out, "--- "+contextRange(first.b1, last.b2)+" ----\n")
		for _, e := range g {
			if has(inserted) {
				out = appendLines(out, prefixes[e.kind], b[e.b1:e.b2])
			}
		}
	}
	return strings.Join(out, "\n")
}

func contextRange(start, stop int) string {
	if stop-start <= 1 {
		return strconv.Itoa(stop)
	}
	return fmt.Sprintf("%d,%d", start+1, stop)
}
