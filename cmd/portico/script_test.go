package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"portico/internal/testdb"
)

// TestMain makes this program a table worker where it is called as one, for
// the commands that run in it start their own executable: it must never run
// the tests again.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == sqlWorker {
		os.Exit(runSQLWorker(os.Args[2:]))
	}
	if len(os.Args) > 1 && os.Args[1] == "table-worker" {
		main()
		return
	}
	testscript.Main(m, map[string]func(){"portico": main})
}

// TestScripts runs the binary as people use it, on each database.
func TestScripts(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			testscript.Run(t, testscript.Params{
				Dir:                 filepath.Join("testdata", "script"),
				RequireExplicitExec: false,
				Setup: func(env *testscript.Env) error {
					env.Setenv("PORTICO_ADMIN_LISTEN", "off")
					env.Setenv("PORTICO_DATA", filepath.Join(env.WorkDir, "data"))
					addr, err := freeAddress()
					if err != nil {
						return err
					}
					env.Setenv("ADDR", addr)
					env.Setenv("ENGINE", engine)
					if engine == "postgres" {
						env.Setenv("PORTICO_DATABASE_URL", testdb.Postgres(t))
					}
					return nil
				},
				Cmds: map[string]func(*testscript.TestScript, bool, []string){
					"web": web, "get": getURL,
				},
			})
		})
	}
}

func freeAddress() (string, error) {
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer ln.Close()
	return ln.Addr().String(), nil
}

// web NAME DIR serves a folder, and puts its origin into the variable NAME.
func web(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: web NAME DIR")
	}
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	dir := ts.MkAbs(args[1])
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// An API's answers are files named as the last element of the path.
		http.ServeFile(w, r, filepath.Join(dir, filepath.Base(r.URL.Path)))
	})}
	go srv.Serve(ln)
	ts.Defer(func() { srv.Close() })
	ts.Setenv(args[0], "http://"+ln.Addr().String())
}

// get STATUS PATH [TEXT...] asks the server at $ADDR until it answers, and
// compares the status and whether each TEXT is in the body.
func getURL(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: get STATUS PATH [TEXT...]")
	}
	var status int
	var body string
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		resp, err := http.Get("http://" + ts.Getenv("ADDR") + args[1])
		if err != nil {
			continue
		}
		b, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		ts.Check(err)
		status, body = resp.StatusCode, string(b)
		if status != http.StatusServiceUnavailable && (neg || contains(body, args[2:])) {
			break // what must not be there is not waited for
		}
	}
	if fmt.Sprint(status) != args[0] || contains(body, args[2:]) == neg && len(args) > 2 {
		ts.Fatalf("get %s = %d, want %s with %q:\n%s", args[1], status, args[0], args[2:], body)
	}
}

func contains(body string, texts []string) bool {
	for _, t := range texts {
		if !strings.Contains(body, os.ExpandEnv(t)) {
			return false
		}
	}
	return true
}
