package subscription

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"portico/catalog"
	"portico/search"
)

// Limits of what is told at once.
const (
	mostItems   = 20                  // of one subscription; more are counted
	mostChanges = 20_000              // that are looked through, the latest
	longest     = 31 * 24 * time.Hour // that is told of, when mails failed for long
)

// A Digester tells readers once a day, at most, what is new for them.
type Digester struct {
	*Post

	Datasets      catalog.DatasetReads
	Organizations catalog.Organizations
	// Index returns a search engine with nothing in it: questions are asked of
	// what has changed alone, wherever the catalogue's own engine is.
	Index func() (search.Engine, error)
	// Question reads the parameters of a list: what is asked of the engine, and
	// the words.
	Question func(parameters string) (search.Query, string)
	// Quiet are datasets that only who follows them by name is told of; nil = none.
	Quiet func(*catalog.Dataset) bool
}

// A Report says what a Digester did.
type Report struct {
	Mails  int `json:"mails"`  // sent
	Failed int `json:"failed"` // not taken by the server; told of the next time
	Ended  int `json:"ended"`  // subscriptions that were forgotten
}

// Run forgets what was not confirmed in time and writes to all others that have
// something new. Each is marked as told before its mail goes out: whoever dies
// between the two leaves one mail unsent, and none is sent twice.
func (d *Digester) Run(ctx context.Context) (Report, error) {
	var r Report
	ended, err := d.Sweep(ctx)
	r.Ended = ended
	if err != nil {
		return r, err
	}
	all, err := d.All(ctx)
	if err != nil {
		return r, err
	}
	boxes := make(map[string][]*Subscription)
	now := d.moment()
	since := now
	for _, s := range all {
		if s.Confirmed.IsZero() {
			continue
		}
		boxes[Mailbox(s.Email)] = append(boxes[Mailbox(s.Email)], s)
		if s.Told.Before(since) {
			since = s.Told
		}
	}
	if len(boxes) == 0 {
		return r, nil
	}
	n, err := d.news(ctx, maxTime(since, now.Add(-longest)), now)
	if err != nil {
		return r, err
	}
	for _, box := range boxes {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if err := d.tell(ctx, n, box, &r); err != nil {
			return r, err
		}
	}
	return r, nil
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// tell writes one mail to one mailbox, if there is anything to tell.
func (d *Digester) tell(ctx context.Context, n *news, box []*Subscription, r *Report) error {
	var parts []part
	var claimed, before []*Subscription
	for _, s := range box {
		p, gone, err := d.part(ctx, n, s)
		if err != nil {
			return err
		}
		told := *s
		told.Told = n.now
		switch err := d.change(ctx, s, &told); {
		case catalog.KindOf(err) == catalog.Conflict:
			continue // another was faster, or the reader has ended it
		case err != nil:
			return err
		}
		if len(p.Items) > 0 {
			parts, claimed, before = append(parts, p), append(claimed, &told), append(before, s)
		}
		if gone && len(p.Items) == 0 {
			dropped, err := d.drop(ctx, s.ID)
			if r.Ended += dropped; err != nil {
				return err
			}
		}
	}
	if len(parts) == 0 {
		return nil
	}
	l := d.letter(claimed[0])
	l.Parts = parts
	if err := d.send(ctx, "digest", claimed[0], l); err != nil {
		r.Failed++
		return d.undo(ctx, claimed, before, r)
	}
	r.Mails++
	return d.settle(ctx, claimed, r)
}

// undo has what was not sent told the next time. A mailbox that takes nothing
// for days is taken for gone.
func (d *Digester) undo(ctx context.Context, claimed, before []*Subscription, r *Report) error {
	for i, s := range claimed {
		again := *before[i]
		if again.Failures++; again.Failures >= mostFailures {
			n, err := d.drop(ctx, s.ID)
			if r.Ended += n; err != nil {
				return err
			}
			continue
		}
		if err := d.change(ctx, s, &again); err != nil && catalog.KindOf(err) != catalog.Conflict {
			return err
		}
	}
	return nil
}

// settle forgets failures that are over, and what follows a dataset that is
// gone and was told to be.
func (d *Digester) settle(ctx context.Context, claimed []*Subscription, r *Report) error {
	for _, s := range claimed {
		if s.Kind == Dataset && d.isGone(ctx, s.Ref) {
			n, err := d.drop(ctx, s.ID)
			if r.Ended += n; err != nil {
				return err
			}
			continue
		}
		if s.Failures == 0 {
			continue
		}
		well := *s
		well.Failures = 0
		if err := d.change(ctx, s, &well); err != nil && catalog.KindOf(err) != catalog.Conflict {
			return err
		}
	}
	return nil
}

func (d *Digester) isGone(ctx context.Context, id string) bool {
	_, err := d.Datasets.Dataset(visitor(ctx), id)
	kind := catalog.KindOf(err)
	return err != nil && (kind == catalog.Gone || kind == catalog.NotFound || kind == catalog.Denied)
}

// visitor acts as anybody: nobody is told of what they could not see.
func visitor(ctx context.Context) context.Context { return catalog.WithActor(ctx, catalog.Actor{}) }

// part finds what is new for s. gone says that there will never be more.
func (d *Digester) part(ctx context.Context, n *news, s *Subscription) (p part, gone bool, err error) {
	p = part{About: about(s), Cancel: d.CancelLink(s)}
	var of []*catalog.Dataset
	switch s.Kind {
	case Dataset:
		if of, gone, err = d.followed(ctx, n, s); err != nil {
			return p, false, err
		}
		if gone {
			of = nil
			if s.Title != "" {
				p.Items = []item{{What: "gone", Title: oneLine(s.Title), When: when{n.now, s.Locale}, URL: d.page(s.Locale, "/dataset/"+s.Ref)}}
			}
		}
	case Organization:
		of = n.published(s.Ref)
		p.All = d.page(s.Locale, "/organization/"+url.PathEscape(s.Ref))
	case Search:
		of, err = n.found(ctx, s.Ref)
		p.All = d.page(s.Locale, "/dataset")
		if s.Ref != "" {
			p.All += "?" + s.Ref
		}
	}
	for _, x := range of {
		if !x.Updated.After(s.Told) {
			continue
		}
		if len(p.Items) == mostItems {
			p.More++
			continue
		}
		p.Items = append(p.Items, d.item(s, x))
	}
	return p, gone, err
}

func (d *Digester) item(s *Subscription, x *catalog.Dataset) item {
	i := item{
		What: "changed", Title: oneLine(cmp.Or(x.Title.In(s.Locale), x.Name)), Holder: oneLine(x.Holder.Name.In(s.Locale)),
		When: when{x.Updated, s.Locale}, URL: d.page(s.Locale, "/dataset/"+x.Name),
	}
	if x.Created.After(s.Told) {
		i.What = "new"
	}
	return i
}

// followed returns the one dataset of s, if it has changed.
func (d *Digester) followed(ctx context.Context, n *news, s *Subscription) ([]*catalog.Dataset, bool, error) {
	if x, ok := n.changed[s.Ref]; ok {
		return []*catalog.Dataset{x}, false, nil
	}
	_, err := d.Datasets.Dataset(visitor(ctx), s.Ref)
	if kind := catalog.KindOf(err); err != nil && (kind == catalog.Gone || kind == catalog.NotFound || kind == catalog.Denied) {
		return nil, true, nil
	}
	return nil, false, err
}

// byTime puts the latest first.
func byTime(a, b *catalog.Dataset) int {
	return cmp.Or(b.Updated.Compare(a.Updated), strings.Compare(a.ID, b.ID))
}

// sorted returns the values of a map of datasets, the latest first.
func sorted(of map[string]*catalog.Dataset, ok func(*catalog.Dataset) bool) []*catalog.Dataset {
	var out []*catalog.Dataset
	for _, x := range of {
		if ok(x) {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, byTime)
	return out
}
