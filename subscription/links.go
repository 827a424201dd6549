package subscription

import (
	"context"
	"time"

	"portico/catalog"
)

// A Link is what a link to confirm or to end leads to.
type Link struct {
	Subscriptions []*Subscription // that it is about; none = they are ended already
	Expired       bool            // a link to confirm that is too old
	All           bool            // of a whole mailbox
}

// ToConfirm returns what a link to confirm is about, or NotFound.
func (d *Desk) ToConfirm(ctx context.Context, token string) (*Link, error) {
	g, ok := d.keys.open(token)
	if !ok || g.purpose != toConfirm {
		return nil, noLink()
	}
	s, err := d.Subscription(ctx, g.id)
	if catalog.KindOf(err) == catalog.NotFound {
		return &Link{Expired: true}, nil // it was not confirmed in time, or is ended
	}
	if err != nil {
		return nil, err
	}
	return &Link{Subscriptions: []*Subscription{s}, Expired: s.Confirmed.IsZero() && !d.Now().Before(g.until)}, nil
}

// Confirm says yes for the reader of a mailbox. What is there from then on is
// told. A link that is Expired changes nothing.
func (d *Desk) Confirm(ctx context.Context, token string) (*Link, error) {
	l, err := d.ToConfirm(ctx, token)
	if err != nil || l.Expired || !l.Subscriptions[0].Confirmed.IsZero() {
		return l, err
	}
	was := l.Subscriptions[0]
	s := *was
	s.Confirmed = d.moment()
	s.Told = s.Confirmed
	if err := d.change(ctx, was, &s); err != nil {
		return nil, err
	}
	l.Subscriptions[0] = &s
	return l, nil
}

// Again has a new link sent for one that is Expired, to the address that is
// known and no other. It is no error when that was done too often.
func (d *Desk) Again(ctx context.Context, token string) error {
	l, err := d.ToConfirm(ctx, token)
	if err != nil || len(l.Subscriptions) == 0 {
		return err
	}
	s := l.Subscriptions[0]
	if !s.Confirmed.IsZero() || !d.mailboxes.Allow(withoutTag(s.Email), d.Now()) {
		return nil
	}
	return d.Invite(ctx, s.ID)
}

// ToCancel returns what a link to end is about, or NotFound.
func (d *Desk) ToCancel(ctx context.Context, token string) (*Link, error) {
	g, ok := d.keys.open(token)
	switch {
	case ok && g.purpose == toCancelAll:
		all, err := d.of(ctx, g.id)
		return &Link{Subscriptions: all, All: true}, err
	case ok && g.purpose == toCancel:
		s, err := d.Subscription(ctx, g.id)
		if catalog.KindOf(err) == catalog.NotFound {
			return &Link{}, nil
		}
		return &Link{Subscriptions: []*Subscription{s}}, err
	}
	return nil, noLink()
}

// Cancel ends what a link is about: the addresses are forgotten at once. What
// is ended already is no error.
func (d *Desk) Cancel(ctx context.Context, token string) (*Link, error) {
	l, err := d.ToCancel(ctx, token)
	if err != nil {
		return nil, err
	}
	for _, s := range l.Subscriptions {
		if _, err := d.drop(ctx, s.ID); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Sweep forgets what nobody has confirmed in time, and returns how many those
// were.
func (d *Desk) Sweep(ctx context.Context) (int, error) {
	all, err := d.All(ctx)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, s := range all {
		if s.Confirmed.IsZero() && d.Now().Sub(s.Created) >= KeepFor {
			gone, err := d.drop(ctx, s.ID)
			if n += gone; err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func noLink() error {
	return catalog.Errorf(catalog.NotFound, "this link is not one of ours: perhaps a part of it is missing").
		Italian("questo collegamento non è dei nostri: forse ne manca un pezzo")
}

// hoursLeft is how long a link to confirm is good for, as letters tell it.
const hoursLeft = int(ConfirmFor / time.Hour)
