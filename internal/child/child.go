// Package child starts processes of our own program that do what could end
// badly, with an environment of nothing and limits that the operating system
// keeps. It knows nothing of what they do.
package child

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"time"
)

// Limits bounds a child. Where the operating system cannot, time alone does.
type Limits struct {
	Memory int64         // bytes; 0 = 1 GiB
	Time   time.Duration // of the clock, after which the child is killed; 0 = 10 minutes
	CPU    time.Duration // of the processor; 0 = Time
	Disk   int64         // bytes of one file that it writes; 0 = 2 GiB, < 0 = it writes none
}

// OrDefault returns l with what is zero filled in.
func (l Limits) OrDefault() Limits {
	if l.Memory <= 0 {
		l.Memory = 1 << 30
	}
	if l.Time <= 0 {
		l.Time = 10 * time.Minute
	}
	if l.CPU <= 0 {
		l.CPU = l.Time
	}
	if l.Disk == 0 {
		l.Disk = 2 << 30
	}
	return l
}

// A Process is a child that has been set up or started.
type Process struct {
	*exec.Cmd
	words lastWords
}

// Command sets a child up that is killed when ctx ends. Its first word is a
// program; it inherits neither secrets nor files but has the environment env,
// and works where there is nothing of ours. Its standard error is kept for
// LastWords.
func Command(ctx context.Context, words []string, env ...string) *Process {
	p := &Process{Cmd: exec.CommandContext(ctx, words[0], words[1:]...)}
	p.Env = append([]string{"TMPDIR=" + os.TempDir()}, env...) // no secret of ours
	p.Dir = os.TempDir()
	p.Stderr = &p.words
	p.WaitDelay = 5 * time.Second
	return p
}

// LastWords returns the first line of what a child has said in its distress:
// that is what it is about. Call it when the child has ended.
func (p *Process) LastWords() string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(p.words.b), []byte("\n"))
	return string(line)
}

// lastWords keeps the beginning of what is written.
type lastWords struct{ b []byte }

// Write keeps the beginning of what is written.
func (t *lastWords) Write(p []byte) (int, error) {
	const most = 2048
	if len(t.b) < most {
		t.b = append(t.b, p[:min(len(p), most-len(t.b))]...)
	}
	return len(p), nil
}
