package ckan

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"

	"portico/catalog"
	"portico/harvester"
)

// listPage is how many packages are asked for at once where there is no
// search. National portals grant a hundred, whatever is asked.
const listPage = 1000

// everything reads a portal without package_search: many packages at once
// where it gives them, and one by one what its list names beside these. A
// package that could not be had leaves the reading unfinished, for its record
// may be one that we have.
func (y *yielder) everything(ctx context.Context) error {
	if err := y.current(ctx); err != nil {
		return err
	}
	names, err := y.list(ctx)
	if err != nil {
		if len(y.seen) > 0 && ctx.Err() == nil && errors.Is(err, errNoAction) {
			return nil // what came at once is all that there is to be had
		}
		return err
	}
	for _, name := range names {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if y.names[name] {
			continue
		}
		if err := y.one(ctx, name); err != nil {
			return err
		}
	}
	return y.wanting(len(names))
}

// wanting is the error of packages that are there and could not be had.
func (y *yielder) wanting(of int) error {
	if y.lost == 0 {
		return nil
	}
	return catalog.Errorf(catalog.Unavailable, "package_show: %d of %d datasets could not be had", y.lost, of).
		Italian("package_show: %d dataset su %d non si sono potuti avere", y.lost, of)
}

// current reads current_package_list_with_resources, page after page, until
// nothing new comes. A portal that has not got it is read otherwise.
func (y *yielder) current(ctx context.Context) error {
	for offset := 0; offset < maxRecords; {
		raw, err := y.c.call(ctx, "current_package_list_with_resources", url.Values{"limit": {strconv.Itoa(listPage)}, "offset": {strconv.Itoa(offset)}})
		if err != nil {
			return ctx.Err()
		}
		packages, err := flatten(raw)
		if err != nil {
			return nil //nolint:nilerr // it is no list of packages; package_list tells more
		}
		fresh, err := y.rows(packages)
		if err != nil || fresh == 0 {
			return err
		}
		offset += len(packages)
	}
	return nil
}

func (y *yielder) list(ctx context.Context) ([]string, error) {
	raw, err := y.c.call(ctx, "package_list", nil)
	if err != nil {
		return nil, err
	}
	var names []string
	if err := json.Unmarshal(raw, &names); err != nil {
		return nil, catalog.Errorf(catalog.Unavailable, "package_list: the result is not a list of names").
			Italian("package_list: il risultato non è un elenco di nomi").Because(err)
	}
	return names, nil
}

// one reads one package. That it cannot be had concerns it alone; when the
// portal says that there is none of that name, nothing is lost.
func (y *yielder) one(ctx context.Context, name string) error {
	raw, err := y.c.call(ctx, "package_show", url.Values{"id": {name}})
	if err == nil {
		var packages []json.RawMessage
		if packages, err = flatten(raw); err == nil {
			_, err = y.rows(packages)
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !errors.Is(err, errNoAction) {
		y.lost++
	}
	if !y.yield(harvester.Record{ID: name, Title: name}, err) {
		return errStopped
	}
	return nil
}
