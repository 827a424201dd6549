package api_test

import (
	"bytes"
	"path/filepath"
	"testing"
)

// TestReferenceIsUpToDate fails when an action or a parameter is added without
// the page in docs.
func TestReferenceIsUpToDate(t *testing.T) {
	var b bytes.Buffer
	if err := newWorld(t).server.WriteReference(&b); err != nil {
		t.Fatal(err)
	}
	compare(t, filepath.Join("..", "docs", "api.md"), b.Bytes())
}
