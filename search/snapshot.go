package search

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"portico/catalog"
)

// A Keeper is an Engine that can write itself down and be read back.
type Keeper interface {
	Engine

	// Save writes the index as it is at this moment.
	Save(w io.Writer) error

	// Load puts what Save wrote in the place of the index. On an error the
	// index is as it was.
	Load(b []byte) error
}

// A Snapshot keeps an index in a file, so that a start need not make it anew.
// What the file says counts only when all of it is there, when this program
// wrote it, and when the database knows what has changed since; in every other
// case the index is made from the database.
type Snapshot struct {
	Path    string
	Program string // who writes it; others do not read it
	Marks   catalog.Snapshots
	token   string // of the file that was last read or written
}

// magic begins the file; program, token and index follow, and a checksum of
// all that stands before it.
const magic = "portico-index 1"

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Read fills k from the file and marks stale what has changed since. An index
// that cannot be had is not an error: why says what is wrong with it.
func (s *Snapshot) Read(ctx context.Context, k Keeper) (why string, err error) {
	b, err := os.ReadFile(s.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return "there is none", nil
	}
	if err != nil {
		return err.Error(), nil //nolint:nilerr // it is told, and nobody needs the file
	}
	token, index, why := s.open(b)
	if why != "" {
		return why, nil
	}
	known, err := s.Marks.SnapshotRead(ctx, token)
	if err != nil {
		return "", fmt.Errorf("catch up the search index: %w", err)
	}
	if !known {
		return "the database does not know it", nil
	}
	if err := k.Load(index); err != nil {
		return err.Error(), nil //nolint:nilerr // as above
	}
	s.token = token
	return "", nil
}

// open takes the file apart.
func (s *Snapshot) open(b []byte) (token string, index []byte, why string) {
	const sum = 4
	if len(b) < sum || binary.LittleEndian.Uint32(b[len(b)-sum:]) != crc32.Checksum(b[:len(b)-sum], castagnoli) {
		return "", nil, "it is damaged"
	}
	rest := b[:len(b)-sum]
	var head [3]string
	for i := range head {
		line, after, ok := bytes.Cut(rest, []byte("\n"))
		if !ok {
			return "", nil, "it is damaged"
		}
		head[i], rest = string(line), after
	}
	if head[0] != magic || head[1] != s.program() {
		return "", nil, "another version of the program wrote it"
	}
	return head[2], rest, ""
}

func (s *Snapshot) program() string { return strings.ReplaceAll(s.Program, "\n", " ") }

// Write writes k to the file. Everything that is stale when it is called must
// be indexed by caughtUp. Whatever stops it leaves the old file or the new one.
func (s *Snapshot) Write(ctx context.Context, k Keeper, caughtUp func(context.Context) error) error {
	token, err := s.begin(ctx, caughtUp)
	if err != nil {
		return err
	}
	return s.finish(ctx, k, token)
}

func (s *Snapshot) begin(ctx context.Context, caughtUp func(context.Context) error) (token string, err error) {
	token = rand.Text()
	if err := s.Marks.SnapshotBegun(ctx, token); err != nil {
		return "", fmt.Errorf("begin a snapshot of the search index: %w", err)
	}
	return token, caughtUp(ctx)
}

func (s *Snapshot) finish(ctx context.Context, k Keeper, token string) error {
	if err := s.write(k, token); err != nil {
		return fmt.Errorf("write the snapshot of the search index: %w", err)
	}
	if err := s.Marks.SnapshotKept(ctx, token); err != nil {
		return fmt.Errorf("keep the snapshot of the search index: %w", err)
	}
	s.token = token
	return nil
}

// write writes beside the file, and puts the new one in its place only when
// it is safe on the disk.
func (s *Snapshot) write(k Keeper, token string) (err error) {
	dir := filepath.Dir(s.Path)
	f, err := os.CreateTemp(dir, filepath.Base(s.Path)+".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := errors.Join(s.fill(f, k, token), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), s.Path); err != nil {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return nil // the file is there; only the folder is not known to be safe
	}
	_ = d.Sync()
	return d.Close()
}

func (s *Snapshot) fill(f io.Writer, k Keeper, token string) error {
	buf := bufio.NewWriterSize(f, 1<<20)
	sum := crc32.New(castagnoli)
	w := io.MultiWriter(buf, sum)
	if _, err := fmt.Fprintf(w, "%s\n%s\n%s\n", magic, s.program(), token); err != nil {
		return err
	}
	if err := k.Save(w); err != nil {
		return err
	}
	if _, err := buf.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32())); err != nil {
		return err
	}
	return buf.Flush()
}

// Tidy removes what writers that were killed have left behind.
func (s *Snapshot) Tidy() error {
	left, err := filepath.Glob(s.Path + ".new-*")
	for _, path := range left {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// replaced returns the token of a file that another program has put there; ""
// = it has not.
func (s *Snapshot) replaced() (token string) {
	f, err := os.Open(s.Path)
	if err != nil {
		return ""
	}
	defer f.Close()
	var head [512]byte
	n, _ := io.ReadFull(f, head[:])
	const lines = 3
	line := strings.SplitN(string(head[:n]), "\n", lines+1)
	if len(line) <= lines || line[0] != magic || line[1] != s.program() || line[2] == s.token {
		return ""
	}
	return line[2]
}
