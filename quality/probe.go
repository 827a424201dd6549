package quality

import (
	"context"
	"errors"
	"net/http"
	"time"

	"portico/catalog"
	"portico/internal/httpclient"
)

// An outcome is how one try of an address went.
type outcome struct {
	verdict verdict
	status  int    // of HTTP; 0 = there was no answer
	method  string // that the status is the answer to
	reason  catalog.Text
}

// A verdict is what an outcome says of an address.
type verdict int

const (
	answers   verdict = iota
	fails             // the server says that it is not there, or that we may not
	silent            // nobody answered: the server's fault, or that of our own network
	undecided         // the server wants to be left alone, or we may not ask it
)

// probe tries an address: HEAD, as data.europa.eu does, and where that does not
// answer well the first byte by GET, for many servers do not know HEAD.
func probe(ctx context.Context, client *http.Client, address string) outcome {
	o := ask(ctx, client, http.MethodHead, address)
	if o.verdict == answers || o.verdict == undecided || errIsFinal(o) {
		return o
	}
	return ask(ctx, client, http.MethodGet, address)
}

// errIsFinal reports whether another method would not do better: there is no
// such server.
func errIsFinal(o outcome) bool { return o.reason["en"] == noSuchServer }

const noSuchServer = "there is no server of that name"

func ask(ctx context.Context, client *http.Client, method, address string) outcome {
	req, err := http.NewRequestWithContext(ctx, method, address, nil)
	if err != nil {
		return outcome{verdict: fails, reason: catalog.Text{"it": "l'indirizzo non è valido", "en": "the address is not valid"}}
	}
	req.Header.Set("Accept", "*/*")
	if method == http.MethodGet {
		req.Header.Set("Range", "bytes=0-0")
	}
	resp, err := client.Do(req)
	if err != nil {
		return failed(ctx, method, err)
	}
	_ = resp.Body.Close() // what it holds is nobody's concern here
	o := outcome{status: resp.StatusCode, method: method}
	switch s := resp.StatusCode; {
	case s >= 200 && s < 300, s == http.StatusRequestedRangeNotSatisfiable: // an empty file has no first byte
		return o
	case s == http.StatusTooManyRequests, s == http.StatusServiceUnavailable && resp.Header.Get("Retry-After") != "":
		o.verdict = undecided
	default:
		o.verdict = fails
	}
	it, en := httpclient.Explain(&httpclient.StatusError{Status: resp.StatusCode})
	o.reason = catalog.Text{"it": it, "en": en}
	return o
}

// failed is the outcome of a request without an answer.
func failed(ctx context.Context, method string, err error) outcome {
	it, en := httpclient.Explain(err)
	o := outcome{verdict: silent, method: method, reason: catalog.Text{"it": it, "en": en}}
	switch {
	case errors.Is(err, httpclient.ErrTooLarge): // it was about to send all of it
		return outcome{status: http.StatusOK, method: method}
	case errors.Is(err, httpclient.ErrAddress), errors.Is(err, httpclient.ErrBusy), ctx.Err() != nil:
		o.verdict = undecided
	case errors.Is(err, httpclient.ErrRedirects):
		o.verdict = fails
	}
	return o
}

// The times of a link. A run of the checker begins at about the same hour of
// the day as the one before, so what is due in a day is due a little earlier.
const (
	slack     = 2 * time.Hour
	strikeGap = 20 * time.Hour // between two failures that count
)

// note changes what is known of l by how a try went. What answers is tried
// again after every; what fails, each day.
func note(l *catalog.Link, o outcome, now time.Time, every time.Duration) {
	const day = 24 * time.Hour
	if l.Due = now.Add(day - slack); o.verdict == undecided {
		return
	}
	l.Checked, l.Status, l.Method, l.Reason = now, o.status, o.method, o.reason
	if o.verdict == answers {
		l.Due = now.Add(every - slack)
		l.Answered, l.Reason, l.Since, l.Struck, l.Strikes = now, nil, time.Time{}, time.Time{}, 0
		return
	}
	if l.Since.IsZero() {
		l.Since = now
	}
	if l.Struck.IsZero() || now.Sub(l.Struck) >= strikeGap {
		l.Struck = now
		l.Strikes++
	}
}
