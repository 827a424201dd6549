package api

import (
	"strings"
	"testing"
)

// FuzzUploadName checks that no name that a client sends becomes more than the
// name of a file.
func FuzzUploadName(f *testing.F) {
	for _, s := range []string{"dati città.csv", "../../x.csv", `..\x`, "x\x00.html", "x\r\nSet-Cookie: a=b", strings.Repeat("n", 300), "", "...", ".htaccess", "CON"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		name := uploadName(said)
		const most = 100
		if name == "" || len(name) > most || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_.-") != "" || strings.Trim(name, "._") == "" {
			t.Errorf("%q became %q", said, name)
		}
		if d := disposition(said); strings.ContainsAny(d, "\r\n\x00") || !strings.HasPrefix(d, `attachment; filename="`) {
			t.Errorf("%q: %q", said, d)
		}
	})
}
