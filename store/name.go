package store

import (
	"context"
	"strconv"

	"portico/catalog"
)

// mostSlug leaves room for a number within the 100 characters that CKAN
// clients take for a name.
const mostSlug = 90

// A names is a table whose rows have names, each in use once.
type names struct {
	table  string
	living string // holds for the rows whose names are in use
	plain  string // the name of what has no title
}

var (
	datasetNames      = names{table: "datasets", living: "state <> 'deleted'", plain: "dataset"}
	organizationNames = names{table: "organizations", living: "state <> 'deleted'", plain: "organization"}
	sourceNames       = names{table: "sources", living: "TRUE", plain: "source"}
	userNames         = names{table: "users", living: "TRUE", plain: "user"}
)

// hasName answers whether a name is in use in a table. Those of deleted things
// are free.
func (x tx) hasName(ctx context.Context, of names, id, name string) (bool, error) {
	var n int
	err := x.one(ctx, []any{&n}, `SELECT count(*) FROM `+of.table+` WHERE name = ? AND `+of.living+` AND id <> ?`, name, id)
	return n > 0, err
}

// checkName is Invalid when a name is another's.
func (x tx) checkName(ctx context.Context, of names, id, name string) error {
	taken, err := x.hasName(ctx, of, id, name)
	if err == nil && taken {
		return nameTaken(name)
	}
	return err
}

// freeName makes a name of the first text that has letters: as it is, or with
// -2, -3, … when that is taken.
func (x tx) freeName(ctx context.Context, of names, texts ...string) (string, error) {
	slug := of.plain
	for _, t := range texts {
		if s := catalog.Slug(t, mostSlug); s != "" {
			slug = s
			break
		}
	}
	free := func(n int) (bool, error) {
		taken, err := x.hasName(ctx, of, "", numbered(slug, n))
		return !taken, err
	}
	// Ten thousand datasets may have the same title, so the number is looked
	// for by halves: low is taken, high is free.
	low, high := 0, 1
	for {
		ok, err := free(high)
		if err != nil {
			return "", err
		}
		if ok {
			break
		}
		low, high = high, high*2
	}
	for high-low > 1 {
		mid := low + (high-low)/2
		ok, err := free(mid)
		if err != nil {
			return "", err
		}
		if ok {
			high = mid
		} else {
			low = mid
		}
	}
	return numbered(slug, high), nil
}

func numbered(slug string, n int) string {
	if n == 1 {
		return slug
	}
	return slug + "-" + strconv.Itoa(n)
}
