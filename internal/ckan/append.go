package ckan

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"portico/catalog"
)

// Refs is what an answer needs beside the dataset.
type Refs struct {
	Site         catalog.Site
	Organization *catalog.Organization     // of the dataset; nil = none
	Groups       map[string]*catalog.Group // by name
	// Relationships are those of the dataset with others.
	Relationships Relationships
}

// Relationships are what a dataset is to others, and they to it.
type Relationships struct{ AsSubject, AsObject []Relationship }

// A Relationship is one of CKAN's between two datasets, which are named by
// name or ID.
type Relationship struct{ Subject, Type, Object, Comment string }

// AppendShow appends the JSON of package_show: the fields of DCAT-AP_IT stand
// at top level, each but where CKAN's own keys or an extra say the same.
func AppendShow(dst []byte, d *catalog.Dataset, r Refs) []byte {
	return appendPackage(dst, d, r, false)
}

// AppendSearch appends the JSON of a result of package_search: as AppendShow,
// with the fields of DCAT-AP_IT moved into the extras, for CKAN's harvester
// drops every key at top level that it does not know.
func AppendSearch(dst []byte, d *catalog.Dataset, r Refs) []byte {
	return appendPackage(dst, d, r, true)
}

func appendPackage(dst []byte, d *catalog.Dataset, r Refs, search bool) []byte {
	l := list{b: append(dst, '{')}
	lic := licenseOf(d)
	s := saidBy(d, r)
	s.text(&l, "author", d.Author.Name)
	s.text(&l, "author_email", address(d.Author.Email))
	l.text("creator_user_id", d.Creator)
	l.string("id", d.ID)
	l.bool("isopen", lic.Open)
	s.text(&l, "license_id", lic.ID)
	if blank, ok := s.mark("license_id"); ok && lic.Title == "" {
		l.string("license_title", blank)
	} else {
		l.text("license_title", lic.Title)
	}
	l.optional("license_url", lic.URL)
	s.text(&l, "maintainer", d.Maintainer.Name)
	s.text(&l, "maintainer_email", address(d.Maintainer.Email))
	l.moment("metadata_created", d.Created)
	l.moment("metadata_modified", d.Updated)
	l.string("name", d.Name)
	s.text(&l, "notes", d.Description.String())
	l.int("num_resources", int64(len(d.Distributions)))
	tags := distinct(d.Keywords)
	l.int("num_tags", int64(len(tags)))
	appendOrganization(&l, r.Organization)
	l.text("owner_org", d.Organization)
	l.bool("private", d.Private)
	l.string("state", shownState(d.State))
	l.string("title", titleOf(d))
	l.string("type", orElse(d.Kind, "dataset"))
	s.text(&l, "url", d.LandingPage)
	s.text(&l, "version", d.Version)
	tmp := make([]byte, 0, scratch)
	appendFields(&l, s, search, tmp)
	appendGroups(&l, d, r)
	l.raw("resources", "[")
	rs := list{b: l.b}
	for i := range d.Distributions {
		rs.comma()
		rs.b = appendResource(rs.b, tmp, d, i, r.Site)
	}
	l.b = append(rs.b, ']')
	appendTags(&l, tags)
	appendRelationships(&l, "relationships_as_subject", r.Relationships.AsSubject)
	appendRelationships(&l, "relationships_as_object", r.Relationships.AsObject)
	return append(l.b, '}')
}

func appendRelationships(l *list, key string, rs []Relationship) {
	l.raw(key, "[")
	items := list{b: l.b}
	for _, r := range rs {
		items.comma()
		in := list{b: append(items.b, '{')}
		in.string("subject", r.Subject)
		in.string("type", r.Type)
		in.string("object", r.Object)
		in.string("comment", r.Comment)
		items.b = append(in.b, '}')
	}
	l.b = append(items.b, ']')
}

// said is what the extras of d say already.
type said struct {
	d      *catalog.Dataset
	fields uint64 // the fields that need not be written, a bit for each
	marked bool   // there are marks among the extras
}

func saidBy(d *catalog.Dataset, r Refs) said {
	s := said{d: d}
	for i := range d.Extras {
		k := keys[d.Extras[i].Key]
		s.fields |= k.shadows
		s.marked = s.marked || k.core
	}
	if _, ok := s.mark("groups"); ok && groupsSayThemes(d, r) {
		s.fields |= keys["theme"].shadows
	}
	return s
}

// mark returns the value of the mark under key.
func (s *said) mark(key string) (string, bool) {
	if s.marked {
		for i := range s.d.Extras {
			if s.d.Extras[i].Key == key {
				return s.d.Extras[i].Value, true
			}
		}
	}
	return "", false
}

// text writes a text of CKAN's own: where it is "", as it was sent.
func (s *said) text(l *list, key, v string) {
	if v == "" {
		if blank, ok := s.mark(key); ok {
			l.string(key, blank)
			return
		}
	}
	l.text(key, v)
}

// groupsSayThemes reports whether the groups of d, as they are shown, name its
// themes and no others.
func groupsSayThemes(d *catalog.Dataset, r Refs) bool {
	var of catalog.Dataset
	for _, name := range d.Groups {
		if g := r.Groups[name]; g != nil && !addTheme(&of, name, nil) {
			addTheme(&of, g.Title.String(), nil)
		}
	}
	slices.SortFunc(of.Themes, func(a, b catalog.Theme) int { return strings.Compare(a.Code, b.Code) })
	return slices.EqualFunc(of.Themes, d.Themes, func(a, b catalog.Theme) bool { return a.Code == b.Code && len(b.Subthemes) == 0 })
}

// address returns an e-mail address, or "" for what is none: CKAN's harvester
// refuses a dataset with a bad one.
func address(s string) string {
	if !strings.Contains(s, "@") || strings.ContainsAny(s, " <>,;") {
		return ""
	}
	return s
}

// shownState returns the state as CKAN has it, which knows three.
func shownState(s catalog.State) string {
	switch {
	case s.Gone():
		return string(catalog.Deleted)
	case s == catalog.Draft:
		return string(catalog.Draft)
	}
	return string(catalog.Active)
}

func titleOf(d *catalog.Dataset) string { return orElse(d.Title.String(), d.Name) }

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// scratch is the room for a value on its way into a JSON string.
const scratch = 1024

// appendFields writes the fields of DCAT-AP_IT and the extras.
func appendFields(l *list, s said, search bool, tmp []byte) {
	extras := appendTop(l, s, search, tmp)
	l.raw("extras", "[")
	out := list{b: l.b}
	for _, x := range s.d.Extras {
		if !s.marked || !core[x.Key] {
			appendExtra(&out, x.Key, x.Value)
		}
	}
	if len(extras.b) > 0 {
		out.comma()
		out.b = append(out.b, extras.b...)
	}
	l.b = append(out.b, ']')
}

// appendTop writes the fields that stand at top level and returns those that
// stand in the extras.
func appendTop(l *list, s said, search bool, tmp []byte) (extras list) {
	if search {
		extras.b = make([]byte, 0, 4096)
	}
	for i := range fields {
		f := &fields[i]
		if f.write == nil || s.fields&(1<<i) != 0 {
			continue
		}
		if tmp = f.write(tmp[:0], s.d); len(tmp) == 0 {
			continue
		}
		if f.both || !search && !f.extra {
			l.key(f.key)
			l.b = appendString(l.b, tmp)
		}
		if search || f.extra {
			appendExtra(&extras, f.key, tmp)
		}
	}
	return extras
}

func appendExtra[T string | []byte](l *list, key string, value T) {
	l.comma()
	l.b = append(l.b, `{"key":`...)
	l.b = appendString(l.b, key)
	l.b = append(l.b, `,"value":`...)
	l.b = appendString(l.b, value)
	l.b = append(l.b, '}')
}

func appendOrganization(l *list, o *catalog.Organization) {
	if o == nil {
		l.raw("organization", "null")
		return
	}
	l.raw("organization", "{")
	in := list{b: l.b}
	in.string("id", o.ID)
	in.string("name", o.Name)
	in.string("title", o.Title.String())
	in.string("type", "organization")
	in.string("description", o.Description.String())
	in.string("image_url", o.ImageURL)
	in.moment("created", o.Created)
	in.bool("is_organization", true)
	in.string("approval_status", "approved")
	in.string("state", orElse(string(o.State), "active"))
	l.b = append(in.b, '}')
}

func appendGroups(l *list, d *catalog.Dataset, r Refs) {
	l.raw("groups", "[")
	gs := list{b: l.b}
	for _, g := range shownGroups(d, r) {
		gs.comma()
		gs.b = append(gs.b, '{')
		in := list{b: gs.b}
		in.string("description", g.Description.String())
		in.string("display_name", orElse(g.Title.String(), g.Name))
		in.string("id", g.ID)
		in.string("image_display_url", g.ImageURL)
		in.string("name", g.Name)
		in.string("title", g.Title.String())
		gs.b = append(in.b, '}')
	}
	l.b = append(gs.b, ']')
}

// shownGroups returns the groups in CKAN's order: by title, no matter the case.
func shownGroups(d *catalog.Dataset, r Refs) []*catalog.Group {
	var out []*catalog.Group
	for _, name := range d.Groups {
		if g := r.Groups[name]; g != nil {
			out = append(out, g)
		}
	}
	if len(out) > 1 {
		key := func(g *catalog.Group) string {
			return strings.ToLower(norm.NFD.String(orElse(g.Title.String(), g.Name)))
		}
		slices.SortStableFunc(out, func(a, b *catalog.Group) int { return strings.Compare(key(a), key(b)) })
	}
	return out
}

// distinct returns the keywords as CKAN shows tags: each once, for they know no
// language, in code point order.
func distinct(ks []catalog.Keyword) []catalog.Keyword {
	order := func(a, b catalog.Keyword) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(a.Vocabulary, b.Vocabulary))
	}
	for i := 1; i < len(ks); i++ {
		if order(ks[i-1], ks[i]) >= 0 {
			ks = slices.SortedStableFunc(slices.Values(ks), order)
			return slices.CompactFunc(ks, func(a, b catalog.Keyword) bool { return order(a, b) == 0 })
		}
	}
	return ks
}

func appendTags(l *list, ks []catalog.Keyword) {
	l.raw("tags", "[")
	ts := list{b: l.b}
	for _, k := range ks {
		ts.comma()
		ts.b = append(ts.b, '{')
		in := list{b: ts.b}
		in.string("display_name", k.Name)
		in.string("id", VocabularyTagID(k.Vocabulary, k.Name))
		in.string("name", k.Name)
		in.string("state", "active")
		in.text("vocabulary_id", k.Vocabulary)
		ts.b = append(in.b, '}')
	}
	l.b = append(ts.b, ']')
}

// TagID returns the ID by which we show the free tag with the given name.
func TagID(name string) string { return catalog.StableID("tag", name) }

// VocabularyTagID returns the ID by which we show a tag of the vocabulary with
// the given ID; "" is no vocabulary.
func VocabularyTagID(vocabulary, name string) string {
	if vocabulary == "" {
		return TagID(name)
	}
	return catalog.StableID("tag", name, vocabulary)
}

// licenseIRI returns the form in which DCAT-AP_IT fields name a licence: its
// AgID IRI, or the address as it stands for one that AgID does not list.
func licenseIRI(url string) string {
	if l, ok := canonical()[url]; ok && l.AgID != "" {
		return l.AgID
	}
	return url
}
