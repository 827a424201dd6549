package datastore_test

import (
	"slices"
	"testing"

	"portico/catalog"
	"portico/datastore"
)

// TestATableThatWaitsTakesThePlaceOfThePublicOne writes beside a table, and puts
// what was written in its place.
func TestATableThatWaitsTakesThePlaceOfThePublicOne(t *testing.T) {
	b := openTables(t)
	ctx := t.Context()
	const aside = datastore.Aside + "t"
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	has := func(id string) bool {
		t.Helper()
		ok, err := b.Has(ctx, id)
		must(err)
		return ok
	}
	must(b.Copy(ctx, "t", aside)) // of nothing, nothing
	if has(aside) || catalog.KindOf(b.Promote(ctx, aside, "t", nil)) != catalog.NotFound || catalog.KindOf(b.Forget(ctx, aside)) != catalog.NotFound {
		t.Error("there is a table of nothing")
	}
	_, _, err := b.Create(ctx, "t", datastore.Definition{
		Fields: []datastore.Field{{ID: "k", Type: "int"}, {ID: "v", Type: "text"}}, Key: []string{"k"}, Aliases: []string{"nome"}, Records: rows(t, `[{"k": 1, "v": "uno"}]`),
	})
	must(err)
	must(b.Copy(ctx, "t", aside))
	_, err = b.Write(ctx, aside, datastore.Upsert, rows(t, `[{"k": 1, "v": "UNO"}, {"k": 2, "v": "due"}]`), false)
	must(err)
	if got := b.show(t, datastore.Query{}); got != "1 1 \"uno\"\n" {
		t.Errorf("the public one: %s", got)
	}
	b = b.again()
	for _, ref := range []string{"nome", "t"} {
		if id, err := b.Resolve(ctx, ref); id != "t" || err != nil {
			t.Errorf("%s is %s, %v", ref, id, err)
		}
	}
	if r := b.records.all[string(catalog.RecordTable)+"/"+aside]; r.About != "t" {
		t.Errorf("it is about %q", r.About)
	}
	must(b.Promote(ctx, aside, "t", nil))
	if got := b.show(t, datastore.Query{}); got != "1 1 \"UNO\"\n3 2 \"due\"\n" || has(aside) {
		t.Errorf("promoted: %s", got)
	}
	_, err = b.Write(ctx, "t", datastore.Upsert, rows(t, `[{"k": 2, "v": "DUE"}]`), false)
	must(err) // its key is known
	must(b.Copy(ctx, "t", aside))
	must(b.Promote(ctx, aside, "t", []string{"k"}))
	if got := b.again().show(t, datastore.Query{}); got != "1 \"UNO\"\n3 \"DUE\"\n" {
		t.Errorf("without its key: %s", got)
	}
	must(b.Copy(ctx, "t", aside))
	must(b.Forget(ctx, aside))
	if id, _ := b.Resolve(ctx, "nome"); has(aside) || !has("t") || id != "t" {
		t.Error("what was forgotten took the public one with it")
	}
	v, err := b.Table(ctx, "t")
	must(err)
	if slices.ContainsFunc(v.Fields, func(f datastore.Field) bool { return f.ID == "k" }) || len(v.Key) > 0 {
		t.Errorf("%+v", v.Head)
	}
}
