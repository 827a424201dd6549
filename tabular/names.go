package tabular

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"portico/catalog"
)

// maxName is what databases take as the name of a column.
const maxName = 60

// cleanName makes a name of lower-case ASCII letters, digits and underscores;
// it may be empty.
func cleanName(header string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.NewReplacer("%", " perc ", "€", " euro ", "°", " ", "º", " ", "ª", " ").Replace(header)) {
		switch {
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		case unicode.Is(unicode.Mn, r):
			continue
		default:
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteRune(r)
		if b.Len() >= maxName {
			break
		}
	}
	return strings.Trim(b.String(), "_")
}

// uniqueNames makes a clean name for each header, all of them different. A
// blank header is named after its place.
func uniqueNames(headers []string) []string {
	names := make([]string, len(headers))
	taken := make(map[string]bool, len(headers))
	for i, h := range headers {
		base := cleanName(h)
		if base == "" {
			base = "column_" + strconv.Itoa(i+1)
		}
		name := base
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", base, n)
		}
		taken[name] = true
		names[i] = name
	}
	return names
}

// nameByType names the first column of a table whose header rows tell in it
// what they are: of dates and times, what it holds.
func nameByType(typ catalog.ColumnType, taken []string) string {
	name := string(typ)
	if typ != catalog.Timestamp && typ != catalog.Day && typ != catalog.TimeOfDay || slices.Contains(taken, name) {
		return taken[0]
	}
	return name
}

// numberedNames are the names of columns where there is no header.
func numberedNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = "col" + strconv.Itoa(i+1)
	}
	return names
}

// wordsOf splits a header into lower-case words, also where one begins with a
// capital: CapImpianto is cap and impianto.
func wordsOf(header string) []string {
	var b strings.Builder
	var last rune
	for _, r := range header {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		last = r
	}
	return strings.Split(cleanName(b.String()), "_")
}

func hasWord(words []string, any ...string) bool {
	for _, w := range words {
		if slices.Contains(any, w) {
			return true
		}
	}
	return false
}

func hasPair(words []string, a, b string) bool {
	for i := 1; i < len(words); i++ {
		if words[i-1] == a && words[i] == b {
			return true
		}
	}
	return false
}
