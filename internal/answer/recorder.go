// Package answer tells how a request was answered. It must not know what it
// was about.
package answer

import "net/http"

// A Recorder notes the status and size of what passes through it.
type Recorder struct {
	http.ResponseWriter
	Bytes int64

	status int
}

// Status returns the status of the answer: 200 where none was set.
func (r *Recorder) Status() int {
	if r.status == 0 {
		return http.StatusOK
	}
	return r.status
}

// Begun reports whether the answer has begun.
func (r *Recorder) Begun() bool { return r.status != 0 }

// WriteHeader implements http.ResponseWriter. What only informs is no status.
func (r *Recorder) WriteHeader(code int) {
	if r.status == 0 && code >= http.StatusOK {
		r.status = code
	}
	r.ResponseWriter.WriteHeader(code)
}

// Write implements http.ResponseWriter.
func (r *Recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.Bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (r *Recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// Flush implements http.Flusher.
func (r *Recorder) Flush() {
	if f, ok := r.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}
