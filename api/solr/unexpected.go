package solr

import (
	"strings"
	"unicode/utf8"
)

// What Solr's parser may go on with, in its own words, which its errors list.
const (
	wantValue   = `<BAREOPER>|"("|"*"|<QUOTED>|<TERM>|<PREFIXTERM>|<WILDTERM>|<REGEXPTERM>|"["|"{"|<LPARAMS>|"filter("|<NUMBER>`
	wantClause  = `<NOT>|"+"|"-"|` + wantValue + `|<TERM>`
	wantOperand = wantClause + `|"*"`
	wantMore    = `<AND>|<OR>|<NOT>|"+"|"-"|<BAREOPER>|"("|")"|"*"|"^"|<QUOTED>|<TERM>|<PREFIXTERM>|<WILDTERM>|<REGEXPTERM>|"["|"{"|<LPARAMS>|"filter("|<NUMBER>`
	wantTo      = `"TO"`
	wantEnd     = `"TO"|<RANGE_QUOTED>|<RANGE_GOOP>`
)

// names are what Solr calls the tokens that are not called by what they are.
var names = map[tokenKind]string{
	tokWord: "<TERM>", tokPrefix: "<PREFIXTERM>", tokWild: "<WILDTERM>", tokPhrase: "<QUOTED>", tokRegex: "<REGEXPTERM>",
	tokAnd: "<AND>", tokOr: "<OR>", tokNot: "<NOT>", tokFuzzy: "<FUZZY_SLOP>",
}

// unexpected says that the next token cannot stand where it does.
func (p *parser) unexpected() error {
	t, want := p.peek(), wantMore
	if p.pos == 0 {
		want = wantClause
	} else {
		switch p.tokens[p.pos-1].kind {
		case tokColon:
			want = wantValue
		case tokAnd, tokOr:
			want = wantOperand
		case tokOpen, tokPlus, tokMinus, tokNot:
			want = wantClause
		default:
		}
	}
	if p.depth == 0 && want == wantMore {
		want = strings.Replace(want, `|")"`, "", 1)
	}
	if t.kind == tokEnd {
		return unexpected(p.src, "", "", t.at, want)
	}
	image := p.src[t.at:]
	if next := p.tokens[p.pos+1]; next.at > t.at {
		image = strings.TrimRight(p.src[t.at:min(next.at, len(p.src))], " \t\r\n\u3000")
	}
	kind, ok := names[t.kind]
	if !ok {
		kind = `"` + image + `"`
	}
	return unexpected(p.src, kind, image, t.at, want)
}

// unexpected says, as Solr does, what stands at a place of a query ("" is its
// end), and what might.
func unexpected(src, kind, image string, at int, want string) error {
	found := `"<EOF>"`
	if image != "" {
		found = `" ` + kind + ` "` + strings.ReplaceAll(image, `"`, `\"`) + ` ""`
	}
	of := "Was expecting one of:"
	if !strings.Contains(want, "|") {
		of = "Was expecting:"
	}
	const tab = "\n    "
	return errorf("Cannot parse '%s': Encountered %s at line 1, column %d.\n%s%s%s ...%s",
		src, found, utf8.RuneCountInString(src[:min(at, len(src))]), of, tab, strings.ReplaceAll(want, "|", " ..."+tab), tab)
}
