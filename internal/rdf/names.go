package rdf

import (
	"sort"
	"strings"
)

// names abbreviates IRIs by the prefixes that a writer was given.
type names struct {
	prefixes  []binding         // sorted by prefix
	byLongest map[string]string // namespace to prefix
}

// newNames takes those of prefixes that keep accepts.
func newNames(prefixes map[string]string, keep func(prefix, namespace string) bool) *names {
	n := &names{byLongest: map[string]string{}}
	for prefix, namespace := range prefixes {
		if cleanIRI(namespace) && scheme(namespace) > 0 && keep(prefix, namespace) {
			n.prefixes = append(n.prefixes, binding{prefix, namespace})
		}
	}
	sort.Slice(n.prefixes, func(i, j int) bool { return n.prefixes[i].prefix < n.prefixes[j].prefix })
	for _, b := range n.prefixes {
		if _, taken := n.byLongest[b.namespace]; !taken {
			n.byLongest[b.namespace] = b.prefix
		}
	}
	return n
}

// simplePrefix tells the prefixes that every syntax takes.
func simplePrefix(prefix, _ string) bool {
	if prefix == "" || !isLetter(prefix[0]) || len(prefix) >= 3 && strings.EqualFold(prefix[:3], "xml") {
		return false
	}
	return simpleLocal(prefix)
}

// cut returns prefix and local part of an IRI; ok is false if no prefix fits or
// if the local part would need escapes.
func (n *names) cut(iri string) (prefix, local string, ok bool) {
	i := strings.LastIndexByte(iri, '#')
	if i < 0 {
		i = strings.LastIndexAny(iri, "/:")
	}
	if i < 0 {
		return "", "", false
	}
	prefix, ok = n.byLongest[iri[:i+1]]
	if !ok || !simpleLocal(iri[i+1:]) {
		return "", "", false
	}
	return prefix, iri[i+1:], true
}

// simpleLocal tells local parts of ASCII letters, digits, "_", and "-" where it
// does not come first.
func simpleLocal(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !isLetter(c) && !isDigit(c) && c != '_' && (c != '-' || i == 0) {
			return false
		}
	}
	return true
}
