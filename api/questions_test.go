package api

import (
	"testing"
)

func TestAQuestionIsKnownWhenItIsAskedAgain(t *testing.T) {
	var q questions
	for i, want := range []bool{false, true, true} {
		if got := q.again("rifiuti"); got != want {
			t.Errorf("asked %d times before: %v", i, got)
		}
	}
	if q.again("acqua") {
		t.Error("another question is known, too")
	}
}

func TestTextsAreWrittenAsJSON(t *testing.T) {
	for _, s := range []string{"", "acqua", `a "b" \ c`, "città", "a\x00\x1f\n\t", "\xff", "\u2028", "<&>", "\x7f"} {
		if got, want := string(appendText([]byte("x"), s)), "x"+string(mustJSON(s)); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}
