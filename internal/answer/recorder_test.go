package answer_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"portico/internal/answer"
)

func TestARecorderTellsHowItEnded(t *testing.T) {
	for name, c := range map[string]struct {
		serve  func(w http.ResponseWriter)
		status int
		bytes  int64
		begun  bool
	}{
		"nothing at all":     {func(http.ResponseWriter) {}, 200, 0, false},
		"words alone":        {func(w http.ResponseWriter) { _, _ = w.Write([]byte("abc")) }, 200, 3, true},
		"a status":           {func(w http.ResponseWriter) { w.WriteHeader(404) }, 404, 0, true},
		"a hint, then words": {func(w http.ResponseWriter) { w.WriteHeader(103); w.WriteHeader(304) }, 304, 0, true},
		"the first counts":   {func(w http.ResponseWriter) { w.WriteHeader(201); w.WriteHeader(500) }, 201, 0, true},
	} {
		r := &answer.Recorder{ResponseWriter: httptest.NewRecorder()}
		c.serve(r)
		if r.Status() != c.status || r.Bytes != c.bytes || r.Begun() != c.begun {
			t.Errorf("%s: %d, %d bytes, begun %v", name, r.Status(), r.Bytes, r.Begun())
		}
	}
}

func TestARecorderPassesFlushesOn(t *testing.T) {
	below := httptest.NewRecorder()
	http.NewResponseController(&answer.Recorder{ResponseWriter: below}).Flush()
	if !below.Flushed {
		t.Error("the answer is held back")
	}
}
