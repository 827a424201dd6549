package hold

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"portico/catalog"
	"portico/exporter"
)

// A Ruling is what a person decides.
type Ruling struct {
	Basis string   // the legal basis, for Release
	By    string   // who decides
	Drop  []string // the columns to take out, by name or header, for Mask
}

// The limits of a ruling.
const (
	maxBasis = 2000
	maxBy    = 200
)

// Release publishes what is held, with the legal basis that a person names. To
// release what was released already changes nothing. Equal bytes are not held
// again afterwards.
func (k *Desk) Release(ctx context.Context, distribution string, r Ruling) (*View, error) {
	r.Basis, r.By = strings.TrimSpace(r.Basis), strings.TrimSpace(r.By)
	if err := r.check(true); err != nil {
		return nil, err
	}
	f, err := k.load(ctx, distribution)
	if err != nil {
		return nil, err
	}
	if f.Held == nil {
		if d := f.last(); d != nil && d.State == catalog.Released {
			return k.view(ctx, f)
		}
		return nil, nothingHeld(distribution)
	}
	d := decision{State: catalog.Released, Version: *f.Held, Basis: r.Basis, By: r.By, At: k.moment()}
	err = k.decide(ctx, f, d, func(x *catalog.Distribution) {
		if v := f.Held; v.File != nil {
			x.File, x.ByteSize = v.File, v.File.Size
			if v.Table != nil && v.Table.Hash != "" {
				x.Table = v.Table
			}
		}
	})
	if err != nil {
		return nil, err
	}
	return k.view(ctx, f)
}

// Mask publishes what is held without some columns; the original stays aside.
// To take out the same columns again changes nothing. What was released may be
// masked, too.
func (k *Desk) Mask(ctx context.Context, distribution string, r Ruling) (*View, error) {
	r.By = strings.TrimSpace(r.By)
	if err := r.check(false); err != nil {
		return nil, err
	}
	f, err := k.load(ctx, distribution)
	if err != nil {
		return nil, err
	}
	v := f.Held
	if v == nil {
		d := f.last()
		switch {
		case d == nil:
			return nil, nothingHeld(distribution)
		case d.State == catalog.Masked && subset(r.Drop, slices.Concat(d.Dropped, d.Asked)):
			return k.view(ctx, f)
		case d.State == catalog.Masked: // what was taken out stays out
			r.Drop = slices.Concat(d.Dropped, r.Drop)
		}
		v = &d.Version
	}
	d := decision{State: catalog.Masked, Version: *v, By: r.By, At: k.moment(), Dropped: r.Drop, Asked: r.Drop}
	if v.Rows {
		d.Dropped, err = k.dropColumns(ctx, distribution, r.Drop)
	} else {
		err = k.mask(ctx, &d)
	}
	if err != nil {
		return nil, err
	}
	err = k.decide(ctx, f, d, func(x *catalog.Distribution) {
		if !v.Rows {
			d.apply(x)
		}
	})
	if err != nil {
		return nil, err
	}
	return k.view(ctx, f)
}

// check says what is missing of a ruling.
func (r *Ruling) check(release bool) error {
	switch {
	case release && r.Basis == "":
		return invalid("basis", "the legal basis must be given: which law asks for the publication", "va indicata la base giuridica: quale norma prevede la pubblicazione")
	case len(r.Basis) > maxBasis || len(r.By) > maxBy:
		return invalid("basis", "the text is too long", "il testo è troppo lungo")
	case r.By == "":
		return invalid("by", "it must be said who decides", "va indicato chi decide")
	case !release && len(r.Drop) == 0:
		return invalid("drop", "the columns to take out must be given", "vanno indicate le colonne da togliere")
	}
	return nil
}

func invalid(field, en, it string) error {
	e := catalog.Errorf(catalog.Invalid, "%s: %s", field, en).Italian("%s: %s", field, it)
	e.Fields = map[string][]string{field: {en}}
	return e
}

func nothingHeld(distribution string) error {
	return catalog.Errorf(catalog.NotFound, "nothing is held of the resource %s", short(distribution)).
		Italian("della risorsa %s non c'è nulla in verifica", short(distribution))
}

func short(s string) string { return s[:min(len(s), 100)] }

// decide publishes what d says, in the name of who decided, and keeps d. The
// hold goes last: a decision that breaks off can be made again.
func (k *Desk) decide(ctx context.Context, f *file, d decision, publish func(*catalog.Distribution)) error {
	dataset, err := k.Datasets.DatasetOfDistribution(asSystem(ctx), f.Distribution)
	if err != nil {
		return err
	}
	who := catalog.ActorOf(ctx)
	if who.ID == "" { // the command line, on behalf of who is named
		who.Name = d.By
	}
	if d.Version.Rows && f.Held != nil {
		if err := k.promote(ctx, f.Distribution, d.Dropped); err != nil {
			return err
		}
	}
	err = k.Datasets.UpdateDistribution(catalog.WithActor(ctx, who), dataset, f.Distribution, func(x *catalog.Distribution) error {
		publish(x)
		if d.Version.Rows && !x.Table.Active() {
			x.Table = &catalog.Table{Written: true, Taken: d.At}
		}
		x.Hold = d.note()
		return nil
	})
	if err != nil {
		return err
	}
	f.Held, f.Decisions = nil, append(f.Decisions, d)
	return k.save(ctx, f)
}

// maskedLike makes of v what an earlier decision made of another version.
func (k *Desk) maskedLike(ctx context.Context, v *version, d *decision) (*decision, error) {
	again := &decision{State: catalog.Masked, Version: *v, By: d.By, At: k.moment(), Dropped: d.Dropped}
	return again, k.mask(ctx, again)
}

// mask makes the file and the table of d: those of its version without the
// columns that are dropped.
func (k *Desk) mask(ctx context.Context, d *decision) error {
	v := &d.Version
	t := v.Table
	if t == nil || t.Hash == "" {
		var err error
		if t, err = k.Tables.Load(ctx, v.File.Hash, v.File.Name, ""); err != nil {
			return err
		}
	}
	keep, dropped, err := kept(t.Columns, d.Dropped)
	if err != nil {
		return err
	}
	d.Dropped = dropped
	hash, size, err := k.writeCSV(ctx, t, keep)
	if err != nil {
		return err
	}
	name := strings.TrimSuffix(v.File.Name, path.Ext(v.File.Name)) + ".csv"
	d.File = &catalog.File{Hash: hash, Name: name, Size: size, MediaType: "text/csv", Fetched: v.File.Fetched, Uploaded: v.File.Uploaded}
	if d.Table, err = k.Tables.Load(ctx, hash, name, ""); err != nil {
		return err
	}
	d.Table.Taken = v.Since
	return k.stillHeld(ctx, d.File)
}

// stillHeld refuses a masked file in which there are personal data yet.
func (k *Desk) stillHeld(ctx context.Context, f *catalog.File) error {
	r, err := k.inspect(ctx, &version{File: f})
	if err != nil || !r.Holds() {
		return err
	}
	return remains(r.Columns())
}

func remains(columns []string) error {
	list := strings.Join(columns, ", ")
	return invalid("drop", "personal data would remain in: "+list, "resterebbero dati personali in: "+list)
}

// kept returns which columns stay, by place, and the names of those that do
// not.
func kept(columns []catalog.Column, drop []string) (keep []int, dropped []string, err error) {
	var names []string
	used := make([]bool, len(drop))
	for i, c := range columns {
		names = append(names, c.Name)
		at := slices.IndexFunc(drop, func(d string) bool { return strings.EqualFold(d, c.Name) || strings.EqualFold(d, c.Header) })
		if at < 0 {
			keep = append(keep, i)
			continue
		}
		used[at] = true
		dropped = append(dropped, c.Name)
	}
	if at := slices.Index(used, false); at >= 0 {
		list := strings.Join(names, ", ")
		return nil, nil, invalid("drop", fmt.Sprintf("there is no column %q; there are: %s", short(drop[at]), list),
			fmt.Sprintf("non c'è la colonna %q; ci sono: %s", short(drop[at]), list))
	}
	if len(keep) == 0 {
		return nil, nil, invalid("drop", "no column would be left", "non resterebbe nessuna colonna")
	}
	return keep, dropped, nil
}

// writeCSV keeps some columns of a table as a CSV file among the blobs.
func (k *Desk) writeCSV(ctx context.Context, t *catalog.Table, keep []int) (hash string, size int64, err error) {
	rows, closer, err := k.Tables.Rows(ctx, t, 0, -1)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = closer.Close() }()
	less := exporter.Rows{All: func(yield func([]any, error) bool) {
		row := make([]any, len(keep))
		for cells, err := range rows.All {
			for i, at := range keep {
				if row[i] = nil; err == nil {
					row[i] = cells[at]
				}
			}
			if !yield(row, err) {
				return
			}
		}
	}}
	for _, at := range keep {
		less.Columns = append(less.Columns, rows.Columns[at])
	}
	pr, pw := io.Pipe()
	go func() { pw.CloseWithError(k.CSV(ctx, pw, less)) }()
	hash, size, err = k.Blobs.Put(ctx, pr, 0)
	pr.CloseWithError(errors.Join(err, io.ErrClosedPipe)) // ends the writer if Put gave up
	if err != nil {
		err = fmt.Errorf("keep the masked table: %w", err)
	}
	return hash, size, err
}
