package golden

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A Replayer sends cases to a handler. What a case captures is there for the
// cases after it. It is for one goroutine.
type Replayer struct {
	handler http.Handler
	origin  string
	vars    variables
}

// New returns a replayer. Origin is the base URL that the handler writes into
// its answers, admin the token of a sysadmin. To replay against a server that
// runs elsewhere, hand in a reverse proxy to it.
func New(t testing.TB, h http.Handler, origin, admin string) *Replayer {
	t.Helper()
	r := &Replayer{handler: h, origin: strings.TrimSuffix(origin, "/")}
	r.Set("token_admin", admin)
	r.vars.boot(t)
	return r
}

// Set gives a variable its value: "rid_100k" is the resource with the large
// table, which the loader of that table knows.
func (r *Replayer) Set(name, value string) { r.vars.set(name, value) }

// Run sends a case and says how the answer differs from the recorded one; ""
// says that it does not.
func (r *Replayer) Run(c Case) (why string) {
	a, err := r.send(c.Request)
	if err != nil {
		return err.Error()
	}
	r.capture(c, a.text)
	return r.compare(c, a)
}

// An answer is what the handler said.
type answer struct {
	status    int
	mediaType string
	text      string
}

func (r *Replayer) send(q Request) (answer, error) {
	token := ""
	if q.Auth != "" {
		t, ok := r.vars.values["token_"+q.Auth]
		if !ok {
			return answer{}, fmt.Errorf("no token of %s: the case that captures it failed", q.Auth)
		}
		token = t
	}
	req, err := r.request(q)
	if err != nil {
		// A server of net/http answers the same before any handler.
		return answer{status: http.StatusBadRequest, mediaType: "text/plain", text: "400 Bad Request"}, nil //nolint:nilerr // see above
	}
	if token != "" {
		req.Header.Set("Authorization", token)
	}
	rec := httptest.NewRecorder()
	r.handler.ServeHTTP(rec, req)
	a := answer{status: rec.Code, mediaType: mediaType(rec.Result().Header.Get("Content-Type"))}
	if q.Method != http.MethodHead {
		a.text = strings.ToValidUTF8(rec.Body.String(), "\uFFFD")
	}
	return a, nil
}

// capture takes variables from the answer; what is not there stays unset, and
// the cases that need it fail.
func (r *Replayer) capture(c Case, body string) {
	v, err := parse([]byte(body))
	if err != nil {
		return
	}
	for name, path := range c.Capture {
		if found, ok := dig(v, strings.Split(path, ".")).(string); ok {
			r.vars.set(name, found)
		}
	}
}

func dig(v any, path []string) any {
	for _, key := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(at) {
				return nil
			}
			v = at[i]
		default:
			return nil
		}
	}
	return v
}

// kindsByStatus begin the names of cases whose words and graphs are a
// server's own: only status and type count.
var kindsByStatus = []string{"dcat_", "help_show", "status_show"}

func (r *Replayer) compare(c Case, a answer) string {
	if c.Status >= 500 {
		if a.status < 500 {
			return "" // a defect of CKAN: any orderly answer is better
		}
		return fmt.Sprintf("CKAN answers %d, and so does this server: %d", c.Status, a.status)
	}
	got := r.vars.mask(a.text, r.origin)
	if a.status != c.Status {
		return fmt.Sprintf("want status %d, got %d: %s", c.Status, a.status, cut(got))
	}
	if want := c.mediaType(); a.mediaType != want {
		return fmt.Sprintf("want type %q, got %q", want, a.mediaType)
	}
	switch {
	case slices.ContainsFunc(kindsByStatus, func(k string) bool { return strings.HasPrefix(c.Name, k) }):
		return ""
	case c.JSON != nil:
		return c.compareJSON(got)
	case a.mediaType == "text/html":
		return "" // pages are a server's own
	}
	return c.compareText(got)
}

func (c Case) compareJSON(text string) string {
	want, err := parse(c.JSON)
	if err != nil {
		return "the recording is no JSON: " + err.Error()
	}
	got, err := parse([]byte(text))
	if err != nil {
		return "no JSON: " + cut(text)
	}
	if c.Unordered {
		want, got = unordered(want), unordered(got)
	}
	return diff(want, got, "$")
}

// recorded is how much of a text the recordings hold.
const recorded = 20_000

func (c Case) compareText(got string) string {
	if c.Unordered {
		if len(c.Text) < recorded && !slices.Equal(words(c.Text), words(got)) {
			return "the words of the text differ"
		}
		return ""
	}
	if strings.HasPrefix(got, c.Text) {
		return ""
	}
	want, have := []rune(c.Text), []rune(got)
	at := 0
	for at < min(len(want), len(have)) && want[at] == have[at] {
		at++
	}
	return fmt.Sprintf("text differs at %d: want %q, got %q", at, cut(string(want[at:])), cut(string(have[at:])))
}

func words(s string) []string {
	w := strings.Fields(s)
	slices.Sort(w)
	return w
}

func (c Case) mediaType() string {
	for k, v := range c.Headers {
		if strings.EqualFold(k, "Content-Type") {
			return mediaType(v)
		}
	}
	return ""
}

func mediaType(header string) string {
	before, _, _ := strings.Cut(header, ";")
	return before
}
