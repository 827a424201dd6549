package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/internal/fixtures"
)

// portico runs the program in this process and returns its exit status and
// what it printed.
func portico(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

// must runs the program and fails the test unless it succeeds.
func must(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errs := portico(t, args...)
	if code != exitDone {
		t.Fatalf("portico %s = %d\n%s%s", strings.Join(args, " "), code, out, errs)
	}
	return out
}

// A report is what scripts read of `portico harvest --json`.
type report struct {
	Read                                                   struct{ Datasets, Distributions int }
	Published, Quarantined, Changed, Same, Failed, Retired int
	Complete, Held                                         bool
	Records                                                []struct {
		ID, Title, Outcome string
		Problems           []struct{ Field, Value, Rule, Message, Mend string }
	}
}

// harvest runs `portico harvest` and returns its report and exit status.
func harvest(t *testing.T, args ...string) (report, int) {
	t.Helper()
	code, out, errs := portico(t, append([]string{"harvest", "--json"}, args...)...)
	var r report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("harvest %v = %d: %v\n%s\n%s", args, code, err, out, errs)
	}
	return r, code
}

// serve starts `portico serve` (or another long command) in this process and
// returns its origin. It is stopped at the end of the test.
func serve(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	r, w := io.Pipe()
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append(args, "--listen", "127.0.0.1:0", "--admin-listen", "off"), io.Discard, w)
		w.Close()
	}()
	t.Cleanup(func() {
		cancel()
		if code := <-done; code != exitDone {
			t.Errorf("portico %v ended with %d", args, code)
		}
	})
	return ready(t, r)
}

// ready waits for the log line that says that the program is ready, and
// returns its address as an origin.
func ready(t *testing.T, logs io.Reader) string {
	t.Helper()
	found := make(chan string, 1)
	go func() {
		defer close(found)
		sc := bufio.NewScanner(logs)
		sc.Buffer(nil, 1<<20)
		var all strings.Builder
		for sc.Scan() {
			var line struct{ Msg, Address string }
			if json.Unmarshal(sc.Bytes(), &line) == nil && line.Msg == "ready" {
				found <- "http://" + line.Address
				break
			}
			all.Write(sc.Bytes())
		}
		if all.Len() > 0 {
			found <- all.String()
		}
		io.Copy(io.Discard, logs)
	}()
	const patience = 60 * time.Second
	select {
	case s := <-found:
		if !strings.HasPrefix(s, "http://") {
			t.Fatalf("the program did not start: %s", s)
		}
		return s
	case <-time.After(patience):
		t.Fatal("the program did not become ready")
	}
	return ""
}

// get returns the status and body of an answer.
func get(t *testing.T, url string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// action calls an action of the API and decodes its result into result.
func action(t *testing.T, origin, call string, result any) {
	t.Helper()
	code, body := get(t, origin+"/api/3/action/"+call)
	var env struct {
		Success bool
		Result  json.RawMessage
	}
	if err := json.Unmarshal([]byte(body), &env); err != nil || code != http.StatusOK || !env.Success {
		t.Fatalf("%s = %d: %v\n%s", call, code, err, body)
	}
	if err := json.Unmarshal(env.Result, result); err != nil {
		t.Fatalf("%s: %v\n%s", call, err, env.Result)
	}
}

// python returns the interpreter that has the real clients.
func python(t *testing.T) string {
	t.Helper()
	venv := os.Getenv("PORTICO_VENV")
	if venv == "" {
		venv = filepath.Join("..", "..", "build", "venv")
	}
	bin, err := filepath.Abs(filepath.Join(venv, "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(bin); err != nil {
		fixtures.Missing(t, "no real clients; make test installs them: "+err.Error())
	}
	return bin
}

// command runs an outside program and fails the test unless it succeeds.
func command(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// site serves handler on loopback.
func site(t *testing.T, handler http.Handler) string {
	t.Helper()
	srv := httptest.NewServer(handler)
	t.Cleanup(srv.Close)
	return srv.URL
}

// file serves one file under a name, as a web server that knows no RDF would.
func file(t *testing.T, path, contentType string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return site(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/"+filepath.Base(path) || r.URL.RawQuery != "" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Write(b)
	})) + "/" + filepath.Base(path)
}
