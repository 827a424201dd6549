package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// A bar shows how far a long task is: on a terminal as a bar that grows,
// elsewhere as a line now and then.
type bar struct {
	out      io.Writer
	terminal bool
	shown    time.Time
	begun    bool
}

func newBar(out io.Writer, silent bool) *bar {
	if silent {
		return &bar{out: io.Discard}
	}
	return &bar{out: out, terminal: terminal(out)}
}

// show tells that done of total are done. The last is always shown.
func (b *bar) show(done, total int) {
	pause := 5 * time.Second
	if b.terminal {
		pause = 100 * time.Millisecond
	}
	if done < total && time.Since(b.shown) < pause {
		return
	}
	b.shown = time.Now()
	percent := 100
	if total > 0 {
		percent = min(100, done*100/total)
	}
	if !b.terminal {
		fmt.Fprintf(b.out, "%d/%d (%d %%)\n", done, total, percent)
		return
	}
	const width = 40
	full := percent * width / 100
	fmt.Fprintf(b.out, "\r[%s%s] %3d %%  %d/%d", strings.Repeat("█", full), strings.Repeat("·", width-full), percent, done, total)
	b.begun = true
}

// end leaves the line of the bar.
func (b *bar) end() {
	if b.begun {
		fmt.Fprintln(b.out)
		b.begun = false
	}
}
