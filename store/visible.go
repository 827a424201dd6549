package store

import (
	"strings"

	"portico/catalog"
)

// open holds for what everybody may see. It stands in the conditions of the
// partial indexes letter for letter; that is how the engines recognize them.
const open = `state = 'active' AND NOT private`

// A predicate is a condition on rows of datasets, with its arguments.
type predicate struct {
	sql  string
	args []any
}

// visible holds for the datasets that an actor may see. It is the only place
// that says so: every read has it in its WHERE, and so do the counts of
// organizations and groups.
func visible(a catalog.Actor) predicate {
	if a.Sysadmin {
		return predicate{sql: "TRUE"}
	}
	in := insider(a)
	if in.sql == "FALSE" {
		return predicate{sql: "(" + open + ")"}
	}
	return predicate{
		sql:  "(" + open + " OR state IN ('active', 'draft') AND " + in.sql + ")",
		args: in.args,
	}
}

// insider holds for the datasets that an actor has to do with: those of their
// organizations, and what they made themselves that is in none.
func insider(a catalog.Actor) predicate {
	if a.Sysadmin {
		return predicate{sql: "TRUE"}
	}
	var parts []string
	var args []any
	if bodies := a.Bodies(); len(bodies) > 0 {
		parts = append(parts, "organization <> '' AND organization IN (?"+strings.Repeat(", ?", len(bodies)-1)+")")
		for _, o := range bodies {
			args = append(args, o)
		}
	}
	if a.ID != "" {
		parts = append(parts, "organization = '' AND creator = ?")
		args = append(args, a.ID)
	}
	if len(parts) == 0 {
		return predicate{sql: "FALSE"}
	}
	return predicate{sql: "(" + strings.Join(parts, " OR ") + ")", args: args}
}

// seen says how a dataset looks to the actor that it was read for.
type seen struct {
	visible bool
	insider bool
}

// refusal says why an actor may not see r, or is nil. Whoever asks for a
// dataset of their own by its reference is shown it in any state, as CKAN does;
// lists hold to visible. What has never been public is not told to have been
// there once it is gone.
func (r *row) refusal(v seen, ref string) error {
	switch {
	case v.visible || v.insider:
		return nil
	case catalog.State(r.state).Gone() && r.published:
		return catalog.Errorf(catalog.Gone, "%s is no longer published", short(r.title())).
			Italian("%s non è più pubblicato", short(r.title()))
	case catalog.State(r.state).Gone():
		return notFound("dataset", "il dataset", ref)
	}
	return catalog.Errorf(catalog.Denied, "dataset %s is not public", short(ref)).
		Italian("il dataset %s non è pubblico", short(ref))
}
