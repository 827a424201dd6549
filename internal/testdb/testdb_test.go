package testdb_test

import (
	"bufio"
	"database/sql"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"portico/internal/testdb"
)

func TestEachDatabaseIsFreshAndEmpty(t *testing.T) {
	for range 2 {
		db, err := sql.Open("postgres", testdb.Postgres(t))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.ExecContext(t.Context(), `CREATE TABLE x (n INTEGER)`); err != nil {
			t.Error(err)
		}
	}
}

// TestHoldAServer is the process that the test below kills.
func TestHoldAServer(t *testing.T) {
	if os.Getenv("PORTICO_TESTDB_HOLD") == "" {
		t.Skip("run by TestServerGoesWithAKilledProcess")
	}
	os.Stdout.WriteString("dsn " + testdb.Postgres(t) + "\n")
	time.Sleep(time.Minute)
}

func TestServerGoesWithAKilledProcess(t *testing.T) {
	testdb.Postgres(t) // skips where there is none
	cmd := exec.Command(os.Args[0], "-test.run=^TestHoldAServer$", "-test.v")
	cmd.Env = append(os.Environ(), "PORTICO_TESTDB_HOLD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	dir := ""
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		if s, ok := strings.CutPrefix(lines.Text(), "dsn "); ok {
			u, err := url.Parse(s)
			if err != nil {
				t.Fatal(err)
			}
			dir = u.Query().Get("host")
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if dir == "" {
		t.Fatal("the process started no server")
	}
	for begun := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		if time.Since(begun) > 20*time.Second {
			t.Fatalf("%s is still there", dir)
		}
	}
}
