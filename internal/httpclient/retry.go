package httpclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

const (
	maxRetries    = 2
	firstWait     = 300 * time.Millisecond
	maxRetryAfter = 20 * time.Second
)

// retries sends what may be sent twice by way of retry, all else directly.
type retries struct {
	retry, once http.RoundTripper
}

func (r retries) RoundTrip(req *http.Request) (*http.Response, error) {
	switch req.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, "":
		return r.retry.RoundTrip(req)
	}
	return r.once.RoundTrip(req)
}

func retrying(wire http.RoundTripper) http.RoundTripper {
	c := &retryablehttp.Client{
		// Redirects are the outer client's business.
		HTTPClient: &http.Client{Transport: wire, CheckRedirect: func(*http.Request, []*http.Request) error {
			return http.ErrUseLastResponse
		}},
		RetryMax:     maxRetries,
		RetryWaitMin: firstWait,
		RetryWaitMax: maxRetryAfter,
		CheckRetry:   shouldRetry,
		Backoff:      retryablehttp.DefaultBackoff, // honours Retry-After
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
	return retries{retry: &retryablehttp.RoundTripper{Client: c}, once: wire}
}

func shouldRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return !final(err), nil
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		// One who asks for more patience than we have is not asked again.
		return retryAfter(resp) <= maxRetryAfter, nil
	}
	return false, nil
}

// final reports whether err would only come again.
func final(err error) bool {
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
		verify  *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		dns     *net.DNSError
	)
	switch {
	case errors.Is(err, ErrAddress), errors.Is(err, ErrBusy), errors.As(err, &unknown), errors.As(err, &host), errors.As(err, &invalid),
		errors.As(err, &verify), errors.As(err, &record):
		return true
	case errors.As(err, &dns):
		return dns.IsNotFound
	}
	return false
}

func retryAfter(resp *http.Response) time.Duration {
	s := resp.Header.Get("Retry-After")
	if n, err := strconv.Atoi(s); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return time.Until(t)
	}
	return 0
}
