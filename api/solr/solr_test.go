package solr

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"portico/search"
)

var testNow = time.Date(2026, 11, 21, 22, 13, 49, 348e6, time.UTC)

// solrName is a field's name in CKAN, for the tables below.
func solrName(f search.Field) string {
	best := ""
	for name, x := range known {
		if x.field == f && x.kind != kindFixed && x.kind != kindCounter && x.value == nil && (best == "" || name < best) {
			best = name
		}
	}
	switch {
	case f == search.Kind:
		return "dataset_type"
	case f == search.Visibility:
		return "capacity"
	case f == search.Updated:
		return "metadata_modified"
	case strings.HasPrefix(string(f), search.WordsPrefix):
		return "extras_" + strings.TrimPrefix(string(f), search.WordsPrefix)
	case best == "":
		return strings.TrimPrefix(string(f), "extra:")
	}
	return best
}

// show writes a query as Solr's debug output does, without its analysis.
func show(n search.Node) string {
	switch n := n.(type) {
	case search.Everything:
		return "*:*"
	case search.Nothing:
		return "nothing"
	case search.Term:
		return solrName(n.Field) + ":" + n.Value
	case search.Words:
		return solrName(n.Field) + ":" + n.Text
	case search.Phrase:
		s := solrName(n.Field) + `:"` + n.Text + `"`
		if n.Slop > 0 {
			s += fmt.Sprintf("~%d", n.Slop)
		}
		return s
	case search.DisMax:
		var of []string
		for _, x := range n.Of {
			of = append(of, show(x))
		}
		return "(" + strings.Join(of, " | ") + ")"
	case search.Range:
		return showRange(n)
	case search.Bool:
		return showBool(n)
	}
	return showPattern(n)
}

func showPattern(n search.Node) string {
	switch n := n.(type) {
	case search.Prefix:
		return solrName(n.Field) + ":" + n.Value + "*"
	case search.Wildcard:
		return solrName(n.Field) + ":" + n.Pattern
	case search.Fuzzy:
		return fmt.Sprintf("%s:%s~%d", solrName(n.Field), n.Value, n.Distance)
	case search.Exists:
		return solrName(n.Field) + ":*"
	case search.Boost:
		return fmt.Sprintf("(%s)^%v", show(n.Of), n.By)
	}
	return fmt.Sprintf("%T", n)
}

func showRange(n search.Range) string {
	low, high := n.Low, n.High
	if !n.From.IsZero() {
		low = n.From.Format("2006-01-02T15:04:05.999Z")
	}
	if !n.To.IsZero() {
		high = n.To.Format("2006-01-02T15:04:05.999Z")
	}
	if low == "" {
		low = "*"
	}
	if high == "" {
		high = "*"
	}
	brackets := map[bool]string{false: "[]", true: "{}"}
	return solrName(n.Field) + ":" + brackets[n.LowOpen][:1] + low + " TO " + high + brackets[n.HighOpen][1:]
}

func showBool(b search.Bool) string {
	var parts []string
	for _, x := range b.Must {
		parts = append(parts, "+"+group(x))
	}
	for _, x := range b.Should {
		parts = append(parts, group(x))
	}
	for _, x := range b.Not {
		parts = append(parts, "-"+group(x))
	}
	s := strings.Join(parts, " ")
	if b.Min > 0 {
		s = fmt.Sprintf("(%s)~%d", s, b.Min)
	}
	return s
}

func group(n search.Node) string {
	if _, ok := n.(search.Bool); ok {
		return "(" + show(n) + ")"
	}
	return show(n)
}

// The left column is what was measured on Solr (ckan-search §3), the right one
// what it must become; required clauses stand first.
var luceneCases = [][2]string{
	{`*:*`, `*:*`},
	{`*`, `*:*`},
	{`title:bilancio`, `title:bilancio`},
	{`title:bilancio comunale`, `+title:bilancio +text:comunale`},
	{`title:(bilancio comunale)`, `+title:bilancio +title:comunale`},
	{`title:bilancio OR comunale`, `title:bilancio text:comunale`},
	{`title:bilancio AND comunale OR spesa`, `+title:bilancio text:comunale text:spesa`},
	{`tags:a OR tags:b`, `tags:a tags:b`},
	{`tags:a OR tags:b AND tags:c`, `+tags:b +tags:c tags:a`},
	{`tags:a AND NOT tags:b`, `+tags:a -tags:b`},
	{`NOT tags:a`, `+*:* -tags:a`},
	{`-tags:a`, `+*:* -tags:a`},
	{`tags:a !tags:b`, `+tags:a -tags:b`},
	{`tags:a && tags:b || tags:c`, `+tags:a tags:b tags:c`},
	{`tags:(a OR b)`, `tags:a tags:b`},
	{`tags:("acqua potabile" OR b)`, `tags:acqua potabile tags:b`},
	{`name:bil*`, `name:bil*`},
	{`name:*bil*`, `name:*bil*`},
	{`title:Bilan*`, `title:bilan*`},
	{`title:bilancio~`, `title:bilancio~2`},
	{`title:bilancio~1`, `title:bilancio~1`},
	{`title:"bilancio comunale"~3`, `title:"bilancio comunale"~3`},
	{`title:bilanc?o`, `title:bilanc?o`},
	{`metadata_modified:[2020-01-01T00:00:00Z TO *]`, `metadata_modified:[2020-01-01T00:00:00Z TO *]`},
	{`metadata_modified:[2020-01-01T00:00:00Z%20TO%20*]`, `metadata_modified:[2020-01-01T00:00:00Z TO *]`},
	{`metadata_modified:[2020-01-01T00:00:00.123456Z TO NOW]`, `metadata_modified:[2020-01-01T00:00:00.123Z TO 2026-11-21T22:13:49.348Z]`},
	{`metadata_modified:[NOW-7DAYS TO NOW]`, `metadata_modified:[2026-11-14T22:13:49.348Z TO 2026-11-21T22:13:49.348Z]`},
	{`metadata_modified:[NOW/DAY-1MONTH TO NOW/DAY+1DAY}`, `metadata_modified:[2026-10-21T00:00:00Z TO 2026-11-22T00:00:00Z}`},
	{`metadata_modified:[* TO NOW/MONTH]`, `metadata_modified:[* TO 2026-11-01T00:00:00Z]`},
	{`metadata_modified:"2020-01-01T00:00:00Z"`, `metadata_modified:[2020-01-01T00:00:00Z TO 2020-01-01T00:00:00Z]`},
	{`metadata_modified:2020-01-01T00\:00\:00Z`, `metadata_modified:[2020-01-01T00:00:00Z TO 2020-01-01T00:00:00Z]`},
	{`title_string:[a TO m]`, `title_string:[a TO m]`},
	{`name:[* TO *]`, `name:*`},
	{`-name:[* TO *]`, `+*:* -name:*`},
	{`extras_foo:bar`, `extras_foo:bar`},
	{`foo bar:baz`, `+text:foo +bar:baz`},
	{`title:bilancio^2`, `(title:bilancio)^2`},
	{`(title:a)^=5`, `(title:a)^5`},
	{`title:/bil.*/`, `title:bil*`},
	{`organization:comune\:roma`, `organization:comune:roma`},
	{`tags:"a b"`, `tags:a b`},
	{`tags: "a b"`, `tags:a b`},
	{`tags:a b`, `+tags:a +text:b`},
	{`tags:a,b`, `tags:a,b`},
	{`filter(tags:a)`, `tags:a`},
	{`a OR +tags:b`, `text:a tags:b`},
	{`(-tags:a)`, `-tags:a`},
	{`tags:x AND (-tags:a)`, `+tags:x +(-tags:a)`},
	{`tags:a OR -tags:b`, `tags:a -tags:b`},
	{`(tags:a AND tags:b) OR (tags:c AND tags:d)`, `(+tags:a +tags:b) (+tags:c +tags:d)`},
	{`title:a NOT title:b OR title:c`, `+title:a title:c -title:b`},
	{`tags:a tags:b OR tags:c`, `+tags:a tags:b tags:c`},
	{`title:foo/bar`, `title:foo/bar`},
	{`modified:[2024-01-01 TO *]`, `modified:[2024-01-01 TO *]`},
	{`theme:"http://x/y"`, `theme:http://x/y`},
	{`hvd_category:*`, `hvd_category:*`},
	{`"a:b"`, `text:"a:b"`},
	{`private:false`, `capacity:public`},
	{`private:False`, `capacity:False`},
	{`num_resources:4`, `num_resources:[4 TO 4]`},
	{`num_resources:four`, `nothing`},
	{`views_total:[10 TO *]`, `nothing`},
	{`views_total:[* TO 10]`, `*:*`},
	{`site_id:default`, `*:*`},
	{`site_id:other`, `nothing`},
	{`+capacity:public organization:a OR organization:b +state:(active)`, `+capacity:public +state:active organization:a organization:b`},
	{`+capacity:public  +state:(active OR draft)`, `+capacity:public +(state:active state:draft)`},
}

func TestLuceneIsReadAsSolrReadsIt(t *testing.T) {
	for _, c := range luceneCases {
		n, err := Lucene(c[0], testNow)
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		if got := show(n); got != c[1] {
			t.Errorf("%s: got %s, want %s", c[0], got, c[1])
		}
	}
}

func TestWhatSolrRefusesIsRefused(t *testing.T) {
	for _, q := range []string{
		`title:"x`, `title:(x`, `title:[a TO`, `title:`, `:foo`, `title:a:b`, `title:a AND`, `AND title:a`, `x)`, `tags:()`,
		`http://example.com`, `urn:x:y`, `a::b`, `NOT NOT tags:a`, `tags:a AND AND tags:b`, `title:a^x`, `x]`, `\`,
		`metadata_modified:[2020-01-01 TO *]`, `metadata_modified:[2020-01-01T00:00:00 TO *]`, `metadata_modified:2020`,
		`metadata_modified:2020-01-01T00:00:00Z`, `metadata_created:[ieri TO oggi]`, `views_total:abc`, `metadata_modified:[NOW+1FOO TO *]`,
		strings.Repeat("(", 100) + "a" + strings.Repeat(")", 100), strings.Repeat("a ", 2000), strings.Repeat("a", maxQueryLength+1),
	} {
		if n, err := Lucene(q, testNow); err == nil {
			t.Errorf("%.60s: was read as %s", q, show(n))
		}
	}
}

func word(w string) string {
	return "((name:" + w + ")^4 | (title:" + w + ")^4 | (tags:" + w + ")^2 | (groups:" + w + ")^2 | text:" + w + ")"
}

func TestDismaxIsReadAsSolrReadsIt(t *testing.T) {
	for _, c := range [][2]string{
		{"bilancio", word("bilancio")},
		{"a b", "(" + word("a") + " " + word("b") + ")~2"},
		{"a OR b", "(" + word("a") + " " + word("b") + ")~2"},
		{"a AND b", "+" + word("a") + " +" + word("b")},
		{"a NOT b", "(" + word("a") + " -" + word("b") + ")~1"},
		{"+a -b", "+" + word("a") + " -" + word("b")},
		{"a b c", "(" + word("a") + " " + word("b") + " " + word("c") + ")~2"},
		{"NOT a", "-" + word("a")},
		{"- a", "(" + word("-") + " " + word("a") + ")~2"},
		{`a"b`, word("ab")},
		{"bilan*", word("bilan*")},
		{"(a", word("(a")},
		{"x^3", word("x^3")},
		{"!a", word("!a")},
		{"a/b", word("a/b")},
		{"acqua-potabile", word("acqua-potabile")},
		{"~", word("~")},
		{`\`, word(`\`)},
		{" ", "nothing"},
		{"a +", word("a")},
	} {
		n, err := Dismax(c[0], "", testNow)
		if err != nil {
			t.Errorf("%s: %v", c[0], err)
			continue
		}
		if got := show(n); got != c[1] {
			t.Errorf("%s:\n got %s\nwant %s", c[0], got, c[1])
		}
	}
	for _, q := range []string{"AND", "OR", "foo OR", "AND b", "+", "foo AND"} {
		if n, err := Dismax(q, "", testNow); err == nil {
			t.Errorf("%s: was read as %s", q, show(n))
		}
	}
}

func TestMinimumOfOptionalWords(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 3: 2, 4: 3, 5: 4, 6: 4, 7: 5, 8: 6, 10: 8} {
		if got := minShouldMatch(n); got != want {
			t.Errorf("%d words: %d, want %d", n, got, want)
		}
	}
}

func TestEdismaxNeverFails(t *testing.T) {
	for _, c := range [][2]string{
		{"a b", "+" + word("a") + " +" + word("b")},
		{"a OR b", word("a") + " " + word("b")},
		{"title:x AND", "+" + word("title:x") + " +" + word("AND")},
		{"name:bil*", "name:bil*"},
		{"(((", word("(((")},
	} {
		if got := show(Edismax(c[0], "", testNow)); got != c[1] {
			t.Errorf("%s:\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}

func FuzzLucene(f *testing.F) {
	for _, c := range luceneCases {
		f.Add(c[0])
	}
	f.Add("metadata_modified:[NOW-99999999999999YEARS/DAY TO *]")
	f.Fuzz(func(t *testing.T, q string) {
		n, err := Lucene(q, testNow)
		if (n == nil) == (err == nil) {
			t.Errorf("%q: %v, %v", q, n, err)
		}
	})
}

func FuzzDismax(f *testing.F) {
	for _, q := range []string{"a AND b OR c", `+a -"b c" d`, "- ++ a", `"`, "a\u3000b"} {
		f.Add(q, "")
	}
	f.Add("a b", "title^2 text^x nofield")
	f.Fuzz(func(t *testing.T, q, qf string) {
		n, err := Dismax(q, qf, testNow)
		if (n == nil) == (err == nil) {
			t.Errorf("%q: %v, %v", q, n, err)
		}
		if Edismax(q, qf, testNow) == nil {
			t.Errorf("%q: edismax gave nothing", q)
		}
	})
}
