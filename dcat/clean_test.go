package dcat

import "testing"

func TestTextsAreCleaned(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"Markdown stays", "# Titolo\n\n- **uno** [due](https://x.it)\n- a < b > c", "# Titolo\n\n- **uno** [due](https://x.it)\n- a < b > c"},
		{"tags go and lines stay", "<p>Uno</p><p>due<br>tre</p>", "Uno\ndue\ntre"},
		{"list items become dashes", "<ul><li>a</li><li>b</li></ul>", "- a\n- b"},
		{"escaped tags go, too", "&lt;b&gt;forte&lt;/b&gt; &amp;amp;", "forte &"},
		{"scripts go with what they hold", "a<script>alert(1)</script>b", "ab"},
		{"links between brackets stay", "vedi <https://x.it/a>", "vedi https://x.it/a"},
		{"characters that XML forbids go", "a\x00b\x0bc\ufffed\u0085\xff", "abcd"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := cleanText(tc.in)
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if again := cleanText(got); again != got {
				t.Errorf("twice gives %q", again)
			}
		})
	}
}

func TestKeywordsAreCleaned(t *testing.T) {
	for in, want := range map[string]string{"  stato  dell'arte ": "stato dell arte", "a/b": "a b", "x": "", "<b>aria</b>": "aria", "PM2.5": "PM2.5", "": "", ".": ""} {
		if got := cleanKeyword(in); got != want {
			t.Errorf("cleanKeyword(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestIdentifiersAreStripped(t *testing.T) {
	if got := cleanIdentifier("c_a001:D.1 - à/b"); got != "c_a001:D.1-b" {
		t.Error(got)
	}
}
