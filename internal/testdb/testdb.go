// Package testdb gives tests a PostgreSQL of their own: a throw-away cluster,
// started once a test process, with a fresh database for each test. It is for
// tests alone and knows nothing of the catalog.
package testdb

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	_ "github.com/lib/pq" // driver "postgres"
)

// errNoBinaries says that PostgreSQL is not installed.
var errNoBinaries = errors.New("no PostgreSQL server on this machine (initdb and postgres are needed)")

// cluster starts the one cluster of this process. It outlives the test that asked first: a watchdog takes it
// away when the process ends, however it ends.
var cluster = sync.OnceValues(start)

// Postgres returns the DSN of a fresh, empty database, dropped when t ends.
// Where PostgreSQL is not installed it skips t; but where CI or
// PORTICO_REQUIRE_POSTGRES is set, t fails: no engine may go untested there.
func Postgres(t testing.TB) string {
	t.Helper()
	c, err := cluster()
	switch {
	case errors.Is(err, errNoBinaries) && !required():
		t.Skip(err)
	case err != nil:
		t.Fatal(err)
	}
	name := "t" + strings.ToLower(rand.Text())
	admin(t, c.dir, `CREATE DATABASE `+name)
	t.Cleanup(func() { admin(t, c.dir, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
	return dsn(c.dir, name)
}

func required() bool {
	for _, name := range []string{"CI", "PORTICO_REQUIRE_POSTGRES"} {
		if os.Getenv(name) != "" {
			return true
		}
	}
	return false
}

func admin(t testing.TB, socket, statement string) {
	t.Helper()
	db, err := sql.Open("postgres", dsn(socket, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement); err != nil { //nolint:noctx // in a cleanup the test's context is over
		t.Errorf("%s: %v", statement, err)
	}
}

// dsn reaches the cluster by its socket, so no port can clash with another's.
func dsn(socket, database string) string {
	q := url.Values{"host": {socket}, "user": {"portico"}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + q.Encode()
}

// start makes a cluster in a folder of its own and waits until it answers.
func start() (*server, error) {
	bin, err := binaries()
	if err != nil {
		return nil, err
	}
	who, err := unprivileged()
	if err != nil {
		return nil, err
	}
	// Not t.TempDir: the cluster outlives the test, and a socket's path must be
	// short.
	dir, err := os.MkdirTemp("/tmp", "portico-pg-")
	if err != nil {
		return nil, err
	}
	if who != nil {
		if err := os.Chown(dir, int(who.Uid), int(who.Gid)); err != nil {
			return nil, err
		}
	}
	c := &server{bin: bin, dir: dir, who: who}
	if err := c.start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return c, nil
}

// binaries returns the folder of initdb and postgres: on the PATH, else the
// newest where Debian puts them.
func binaries() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.SortFunc(dirs, func(a, b string) int { return release(b) - release(a) })
	if p, err := exec.LookPath("initdb"); err == nil {
		if p, err = filepath.EvalSymlinks(p); err == nil {
			dirs = append([]string{filepath.Dir(p)}, dirs...)
		}
	}
	for _, d := range dirs {
		if isFile(filepath.Join(d, "initdb")) && isFile(filepath.Join(d, "postgres")) {
			return d, nil
		}
	}
	return "", errNoBinaries
}

func release(dir string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	if err != nil {
		return 0
	}
	return n
}

func isFile(name string) bool {
	i, err := os.Stat(name)
	return err == nil && i.Mode().IsRegular()
}

// unprivileged returns whom to run the server as, for it refuses to be root;
// nil = as we are.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
		gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
		if errUID == nil && errGID == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("running as root, and there is no user postgres or nobody to run PostgreSQL as")
}

// A server is a cluster in a folder of its own, where its socket is, too.
type server struct {
	bin, dir string
	who      *syscall.Credential
	alive    io.Closer // the watchdog's standard input; never closed, for the end of this process does it
}

// watchdog runs the server and ends it when its standard input ends, which is
// when the test process does. The folder goes with it.
const watchdog = `
"$1/postgres" -D "$2/data" -k "$2" -h "" -F \
	-c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c shared_buffers=64MB \
	-c autovacuum=off -c log_min_messages=error >"$2/log" 2>&1 </dev/null &
pid=$!
read -r end
kill -INT $pid
wait $pid
rm -rf "$2"
`

func (s *server) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...) //nolint:noctx // it outlives the test that starts it
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	// Its own group, so that an interrupt at the terminal leaves the watchdog
	// to do its work.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.who, Setpgid: true}
	return cmd
}

func (s *server) start() error {
	var out bytes.Buffer
	initdb := s.command(filepath.Join(s.bin, "initdb"), "-D", filepath.Join(s.dir, "data"), "-U", "portico",
		"-A", "trust", "-E", "UTF8", "--no-locale", "-N")
	initdb.Stdout, initdb.Stderr = &out, &out
	if err := initdb.Run(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out.String())
	}
	dog := s.command("/bin/sh", "-c", watchdog, "watchdog", s.bin, s.dir)
	pipe, err := dog.StdinPipe()
	if err != nil {
		return err
	}
	if err := dog.Start(); err != nil {
		return err
	}
	if err := s.wait(); err != nil {
		return errors.Join(err, pipe.Close(), dog.Wait())
	}
	s.alive = pipe // kept, for the collector would close it
	return nil
}

func (s *server) wait() error {
	db, err := sql.Open("postgres", dsn(s.dir, "postgres"))
	if err != nil {
		return err
	}
	defer db.Close()
	const patience = 60 * time.Second
	for begun := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		err := db.Ping() //nolint:noctx // bounded by patience
		if err == nil {
			return nil
		}
		if time.Since(begun) > patience {
			log, unread := os.ReadFile(filepath.Join(s.dir, "log"))
			return fmt.Errorf("PostgreSQL does not answer: %w\n%s", errors.Join(err, unread), log)
		}
	}
}
