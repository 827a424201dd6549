package solr

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"portico/search"
)

// A fieldKind says how the values of a field are compared.
type fieldKind int

const (
	kindString  fieldKind = iota // exact, case-sensitive
	kindText                     // analysed
	kindDate                     // moments
	kindInt                      // numbers, which CKAN keeps as strings
	kindCounter                  // numbers that CKAN keeps as numbers and we do not keep: always 0
	kindFixed                    // equal in every document
)

// A Field is a field of CKAN's index as our index knows it.
type Field struct {
	name  string
	field search.Field
	kind  fieldKind
	value map[string]string // CKAN's values in our words, where they differ
	fixed string
}

// known are the fields of CKAN's index that have one of their own in
// ours. Any other name is that of an extra.
var known = map[string]Field{
	"id":                {field: search.ID},
	"name":              {field: search.Name},
	"title":             {field: search.Title, kind: kindText},
	"title_string":      {field: search.TitleSort},
	"notes":             {field: search.Description, kind: kindText},
	"text":              {field: search.Text, kind: kindText},
	"author":            {field: search.Author, kind: kindText},
	"author_email":      {field: search.AuthorEmail, kind: kindText},
	"maintainer":        {field: search.Maintainer, kind: kindText},
	"maintainer_email":  {field: search.MaintainerEmail, kind: kindText},
	"res_name":          {field: search.DistributionName, kind: kindText},
	"res_description":   {field: search.DistributionDescription, kind: kindText},
	"urls":              {field: search.URLs, kind: kindText},
	"url":               {field: search.URL},
	"res_url":           {field: search.DistributionURL},
	"res_type":          {field: search.DistributionType},
	"version":           {field: search.Version},
	"creator_user_id":   {field: search.Creator},
	"num_tags":          {field: search.Keywords, kind: kindInt},
	"tags":              {field: search.Keyword},
	"groups":            {field: search.Group},
	"organization":      {field: search.Organization},
	"owner_org":         {field: search.OrgID},
	"res_format":        {field: search.Format},
	"license_id":        {field: search.License},
	"capacity":          {field: search.Visibility},
	"permission_labels": {field: search.Visibility},
	"private":           {field: search.Visibility, value: map[string]string{"true": "private", "false": "public"}},
	"state":             {field: search.State},
	"dataset_type":      {field: search.Kind},
	"type":              {field: search.Kind},
	"num_resources":     {field: search.Distributions, kind: kindInt},
	"metadata_created":  {field: search.Created, kind: kindDate},
	"metadata_modified": {field: search.Updated, kind: kindDate},
	"indexed_ts":        {field: search.Updated, kind: kindDate},
	"entity_type":       {kind: kindFixed, fixed: "package"},
	"site_id":           {kind: kindFixed, fixed: "default"},
	"views_total":       {kind: kindCounter},
	"views_recent":      {kind: kindCounter},
}

// Lookup returns the field that CKAN calls name.
func Lookup(name string) Field {
	f, ok := known[name]
	if !ok {
		key, words := strings.CutPrefix(name, "extras_")
		switch {
		case words:
			f = Field{field: search.Field(search.WordsPrefix + key), kind: kindText}
		case strings.HasSuffix(name, "_date"):
			f = Field{field: search.Field(search.ExtraPrefix + name), kind: kindDate}
		default:
			f.field = search.Field(search.ExtraPrefix + name)
		}
	}
	f.name = name
	return f
}

// Index returns the field of our index that f is.
func (f Field) Index() search.Field { return f.field }

// Fixed returns the value that every dataset has, if f is such a field.
func (f Field) Fixed() (string, bool) { return f.fixed, f.kind == kindFixed }

// Theirs returns CKAN's word for a value of our index.
func (f Field) Theirs(ours string) string {
	for theirs, v := range f.value {
		if v == ours {
			return theirs
		}
	}
	return ours
}

// node returns the query for one value of f.
func (f Field) node(p *parser, t token, near bool, fuzzy string) (search.Node, error) {
	switch f.kind {
	case kindDate:
		return f.dateNode(t, p.now)
	case kindInt, kindCounter, kindFixed:
		return f.plainNode(t)
	case kindString, kindText:
	}
	if t.kind == tokRegex {
		return f.regexNode(t.value)
	}
	return f.wordNode(t, near, fuzzy), nil
}

// wordNode returns the query for a word or phrase in a field of text.
func (f Field) wordNode(t token, near bool, fuzzy string) search.Node {
	value := t.value
	if v, ok := f.value[value]; ok {
		value = v
	}
	if f.kind == kindText && (t.kind == tokPrefix || t.kind == tokWild) {
		value = strings.ToLower(value)
	}
	switch t.kind {
	case tokStar:
		return search.Exists{Field: f.field}
	case tokPrefix:
		return search.Prefix{Field: f.field, Value: value}
	case tokWild:
		return search.Wildcard{Field: f.field, Pattern: value}
	case tokPhrase:
		if f.kind == kindText {
			slop, _ := strconv.Atoi(fuzzy)
			return search.Phrase{Field: f.field, Text: value, Slop: min(slop, 1000)}
		}
	default:
		if d := editDistance(fuzzy); near && d > 0 {
			return search.Fuzzy{Field: f.field, Value: value, Distance: d}
		}
	}
	return search.Term{Field: f.field, Value: value}
}

// editDistance reads the number after ~. None is 2, as are all beyond it.
func editDistance(s string) int {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n > 2 || n > 0 && n < 1 {
		return 2
	}
	return int(n)
}

func (f Field) dateNode(t token, now time.Time) (search.Node, error) {
	if t.kind == tokStar {
		return search.Exists{Field: f.field}, nil
	}
	if t.kind != tokWord && t.kind != tokPhrase {
		return nil, errorf("Can't run prefix queries on numeric fields")
	}
	at, err := parseDateMath(t.value, now)
	if err != nil {
		return nil, err
	}
	return search.Range{Field: f.field, From: at, To: at}, nil
}

// plainNode is the query for a value of a field that is no text.
func (f Field) plainNode(t token) (search.Node, error) {
	if f.kind == kindCounter {
		if n, err := strconv.Atoi(t.value); err != nil && t.kind != tokStar {
			return nil, errorf("Invalid Number: %s for field %s", t.value, f.name)
		} else if n != 0 {
			return search.Nothing{}, nil
		}
		return search.Everything{}, nil
	}
	switch {
	case t.kind == tokStar:
		return search.Everything{}, nil
	case f.kind == kindFixed && f.fixed == t.value,
		f.kind == kindFixed && t.kind == tokPrefix && strings.HasPrefix(f.fixed, t.value):
		return search.Everything{}, nil
	case f.kind == kindInt:
		if _, err := strconv.ParseInt(t.value, 10, 64); err == nil {
			return search.Range{Field: f.field, Low: t.value, High: t.value}, nil
		}
	}
	return search.Nothing{}, nil
}

var plainRegex = regexp.MustCompile(`^(?:[\w \-]|\.\*?|\\[^\w])*$`)

// regexNode reads the regular expressions that are no more than wildcards.
func (f Field) regexNode(re string) (search.Node, error) {
	if !plainRegex.MatchString(re) {
		return nil, errorf("regular expressions are supported as far as . and .* go: /%s/", re)
	}
	pattern := strings.ReplaceAll(re, ".*", "*")
	pattern = strings.ReplaceAll(pattern, ".", "?")
	return search.Wildcard{Field: f.field, Pattern: unescape(pattern)}, nil
}

// span returns the query for a range of values of f.
func (f Field) span(r rangeToken, now time.Time) (search.Node, error) {
	switch {
	case f.kind == kindFixed:
		return f.fixedSpan(r), nil
	case f.kind == kindCounter:
		return f.counterSpan(r)
	case r.lowAny && r.highAny && f.kind == kindInt:
		return search.Everything{}, nil
	case r.lowAny && r.highAny:
		return search.Exists{Field: f.field}, nil
	case f.kind == kindDate:
		return f.dateSpan(r, now)
	}
	n := search.Range{Field: f.field, LowOpen: r.lowOpen, HighOpen: r.highOpen}
	if !r.lowAny {
		n.Low = r.low
	}
	if !r.highAny {
		n.High = r.high
	}
	return n, nil
}

func (f Field) dateSpan(r rangeToken, now time.Time) (search.Node, error) {
	n := search.Range{Field: f.field, LowOpen: r.lowOpen, HighOpen: r.highOpen}
	var err error
	if !r.lowAny {
		if n.From, err = parseDateMath(r.low, now); err != nil {
			return nil, err
		}
	}
	if !r.highAny {
		if n.To, err = parseDateMath(r.high, now); err != nil {
			return nil, err
		}
	}
	return n, nil
}

// fixedSpan answers a range of a field that is equal in every document.
func (f Field) fixedSpan(r rangeToken) search.Node {
	if (r.lowAny || r.low <= f.fixed) && (r.highAny || f.fixed <= r.high) {
		return search.Everything{}
	}
	return search.Nothing{}
}

// counterSpan answers a range of a number that is 0 in every document.
func (f Field) counterSpan(r rangeToken) (search.Node, error) {
	low, high := 0, 0
	for _, end := range []struct {
		text     string
		anything bool
		to       *int
	}{{r.low, r.lowAny, &low}, {r.high, r.highAny, &high}} {
		n, err := strconv.Atoi(end.text)
		if err != nil && !end.anything {
			return nil, errorf("Invalid Number: %s for field %s", end.text, f.name)
		}
		*end.to = n
	}
	below := !r.lowAny && (low > 0 || low == 0 && r.lowOpen)
	above := !r.highAny && (high < 0 || high == 0 && r.highOpen)
	if below || above {
		return search.Nothing{}, nil
	}
	return search.Everything{}, nil
}
