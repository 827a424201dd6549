package meilisearch

import (
	"slices"

	"portico/search"
)

// instead returns q with every field that is not stored replaced by the one
// that answers for it. Facets keep theirs, for the answer is read by them.
func instead(q search.Query) search.Query {
	q.Root = replaced(q.Root, 0)
	q.Filters = replacedAll(q.Filters, 0)
	q.Sort = slices.Clone(q.Sort)
	for i := range q.Sort {
		q.Sort[i].Field = held(q.Sort[i].Field)
	}
	return q
}

// held returns the field that is stored for f.
func held(f search.Field) search.Field {
	f, _ = f.Instead()
	return f
}

func replacedAll(of []search.Node, depth int) []search.Node {
	out := make([]search.Node, len(of))
	for i, n := range of {
		out[i] = replaced(n, depth)
	}
	return out
}

// replaced does it for a node. What is too deep stays: the compiler refuses it.
func replaced(n search.Node, depth int) search.Node {
	if depth > maxDepth {
		return n
	}
	switch n := n.(type) {
	case search.Bool:
		return search.Bool{
			Must: replacedAll(n.Must, depth+1), Should: replacedAll(n.Should, depth+1), Not: replacedAll(n.Not, depth+1), Min: n.Min,
		}
	case search.DisMax:
		return search.DisMax{Of: replacedAll(n.Of, depth+1), Tie: n.Tie}
	case search.Boost:
		return search.Boost{Of: replaced(n.Of, depth+1), By: n.By}
	}
	return replacedLeaf(n)
}

func replacedLeaf(n search.Node) search.Node {
	switch n := n.(type) {
	case search.Term:
		n.Field = held(n.Field)
		return n
	case search.Words:
		n.Field = held(n.Field)
		return n
	case search.Phrase:
		n.Field = held(n.Field)
		return n
	case search.Prefix:
		n.Field = held(n.Field)
		return n
	case search.Wildcard:
		n.Field = held(n.Field)
		return n
	case search.Fuzzy:
		n.Field = held(n.Field)
		return n
	case search.Range:
		n.Field = held(n.Field)
		return n
	case search.Exists:
		n.Field = held(n.Field)
		return n
	}
	return n
}
