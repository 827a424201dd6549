package dcat

import (
	"html"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What a text may be long, in bytes. Longer ones are cut: they are no titles
// and no descriptions, and a page of a feed has to stay readable.
const (
	maxTitle       = 2_000
	maxDescription = 60_000
	maxKeyword     = 100
	maxIRI         = 4_000
)

var (
	tag      = regexp.MustCompile(`</?[a-zA-Z][^<>]*>|<!--[^>]*-->`)
	lineTag  = regexp.MustCompile(`(?i)<(br|/p|/div|/li|/h[1-6]|/tr|/ul|/ol|hr)\b[^<>]*>`)
	itemTag  = regexp.MustCompile(`(?i)<li\b[^<>]*>`)
	hidden   = regexp.MustCompile(`(?is)<(script|style)\b[^<>]*>.*?</(script|style)\s*>`)
	autolink = regexp.MustCompile(`<((?:https?|mailto):[^<>\s]*)>`)
	entity   = regexp.MustCompile(`&(#\d+|#[xX][0-9a-fA-F]+|[a-zA-Z]{2,10});`)
	gaps     = regexp.MustCompile(`\n{3,}`)
)

// cleanText returns s without HTML and without characters that XML 1.0 or a
// reader cannot take. Lines stay. Applying it again changes
// nothing, but for texts that are escaped over and over.
func cleanText(s string) string {
	if isPlain(s) {
		return s
	}
	s = cut(dropControls(s), maxDescription)
	for range 4 { // an escaped tag is a tag after one round
		if !strings.ContainsAny(s, "<&") {
			break
		}
		before := s
		s = stripHTML(s)
		if s == before {
			break
		}
	}
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t\u00a0")
	}
	return strings.TrimSpace(gaps.ReplaceAllString(strings.Join(lines, "\n"), "\n\n"))
}

func stripHTML(s string) string {
	s = autolink.ReplaceAllString(s, "$1")
	if tag.MatchString(s) {
		s = hidden.ReplaceAllString(s, "")
		s = lineTag.ReplaceAllString(s, "\n")
		s = itemTag.ReplaceAllString(s, "- ")
		s = tag.ReplaceAllString(s, "")
	}
	if entity.MatchString(s) {
		s = dropControls(html.UnescapeString(s))
	}
	return s
}

// cleanLine returns s as one line.
func cleanLine(s string) string {
	if isPlain(s) && len(s) <= maxTitle {
		return s
	}
	return cut(strings.Join(strings.Fields(cleanText(s)), " "), maxTitle)
}

// isPlain reports whether s is one line in which there is nothing to clean, as
// most texts are.
func isPlain(s string) bool {
	if s == "" {
		return true
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' || len(s) > maxTitle || !utf8.ValidString(s) {
		return false
	}
	for i := range len(s) {
		if suspect[s[i]] || s[i] == ' ' && s[i+1] == ' ' {
			return false
		}
	}
	return true
}

// suspect are the bytes with which something to clean can begin: controls,
// markup, and the UTF-8 of odd blanks and invisible characters.
var suspect = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	for _, c := range []byte{'<', '&', 0x7f, 0xc2, 0xe1, 0xe2, 0xe3, 0xef} {
		t[c] = true
	}
	return t
}()

// dropControls leaves out what XML 1.0 forbids and nobody can see.
func dropControls(s string) string {
	if !needsDropping(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20, r >= 0x7f && r < 0xa0, r == utf8.RuneError, r == 0xfffe, r == 0xffff, r == 0xfeff, r == 0x2028, r == 0x200b:
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
}

func needsDropping(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x20 && c != '\n' && c != '\t' || c >= 0x7f {
			return true
		}
	}
	return false
}

// cut shortens s to at most limit bytes, at a rune.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.TrimSpace(s[:limit])
}

// keywordStop are the characters that the AgID guide and CKAN keep out of
// keywords (dcat-traps D10).
var keywordStop = strings.NewReplacer(",", " ", "'", " ", "’", " ", "‘", " ", "/", " ", `"`, " ", ";", " ", "“", " ", "”", " ")

// cleanKeyword returns one keyword without characters that readers choke on,
// or "" when too little is left.
func cleanKeyword(s string) string {
	s = strings.Join(strings.Fields(keywordStop.Replace(cleanLine(s))), " ")
	s = cut(strings.Trim(s, " .-_"), maxKeyword)
	if utf8.RuneCountInString(s) < 2 {
		return ""
	}
	return s
}

// cleanIdentifier returns s with the characters that an identifier may have:
// those which dati.gov.it keeps (dcat-traps C7), and the point and hyphen of the
// form that AgID proposes (c_a001:D.1), which it drops without harm.
func cleanIdentifier(s string) string {
	return strings.TrimLeft(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == ':', r == '_', r == '.', r == '-':
			return r
		}
		return -1
	}, s), ".-")
}
