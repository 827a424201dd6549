package search

import (
	"cmp"
	"context"
	"slices"

	"portico/catalog"
)

// An Answer is what Ask found, and for what it took the question.
type Answer struct {
	Found
	Taken       string       // the question as it was taken; "" = as it was written
	Corrections []Correction // what was misspelt, when Taken is not ""
	Also        bool         // what was asked for as it was written is among it, too
	Some        bool         // nothing has all the words of the question: this has some
	Asked       Query        // what the engine was asked in the end, for who counts within it
}

// A Forgiver is an Engine that may take words at the top of a query for others
// that are written much like them.
type Forgiver interface{ Forgives() bool }

// Ask answers a person's question: q, with text for its root. What has all the
// words is the answer. When there is none, or next to none of it, misspelt
// words are taken for what was meant, and words that nobody writes are left
// out; if there is nothing still, the answer is what has all of the words but one, else any.
func Ask(ctx context.Context, e Engine, ds catalog.Datasets, q Query, text string) (Answer, error) {
	exact, err := AskExactly(ctx, e, ds, q, text)
	if err != nil || text == "" || exact.Total > rare { // then each of the words is in more than that
		return exact, err
	}
	wrong, err := Corrections(ctx, e, text)
	if err != nil {
		return exact, nil //nolint:nilerr // what is there is an answer, too
	}
	if exact.Total > 0 {
		// What nobody writes is found by what means the same.
		wrong = slices.DeleteFunc(wrong, func(c Correction) bool { return !c.Rare })
	}
	meant := cmp.Or(Corrected(text, wrong), text)
	if meant != text {
		if out, err := taken(ctx, e, ds, q, exact, [2]string{text, meant}); err == nil && out.Total > exact.Total {
			out.Corrections = wrong
			return out, nil
		}
	}
	if exact.Total > 0 {
		return exact, nil
	}
	if some, err := some(ctx, e, ds, q, meant); err == nil && some.Total > 0 {
		return some, nil
	}
	return exact, nil
}

// some asks for some of the words.
func some(ctx context.Context, e Engine, ds catalog.Datasets, q Query, text string) (Answer, error) {
	if out, err := butOne(ctx, e, ds, q, text); err != nil || out.Total > 0 {
		return out, err
	}
	q.Root = Bool{Should: []Node{Words{Field: All, Text: text, Any: true}, Boost{Words{Field: Title, Text: text, Any: true}, 2}}}
	found, err := Find(ctx, e, ds, q)
	return Answer{Found: found, Some: true, Asked: q}, err
}

// butOne asks for all the words but one: the one without which least is found,
// but something.
func butOne(ctx context.Context, e Engine, ds catalog.Datasets, q Query, text string) (Answer, error) {
	const few, many = 3, 8
	words := wordsOf(text)
	if len(words) < few || len(words) > many {
		return Answer{}, nil
	}
	count := q
	count.Limit, count.Offset, count.Facets = 0, 0, nil
	best, least := "", 0
	for _, w := range words {
		rest := Corrected(text, []Correction{w})
		found, err := AskExactly(ctx, e, ds, count, rest)
		if err != nil {
			return Answer{}, err
		}
		if found.Total > 0 && (least == 0 || found.Total < least) {
			best, least = rest, found.Total
		}
	}
	if best == "" {
		return Answer{}, nil
	}
	out, err := AskExactly(ctx, e, ds, q, best)
	out.Some = true
	return out, err
}

// taken asks for what was meant, the second of the texts, and for what was
// written, the first, when that is there.
func taken(ctx context.Context, e Engine, ds catalog.Datasets, q Query, exact Answer, texts [2]string) (Answer, error) {
	text, meant := texts[0], texts[1]
	if exact.Total == 0 {
		out, err := AskExactly(ctx, e, ds, q, meant)
		out.Taken = meant
		return out, err
	}
	q.Root = Bool{Should: []Node{Boost{Asked(text), 2}, Asked(meant)}}
	q.Filters = append(slices.Clone(q.Filters), Bool{Should: []Node{Exactly(text), Exactly(meant)}})
	found, err := Find(ctx, e, ds, q)
	return Answer{Found: found, Taken: meant, Also: true, Asked: q}, err
}

// AskExactly is Ask for text as it is written and nothing else.
func AskExactly(ctx context.Context, e Engine, ds catalog.Datasets, q Query, text string) (Answer, error) {
	q.Root = Asked(text)
	if f, ok := e.(Forgiver); ok && f.Forgives() && text != "" {
		q.Filters = append(slices.Clone(q.Filters), Exactly(text))
	}
	found, err := Find(ctx, e, ds, q)
	return Answer{Found: found, Asked: q}, err
}

// Asked returns what a person looks for who writes text into a box: every word
// of it, in its plural or its singular or by another name, the last one perhaps
// unfinished; the more of them stand in a title, and in a row, the better.
func Asked(text string) Node {
	if text == "" {
		return Everything{}
	}
	return Bool{
		Must: []Node{DisMax{Tie: 0.1, Of: []Node{
			Boost{Words{Field: Title, Text: text}, 4},
			Words{Field: All, Text: text},
			Words{Field: All, Text: text, Prefix: true},
		}}},
		Should: []Node{
			Boost{Words{Field: Title, Text: text, Any: true}, 2},
			Boost{Words{Field: Description, Text: text, Any: true}, 0.5},
			Boost{Phrase{Field: Title, Text: text}, 2},
		},
	}
}

// Exactly is a filter for what has all the words of text as they are written
// there. It holds back engines that forgive misspellings.
func Exactly(text string) Node {
	return DisMax{Of: []Node{Words{Field: All, Text: text}, Words{Field: All, Text: text, Prefix: true}}}
}
