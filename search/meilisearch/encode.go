package meilisearch

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"portico/search"
)

// Meilisearch folds case, width and accents of what it filters by, trims it,
// reads numbers in it and cuts it off. So exact values are stored in a code of
// small letters, digits and !;{ that none of that changes. The code keeps the
// order of code points, and the code of a prefix is a prefix of the code.

const hexDigits = "0123456789abcdef"

// maxCode is less than the 468 bytes after which Meilisearch cuts.
const maxCode = 380

// encode returns the code of v. That of a long value is cut and ends in a
// digest: equal values have equal codes still.
func encode(v string) string {
	code, whole := encodeSome(v)
	if whole {
		return code
	}
	sum := sha256.Sum256([]byte(v))
	return code + "|" + hex.EncodeToString(sum[:16])
}

func encodeSome(v string) (code string, whole bool) {
	out := []byte{'v'} // so that it is no number
	for i := range len(v) {
		c := v[i]
		if len(out) >= maxCode {
			return string(out), false
		}
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' {
			out = append(out, c)
			continue
		}
		out = append(out, escape(c), hexDigits[c>>4], hexDigits[c&15])
	}
	return string(out), true
}

// escape stands, in the order of code points, where c does.
func escape(c byte) byte {
	switch {
	case c < '0':
		return '!'
	case c < 'a':
		return ';'
	}
	return '{'
}

// decode returns the value of a code. That of a value that was cut is its
// beginning with an ellipsis.
func decode(code string) string {
	code = strings.TrimPrefix(code, "v")
	var out []byte
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '|':
			return strings.ToValidUTF8(string(out), "") + "…"
		case '!', ';', '{':
			if b, err := hex.DecodeString(code[i+1 : min(i+3, len(code))]); err == nil {
				out = append(out, b...)
			}
			i += 2
		default:
			out = append(out, c)
		}
	}
	return string(out)
}

// The attributes of a stored document. Fields stand one level below theirs.
const (
	keyAttribute     = "pk" // primary key, made of the ID
	idAttribute      = "id" // the ID as it is
	stringsAttribute = "s"  // codes of exact values
	wordsAttribute   = "w"  // codes of the words of texts
	formsAttribute   = "f"  // codes of the words of All as they are written
	textsAttribute   = "t"  // texts as analysed, for q
	datesAttribute   = "d"  // milliseconds
	intsAttribute    = "i"
)

// key returns the primary key for an ID: Meilisearch allows letters, digits,
// hyphens and underscores.
func key(id string) string {
	if validIndex.MatchString(id) {
		return "i-" + id
	}
	sum := sha256.Sum256([]byte(id))
	return "h-" + hex.EncodeToString(sum[:])
}

// kinds says where the fields that every dataset may have are stored; all
// others hold exact values.
var kinds = map[search.Field]string{
	search.Title: wordsAttribute, search.Description: wordsAttribute, search.All: wordsAttribute,
	search.Created: datesAttribute, search.Updated: datesAttribute, search.Modified: datesAttribute,
	search.Distributions: intsAttribute, search.Keywords: intsAttribute,
	search.Author: wordsAttribute, search.AuthorEmail: wordsAttribute,
	search.Maintainer: wordsAttribute, search.MaintainerEmail: wordsAttribute,
	search.DistributionName: wordsAttribute, search.DistributionDescription: wordsAttribute,
}

func kind(f search.Field) string {
	f = held(f)
	if k, ok := kinds[f]; ok {
		return k
	}
	return stringsAttribute
}

// attribute returns where the values of f are stored.
func attribute(f search.Field) string { return kind(f) + "." + safeName(held(f)) }

func textAttribute(f search.Field) string { return textsAttribute + "." + safeName(f) }

// safeName returns f in letters that mean nothing to Meilisearch. Names of
// extras are anybody's.
func safeName(f search.Field) string {
	plain := len(f) > 0 && len(f) < 40
	for _, c := range []byte(f) {
		plain = plain && (c >= 'a' && c <= 'z' || c == '_')
	}
	switch {
	case plain:
		return string(f)
	case len(f) <= 100:
		return "x0" + hex.EncodeToString([]byte(f))
	}
	sum := sha256.Sum256([]byte(f))
	return "y0" + hex.EncodeToString(sum[:])
}
