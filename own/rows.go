package own

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/openness"
)

// What tables go back to, and how much is read at once.
const (
	usageMonths = 24
	page        = 500
)

// A named is a dataset as tables name it.
type named struct{ id, name, title, holder, url string }

func (n named) cells() []string { return []string{n.id, n.name, n.title, n.holder} }

var namedHead = []string{"dataset_id", "dataset", "titolo", "titolare"}

// names finds the datasets with the given IDs that the actor may see.
func (k *Keeper) names(ctx context.Context, ids []string) (map[string]named, error) {
	out := make(map[string]named, len(ids))
	for chunk := range slices.Chunk(ids, page) {
		ds, err := k.Datasets.DatasetsByID(ctx, chunk)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			if d.Visible() {
				out[d.ID] = named{
					d.ID, d.Name, oneLine(cmp.Or(d.Title.String(), d.Name)), oneLine(d.Holder.Name.String()), k.Site.Link("/dataset/" + d.Name),
				}
			}
		}
	}
	return out, nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// usageRows are a row a month and dataset.
func usageRows(ctx context.Context, k *Keeper, write func([]string) error) error {
	today := k.now().Truncate(24 * time.Hour)
	from := time.Date(today.Year(), today.Month()-usageMonths, 1, 0, 0, 0, 0, time.UTC)
	type cell struct{ month, dataset string }
	counts := make(map[cell]map[catalog.UseKind]int64)
	var ids []string
	err := k.Usage.EachUsage(ctx, from, func(u catalog.Use) error {
		if !u.Day.Before(today) { // of whole days alone
			return nil
		}
		c := cell{u.Day.Format("2006-01"), u.Dataset}
		if counts[c] == nil {
			counts[c] = make(map[catalog.UseKind]int64)
			ids = append(ids, u.Dataset)
		}
		counts[c][u.Kind] += u.N
		return nil
	})
	if err != nil {
		return err
	}
	slices.Sort(ids)
	names, err := k.names(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	if err := write(slices.Concat([]string{"mese"}, namedHead, []string{"consultazioni", "scaricamenti", "interrogazioni_api", "pagina"})); err != nil {
		return err
	}
	order := slices.SortedFunc(maps.Keys(counts), func(a, b cell) int {
		return cmp.Or(strings.Compare(a.month, b.month), strings.Compare(a.dataset, b.dataset))
	})
	for _, c := range order {
		n, ok := names[c.dataset]
		if !ok {
			continue
		}
		cells := slices.Concat([]string{c.month}, n.cells())
		for _, kind := range []catalog.UseKind{catalog.UseView, catalog.UseDownload, catalog.UseQuery} {
			cells = append(cells, strconv.FormatInt(counts[c][kind], 10))
		}
		if err := write(append(cells, n.url)); err != nil {
			return err
		}
	}
	return nil
}

// accepted calls f with every contribution of a kind that is shown, the oldest
// last.
func (k *Keeper) accepted(ctx context.Context, kind catalog.ContributionKind, f func(*catalog.Contribution)) error {
	for offset := 0; ; offset += page {
		cs, _, err := k.Contributions.Contributions(ctx, catalog.ContributionFilter{Kind: kind, State: catalog.Accepted, Offset: offset, Limit: page})
		if err != nil {
			return err
		}
		for _, c := range cs {
			f(c)
		}
		if len(cs) < page {
			return nil
		}
	}
}

// ratingRows are a row a dataset that was rated.
func ratingRows(ctx context.Context, k *Keeper, write func([]string) error) error {
	stars := make(map[string]*[6]int) // [0] = the sum
	err := k.accepted(ctx, catalog.Rating, func(c *catalog.Contribution) {
		if c.Stars < 1 || c.Stars > 5 {
			return
		}
		if stars[c.Dataset] == nil {
			stars[c.Dataset] = new([6]int)
		}
		stars[c.Dataset][0] += c.Stars
		stars[c.Dataset][c.Stars]++
	})
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(stars))
	names, err := k.names(ctx, ids)
	if err != nil {
		return err
	}
	if err := write(slices.Concat(namedHead, []string{"valutazioni", "media", "stelle_1", "stelle_2", "stelle_3", "stelle_4", "stelle_5", "pagina"})); err != nil {
		return err
	}
	for _, id := range ids {
		n, ok := names[id]
		if !ok {
			continue
		}
		s, total := stars[id], 0
		var each []string
		for _, v := range s[1:] {
			total += v
			each = append(each, strconv.Itoa(v))
		}
		mean := strconv.FormatFloat(float64(s[0])/float64(total), 'f', 2, 64)
		if err := write(slices.Concat(n.cells(), []string{strconv.Itoa(total), mean}, each, []string{n.url})); err != nil {
			return err
		}
	}
	return nil
}

// reportRows are a row a report or request that is shown.
func reportRows(ctx context.Context, k *Keeper, write func([]string) error) error {
	var cs []*catalog.Contribution
	var ids []string
	for _, kind := range []catalog.ContributionKind{catalog.Report, catalog.Request} {
		err := k.accepted(ctx, kind, func(c *catalog.Contribution) {
			cs = append(cs, c)
			if c.Dataset != "" {
				ids = append(ids, c.Dataset)
			}
		})
		if err != nil {
			return err
		}
	}
	slices.SortFunc(cs, func(a, b *catalog.Contribution) int { return cmp.Compare(a.Number, b.Number) })
	slices.Sort(ids)
	names, err := k.names(ctx, slices.Compact(ids))
	if err != nil {
		return err
	}
	if err := write(slices.Concat([]string{"numero", "tipo", "stato"}, namedHead, []string{"ricevuta", "scadenza", "risposta", "giorni", "pagina"})); err != nil {
		return err
	}
	for _, c := range cs {
		n, ok := names[c.Dataset]
		if c.Dataset != "" && !ok {
			continue // of a dataset that is not for everybody, or no more
		}
		if err := write(k.reportRow(c, n)); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) reportRow(c *catalog.Contribution, n named) []string {
	kind, at := "segnalazione", "/dataset/"+n.name+"/segnalazioni"
	if c.Kind == catalog.Request {
		kind, at = "richiesta", "/richieste/"+strconv.FormatInt(c.Number, 10)
	}
	state, days := "aperta", ""
	if !c.Answered.IsZero() {
		state, days = "con risposta", strconv.Itoa(int(dayOf(c.Answered).Sub(dayOf(c.Created)).Hours()/24))
	}
	return slices.Concat([]string{strconv.FormatInt(c.Number, 10), kind, state}, n.cells(),
		[]string{sayDay(c.Created), sayDay(c.Due), sayDay(c.Answered), days, k.Site.Link(at)})
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

func sayDay(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// opennessRows are a row a month and body.
func opennessRows(ctx context.Context, k *Keeper, write func([]string) error) error {
	all, err := openness.Snapshots(ctx, k.Records)
	if err != nil {
		return err
	}
	return openness.WriteRows(all, write)
}
