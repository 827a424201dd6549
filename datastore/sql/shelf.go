package sql

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"golang.org/x/sync/singleflight"

	"portico/datastore"
	"portico/internal/parquetfile"
)

// A Shelf keeps tables that are no files of the operating system as Parquet
// files, for as long as their rows are asked for and there is room: those that
// are written through the API, and snapshots that are kept elsewhere.
type Shelf struct {
	dir   string
	most  int64
	group singleflight.Group

	mu    sync.Mutex
	size  int64
	order *list.List // of kept, latest first
	files map[string]*list.Element
}

type kept struct {
	key  string
	size int64
}

// NewShelf returns an empty Shelf in the folder dir, of at most so many bytes.
func NewShelf(dir string, most int64) (*Shelf, error) {
	if err := errors.Join(os.RemoveAll(dir), os.MkdirAll(dir, 0o750)); err != nil {
		return nil, fmt.Errorf("make the folder of tables: %w", err)
	}
	return &Shelf{dir: dir, most: most, order: list.New(), files: map[string]*list.Element{}}, nil
}

// Written returns the file of a table that is written through the API, as it
// was at its version.
func (s *Shelf) Written(ctx context.Context, view *datastore.View) (*os.File, error) {
	return s.file(view.Version, func(f *os.File) error {
		columns, rows := view.Parquet()
		_, err := parquetfile.Write(context.WithoutCancel(ctx), f, columns, rows) // others wait for it, too
		return err
	})
}

// file opens the file under a key; fill writes it when it is not there.
func (s *Shelf) file(key string, fill func(*os.File) error) (*os.File, error) {
	name := s.name(key)
	if f, err := os.Open(name); err == nil {
		s.used(key, 0)
		return f, nil
	}
	if _, err, _ := s.group.Do(key, func() (any, error) { return nil, s.write(key, fill) }); err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open a table: %w", err)
	}
	return f, nil
}

func (s *Shelf) name(key string) string { return filepath.Join(s.dir, filepath.Base(key)+".parquet") }

func (s *Shelf) write(key string, fill func(*os.File) error) (err error) {
	if _, err := os.Stat(s.name(key)); err == nil {
		return nil
	}
	f, err := os.CreateTemp(s.dir, "new-*")
	if err != nil {
		return fmt.Errorf("make a table's file: %w", err)
	}
	defer func() { err = errors.Join(err, ignoreMissing(os.Remove(f.Name()))) }()
	err = fill(f)
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Close()); err != nil {
		return fmt.Errorf("write a table's file: %w", err)
	}
	if err := os.Rename(f.Name(), s.name(key)); err != nil {
		return fmt.Errorf("keep a table's file: %w", err)
	}
	s.used(key, info.Size())
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// used notes that a file is there, and makes room.
func (s *Shelf) used(key string, size int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.files[key]; ok {
		s.order.MoveToFront(e)
		return
	}
	if size == 0 {
		return // it is being taken away
	}
	s.files[key] = s.order.PushFront(kept{key, size})
	for s.size += size; s.size > s.most && s.order.Len() > 1; {
		old, _ := s.order.Remove(s.order.Back()).(kept)
		delete(s.files, old.key)
		s.size -= old.size
		_ = os.Remove(s.name(old.key)) // what stays is wasted space until the next start
	}
}

// Snapshot returns a file of a snapshot as a file of the operating system: its
// own or, where it is kept elsewhere, a copy. It closes r.
func (s *Shelf) Snapshot(hash string, r io.ReadSeekCloser) (*os.File, error) {
	defer func() { _ = r.Close() }()
	if f, ok := r.(interface{ Fd() uintptr }); ok {
		fd, err := syscall.Dup(int(f.Fd())) //nolint:gosec // a descriptor is small
		if err != nil {
			return nil, fmt.Errorf("open a table: %w", err)
		}
		syscall.CloseOnExec(fd)
		return os.NewFile(uintptr(fd), "table"), nil
	}
	return s.file(hash, func(f *os.File) error { _, err := io.Copy(f, r); return err })
}
