// Package folder keeps blobs in a folder of the file system, each in a file
// named by its hash, two levels of folders down. It knows what package blob
// says and nothing of what the blobs are.
package folder

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
	"time"

	"portico/blob"
	"portico/catalog"
)

// A Store keeps blobs under one folder. Several processes may use the same.
type Store struct{ root *os.Root }

var _ blob.Store = (*Store)(nil)

// incoming is where blobs are written before they have a name.
const incoming = "incoming"

// Open returns the store in the folder dir, which is made if it is not there.
// What a process that died has left half-written is removed.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder of files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the folder of files: %w", err)
	}
	s := &Store{root: root}
	if err := s.sweep(); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return s, nil
}

// Close gives the folder back. Files that are open stay so.
func (s *Store) Close() error { return s.root.Close() }

func (s *Store) sweep() error {
	if err := s.root.MkdirAll(incoming, 0o750); err != nil {
		return fmt.Errorf("make the folder of incoming files: %w", err)
	}
	entries, err := fs.ReadDir(s.root.FS(), incoming)
	if err != nil {
		return fmt.Errorf("read the folder of incoming files: %w", err)
	}
	for _, e := range entries {
		if err := s.bury(path.Join(incoming, e.Name())); err != nil {
			return fmt.Errorf("remove a half-written file: %w", err)
		}
	}
	return nil
}

// bury removes an incoming file whose writer is no more: a writer holds a lock
// as long as it lives.
func (s *Store) bury(name string) error {
	f, err := s.root.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // its writer has kept it or given it up meanwhile
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if tryLock(f) != nil {
		return nil // its writer lives
	}
	if err := s.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func tryLock(f *os.File) error {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) //nolint:gosec // a descriptor is small
}

// Put implements blob.Store. The file is written and synced under another
// name, and renamed when it is whole.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (h blob.Hash, n int64, err error) {
	f, name, err := s.create()
	if err != nil {
		return "", 0, fmt.Errorf("make a file: %w", err)
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if rm := s.root.Remove(name); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
			err = errors.Join(err, rm)
		}
	}()
	sum := sha256.New()
	n, err = io.Copy(io.MultiWriter(f, sum), bounded(ctx, r, limit))
	if err != nil {
		return "", 0, err
	}
	if limit > 0 && n > limit {
		return "", 0, catalog.Errorf(catalog.Invalid, "the file is larger than %d bytes", limit).
			Italian("il file supera %d byte", limit)
	}
	h = hex.EncodeToString(sum.Sum(nil))
	if err := s.keep(f, name, h); err != nil {
		return "", 0, err
	}
	return h, n, nil
}

// create makes an incoming file and locks it. Between the two another process
// may take it for one that a dead writer has left; then it makes another.
func (s *Store) create() (f *os.File, name string, err error) {
	const tries = 10
	for range tries {
		name = path.Join(incoming, rand.Text())
		f, err = s.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o640)
		if err != nil {
			return nil, "", err
		}
		if err = tryLock(f); err == nil {
			if _, err = s.root.Stat(name); err == nil {
				return f, name, nil
			}
		}
		err = errors.Join(err, f.Close())
	}
	return nil, "", err
}

func bounded(ctx context.Context, r io.Reader, limit int64) io.Reader {
	r = reader{ctx, r}
	if limit > 0 {
		return io.LimitReader(r, limit+1)
	}
	return r
}

// A reader ends with its context.
type reader struct {
	ctx context.Context //nolint:containedctx // it lives as long as one Put
	r   io.Reader
}

func (r reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}

// keep gives a whole file its name for good. Where an equal blob is there
// already it is replaced by the same bytes, which also makes it young again
// for whoever collects what nobody refers to.
func (s *Store) keep(f *os.File, name string, h blob.Hash) error {
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write a file to disk: %w", err)
	}
	to := file(h)
	if err := s.root.MkdirAll(path.Dir(to), 0o750); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	err := s.guarded(syscall.LOCK_SH, func() error {
		if err := s.root.Chtimes(name, time.Time{}, time.Now()); err != nil { // it may have been long in coming
			return err
		}
		return s.root.Rename(name, to)
	})
	if err != nil {
		return fmt.Errorf("keep a file: %w", err)
	}
	for dir := path.Dir(to); ; dir = path.Dir(dir) {
		if err := s.syncFolder(dir); err != nil {
			return err
		}
		if dir == "." {
			return nil
		}
	}
}

// lockFile is locked by those who name files, together, and by those who look
// how old a file is in order to remove it, alone.
const lockFile = "lock"

// guarded runs f under a lock that all processes share.
func (s *Store) guarded(how int, f func() error) error {
	l, err := s.root.OpenFile(lockFile, os.O_CREATE|os.O_RDWR, 0o640)
	if err != nil {
		return err
	}
	defer l.Close()                                         // gives the lock back
	if err := syscall.Flock(int(l.Fd()), how); err != nil { //nolint:gosec // a descriptor is small
		return err
	}
	return f()
}

// DeleteOlder implements blob.Store.
func (s *Store) DeleteOlder(_ context.Context, h blob.Hash, before time.Time) (deleted bool, err error) {
	if !valid(h) {
		return false, nil
	}
	err = s.guarded(syscall.LOCK_EX, func() error {
		info, err := s.root.Stat(file(h))
		if err != nil || !info.ModTime().Before(before) {
			return err
		}
		deleted = true
		return s.root.Remove(file(h))
	})
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("remove a file: %w", err)
	}
	return deleted, nil
}

// syncFolder makes a rename outlast a power cut.
func (s *Store) syncFolder(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return fmt.Errorf("open a folder: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// file returns where a blob is.
func file(h blob.Hash) string { return path.Join(h[:2], h[2:4], h) }

// valid reports whether h is a hash. All else never reaches the file system.
func valid(h blob.Hash) bool {
	return len(h) == 2*sha256.Size && strings.Trim(h, "0123456789abcdef") == ""
}

// An opened blob is a file with its size.
type opened struct {
	*os.File
	size int64
}

func (o opened) Size() int64 { return o.size }

// OS returns the file itself, for a process that is to read it in our stead.
func (o opened) OS() *os.File { return o.File }

// Open implements blob.Store.
func (s *Store) Open(_ context.Context, h blob.Hash) (blob.File, error) {
	if !valid(h) {
		return nil, notFound(nil)
	}
	f, err := s.root.Open(file(h))
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, notFound(err)
		}
		return nil, fmt.Errorf("open a file: %w", err)
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return opened{f, info.Size()}, nil
}

func notFound(cause error) error {
	return catalog.Errorf(catalog.NotFound, "the file is not there").Italian("il file non esiste").Because(cause)
}

// Has implements blob.Store.
func (s *Store) Has(_ context.Context, h blob.Hash) (bool, error) {
	if !valid(h) {
		return false, nil
	}
	_, err := s.root.Stat(file(h))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Delete implements blob.Store. Its folders stay: another may be putting a
// file there.
func (s *Store) Delete(_ context.Context, h blob.Hash) error {
	if !valid(h) {
		return nil
	}
	if err := s.root.Remove(file(h)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// All implements blob.Store, in the order of the hashes. What is not a blob is
// passed over, and so is what is deleted meanwhile.
func (s *Store) All(ctx context.Context, f func(h blob.Hash, size int64, put time.Time) error) error {
	return fs.WalkDir(s.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if name == incoming {
			return fs.SkipDir
		}
		if h := e.Name(); !e.Type().IsRegular() || !valid(h) || name != file(h) {
			return nil
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		return f(e.Name(), info.Size(), info.ModTime())
	})
}
