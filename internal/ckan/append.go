package ckan

import (
	"slices"
	"strings"

	"portico/catalog"
)

// Refs is what an answer needs beside the dataset.
type Refs struct {
	Site         catalog.Site
	Organization *catalog.Organization     // of the dataset; nil = none
	Groups       map[string]*catalog.Group // by name
}

// AppendShow appends the JSON of package_show: the fields of DCAT-AP_IT stand
// at top level, each but where an extra has its key.
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
	l.text("author", d.Author.Name)
	l.text("author_email", address(d.Author.Email))
	l.text("creator_user_id", d.Creator)
	l.string("id", d.ID)
	l.bool("isopen", lic.Open)
	l.text("license_id", lic.ID)
	l.text("license_title", lic.Title)
	l.optional("license_url", lic.URL)
	l.text("maintainer", d.Maintainer.Name)
	l.text("maintainer_email", address(d.Maintainer.Email))
	l.moment("metadata_created", d.Created)
	l.moment("metadata_modified", d.Updated)
	l.string("name", d.Name)
	l.text("notes", d.Description.String())
	l.int("num_resources", int64(len(d.Distributions)))
	tags := distinct(d.Keywords)
	l.int("num_tags", int64(len(tags)))
	appendOrganization(&l, r.Organization)
	l.text("owner_org", d.Organization)
	l.bool("private", d.Private)
	l.string("state", shownState(d.State))
	l.string("title", titleOf(d))
	l.string("type", orElse(d.Kind, "dataset"))
	l.text("url", d.LandingPage)
	l.text("version", d.Version)
	tmp := make([]byte, 0, scratch)
	appendFields(&l, d, search, tmp)
	appendGroups(&l, d, r)
	l.raw("resources", "[")
	rs := list{b: l.b}
	for i := range d.Distributions {
		rs.comma()
		rs.b = appendResource(rs.b, tmp, d, i, r.Site)
	}
	l.b = append(rs.b, ']')
	appendTags(&l, tags)
	l.raw("relationships_as_subject", "[]")
	l.raw("relationships_as_object", "[]")
	return append(l.b, '}')
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
func appendFields(l *list, d *catalog.Dataset, search bool, tmp []byte) {
	extras := appendTop(l, d, search, tmp)
	l.raw("extras", "[")
	out := list{b: l.b}
	for _, x := range d.Extras {
		if !core[x.Key] {
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
func appendTop(l *list, d *catalog.Dataset, search bool, tmp []byte) (extras list) {
	if search {
		extras.b = make([]byte, 0, 4096)
	}
	for i := range fields {
		f := &fields[i]
		if f.write == nil || shadowed(d.Extras, f) {
			continue
		}
		if tmp = f.write(tmp[:0], d); len(tmp) == 0 {
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

// shadowed reports whether an extra says already what f would.
func shadowed(extras []catalog.Extra, f *field) bool {
	for _, x := range extras {
		if x.Key == f.key || slices.Contains(f.same, x.Key) {
			return true
		}
	}
	return false
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
	for _, name := range d.Groups {
		g := r.Groups[name]
		if g == nil {
			continue
		}
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

// distinct returns the keywords as CKAN shows tags: each name once, for they
// know no language, in code point order.
func distinct(ks []catalog.Keyword) []string {
	names := make([]string, len(ks))
	for i, k := range ks {
		names[i] = k.Name
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func appendTags(l *list, names []string) {
	l.raw("tags", "[")
	ts := list{b: l.b}
	for _, name := range names {
		ts.comma()
		ts.b = append(ts.b, '{')
		in := list{b: ts.b}
		in.string("display_name", name)
		in.string("id", TagID(name))
		in.string("name", name)
		in.string("state", "active")
		in.raw("vocabulary_id", "null")
		ts.b = append(in.b, '}')
	}
	l.b = append(ts.b, ']')
}

// TagID returns the ID by which we show the tag with the given name.
func TagID(name string) string { return catalog.StableID("tag", name) }

// licenseIRI returns the form in which DCAT-AP_IT fields name a licence: its
// AgID IRI, or the address as it stands for one that AgID does not list.
func licenseIRI(url string) string {
	if l, ok := canonical()[url]; ok && l.AgID != "" {
		return l.AgID
	}
	return url
}
