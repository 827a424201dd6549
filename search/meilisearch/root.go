package meilisearch

import (
	"slices"
	"strings"

	"portico/search"
	"portico/search/analysis"
)

// root parts the root of a query into what q can say, which is ranked and
// forgives misspelling, and a filter for the rest. fields are the attributes
// in which q is looked for.
func (c *compiler) root(n search.Node) (q string, fields []string, f filter, err error) {
	if asked, ok := plain(n); ok {
		if q := c.text(asked); q != "" {
			return q, asked.attributes(), all, nil
		}
	}
	if p, ok := unboosted(n).(search.Phrase); ok && kind(p.Field) == wordsAttribute && p.Slop <= 0 {
		if q, terms := c.quoted(p.Text); len(terms) > 1 {
			return q, []string{textAttribute(p.Field)}, all, nil
		}
	}
	if b, ok := n.(search.Bool); ok {
		return c.rootBool(b)
	}
	f, err = c.filter(n, 0)
	return "", nil, f, err
}

// rootBool gives q the words that must be there.
func (c *compiler) rootBool(b search.Bool) (q string, fields []string, f filter, err error) {
	if len(b.Should) > 0 && max(b.Min, 1) == len(b.Should) && (b.Min > 0 || len(b.Must) == 0) {
		b = search.Bool{Must: append(slices.Clone(b.Must), b.Should...), Not: b.Not}
	}
	var together asked
	rest := search.Bool{Should: b.Should, Not: b.Not, Min: b.Min}
	for _, n := range b.Must {
		x, ok := plain(n)
		if ok && !x.prefix && together.joins(x) {
			together.fields = x.fields
			together.text = strings.TrimSpace(together.text + " " + x.text)
			continue
		}
		rest.Must = append(rest.Must, n)
	}
	if q = c.text(together); q == "" {
		f, err = c.filter(b, 0)
		return "", nil, f, err
	}
	if len(rest.Must) == 0 {
		rest.Must = []search.Node{search.Everything{}}
	}
	f, err = c.filter(rest, 0)
	return q, together.attributes(), f, err
}

// An asked is text as a person asks for it.
type asked struct {
	text   string
	prefix bool
	fields []search.Field // text fields, any of which may have it
}

func (a asked) joins(b asked) bool {
	return a.text == "" || slices.Equal(a.fields, b.fields)
}

func (a asked) attributes() []string {
	var out []string
	for _, f := range a.fields {
		out = append(out, textAttribute(f))
	}
	return out
}

// gathered has the fields whose values stand in the text of All as well.
var gathered = map[search.Field]bool{
	search.Title: true, search.Description: true, search.Name: true, search.Keyword: true,
	search.Group: true, search.Organization: true, search.HolderName: true, search.Format: true,
}

// plain returns what n asks for, if q can say just that: words in one text
// field, or words in All and, for their rank, in others that All gathers.
func plain(n search.Node) (asked, bool) {
	switch n := n.(type) {
	case search.Boost:
		return plain(n.Of)
	case search.Words:
		if kind(n.Field) != wordsAttribute || n.Any && strings.ContainsAny(strings.TrimSpace(n.Text), " \t\n") {
			return asked{}, false
		}
		return asked{n.Text, n.Prefix, []search.Field{n.Field}}, true
	case search.DisMax:
		return plainDisMax(n)
	}
	return asked{}, false
}

func plainDisMax(n search.DisMax) (asked, bool) {
	var out asked
	for _, x := range n.Of {
		f, text, prefix, ok := leafText(unboosted(x))
		if !ok || len(out.fields) > 0 && text != out.text {
			return asked{}, false
		}
		out.text, out.prefix = text, out.prefix || prefix
		if !slices.Contains(out.fields, f) {
			out.fields = append(out.fields, f)
		}
	}
	if len(out.fields) > 1 && !slices.Contains(out.fields, search.All) {
		return asked{}, false
	}
	out.fields = slices.DeleteFunc(out.fields, func(f search.Field) bool { return kind(f) != wordsAttribute })
	return out, len(out.fields) > 0
}

func leafText(n search.Node) (f search.Field, text string, prefix, ok bool) {
	switch n := n.(type) {
	case search.Words:
		return n.Field, n.Text, n.Prefix, gathered[n.Field] || n.Field == search.All
	case search.Term:
		return n.Field, n.Value, false, gathered[n.Field] || n.Field == search.All
	}
	return "", "", false, false
}

func unboosted(n search.Node) search.Node {
	for range maxDepth {
		b, ok := n.(search.Boost)
		if !ok {
			return n
		}
		n = b.Of
	}
	return n
}

// maxQuery is how many words Meilisearch reads of q; those after it would be
// left out in silence.
const maxQuery = 10

// text returns what is asked for as a q of terms, or "" when q cannot hold it.
// A q that ends in a blank ends in a whole word.
func (c *compiler) text(a asked) string {
	words := c.e.analyzer.Words(a.text)
	if len(words) == 0 {
		return ""
	}
	end := " "
	if a.prefix {
		last := words[len(words)-1]
		words, end = append(analysis.Telling(words[:len(words)-1]), last), ""
	} else {
		words = analysis.Significant(words)
	}
	var terms []string
	for _, w := range words {
		for _, p := range w.Telling() {
			terms = append(terms, p.Term)
		}
	}
	if len(terms) > maxQuery {
		return ""
	}
	return strings.Join(terms, " ") + end
}
