package duck

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asProbe makes the test program a child that tries to get out.
const asProbe = "as-probe"

// probe is the child: shut in, it tries what a child must not do, and returns
// how many of the tries succeeded.
func probe(dir string) int {
	if err := enclose(); err != nil {
		return 100
	}
	out := 0
	for _, try := range []func() error{
		func() error { return os.WriteFile(filepath.Join(dir, "new"), nil, 0o600) },
		func() error { f, err := os.OpenFile(filepath.Join(dir, "old"), os.O_RDWR, 0); f.Close(); return err },
		func() error {
			f, err := os.OpenFile(filepath.Join(dir, "old"), os.O_WRONLY|os.O_TRUNC, 0)
			f.Close()
			return err
		},
		func() error { return os.Truncate(filepath.Join(dir, "old"), 0) },
		func() error { return os.Remove(filepath.Join(dir, "old")) },
		func() error { return os.Rename(filepath.Join(dir, "old"), filepath.Join(dir, "other")) },
		func() error { return os.Mkdir(filepath.Join(dir, "folder"), 0o700) },
		func() error { return os.Chmod(filepath.Join(dir, "old"), 0o777) },
		func() error { _, err := net.Dial("tcp", "127.0.0.1:1"); return nilUnless(err, syscall.EACCES) },
		func() error { _, err := net.Listen("tcp", "127.0.0.1:0"); return err },
		func() error { return exec.Command("/bin/true").Run() },
		func() error { return syscall.Kill(os.Getppid(), 0) },
	} {
		if try() == nil {
			out++
		}
	}
	if _, err := os.ReadFile(filepath.Join(dir, "old")); err != nil {
		out += 50 // reading is what it is for
	}
	runtime.GC()
	return out
}

// nilUnless returns err if it is the one that is meant, so that a refusal by
// somebody else counts as none.
func nilUnless(err error, want syscall.Errno) error {
	if err != nil && strings.Contains(err.Error(), want.Error()) {
		return err
	}
	return nil
}

func TestAChildCannotGetOut(t *testing.T) {
	if _, ok := map[string]bool{"linux/amd64": true, "linux/arm64": true}[runtime.GOOS+"/"+runtime.GOARCH]; !ok {
		t.Skip("there is no filter for this machine")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "old"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], asProbe, dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%d tries succeeded: %v %s", cmd.ProcessState.ExitCode(), err, out)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "old")); err != nil || string(b) != "x" {
		t.Errorf("the file is %q, %v", b, err)
	}
}

// TestDuckDBIsLocked sends DuckDB what the gate would never pass: behind it is
// another wall.
func TestDuckDBIsLocked(t *testing.T) {
	e, err := open(t.Context(), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.lock(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, text := range []string{
		"COPY (SELECT 1) TO '" + dir + "/a.csv'", "ATTACH '" + dir + "/a.db' AS a", "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')",
		"SELECT * FROM glob('/*')", "SET memory_limit='100GB'", "SET threads=8", "SET enable_external_access=true", "SET lock_configuration=false", "RESET memory_limit",
		"INSTALL httpfs", "LOAD httpfs", "EXPORT DATABASE '" + dir + "/b'", "SELECT * FROM '/etc/passwd'", "SELECT * FROM read_parquet('https://example.invalid/a')",
		"CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')", "SELECT sum(length(repeat('x', 10000000))) FROM range(1000) GROUP BY range ORDER BY string_agg(repeat('y', 10000000), '')",
	} {
		if err := runAll(t, e, text); err == nil {
			t.Errorf("%s is run", text)
		}
	}
	if left, err := filepath.Glob(dir + "/*"); len(left) > 0 || err != nil {
		t.Errorf("there is %v, %v", left, err)
	}
}

// runAll runs a statement to its end.
func runAll(t *testing.T, e *engine, text string) error {
	rows, err := e.conn.QueryContext(t.Context(), text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		continue
	}
	return rows.Err()
}

func FuzzSQLGate(f *testing.F) {
	for _, text := range []string{
		`SELECT a.b, count(*) FROM "x" a JOIN y USING (c) WHERE d ~ 'e' GROUP BY 1 HAVING sum(f) > 1 ORDER BY 2 DESC NULLS LAST LIMIT 3 OFFSET 4`,
		`WITH a AS (SELECT 1 AS b), c AS (SELECT * FROM a) SELECT b::text, CASE WHEN b IN (1, 2) THEN 'x' ELSE NULL END FROM c UNION ALL SELECT 'a', 'b'`,
		`SELECT to_char(a, 'YYYY-MM'), extract(year FROM a), row_number() OVER (PARTITION BY b ORDER BY c) FROM t; SELECT 2`, `SELECT '\' ; DROP TABLE x --'`,
		`SELECT * FROM t WHERE _full_text @@ to_tsquery('a & !b')`, `((((SELECT 1))))`, `SELECT (SELECT max(a) FROM b) FROM information_schema.tables`, "SELECT '\x00'", `SELECT E'\x27'`,
	} {
		f.Add(text)
	}
	e, err := open(f.Context(), 256<<20)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := e.check(t.Context(), text)
		if err != nil {
			return
		}
		tables := strings.Join(s.Tables, "\x00")
		if err := s.Rewrite(text, 10); err != nil {
			return
		}
		written, err := e.canonical(t.Context(), s)
		if err != nil {
			return // it is not run
		}
		again, err := e.check(t.Context(), written)
		if err != nil || strings.Join(again.Tables, "\x00") != tables {
			t.Errorf("%q\n%q: %v, tables %q and %q", text, written, err, s.Tables, again.Tables)
		}
		if canonical, err := e.canonical(t.Context(), again); err != nil || canonical != written {
			t.Errorf("%q is written %q: %v", written, canonical, err)
		}
	})
}
