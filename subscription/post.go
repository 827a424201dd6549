package subscription

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"portico/catalog"
	"portico/internal/mail"
)

// A Sender sends mail; *mail.Mailer is one.
type Sender interface {
	Send(ctx context.Context, m mail.Message) error
}

// A Post writes to the readers of a Desk.
type Post struct {
	*Desk

	Mail Sender
	From string // address of the office
}

// SendInvite sends the link to confirm a subscription, or tells its reader that it
// is there already. What is there no more is not asked about.
func (p *Post) SendInvite(ctx context.Context, id string) error {
	s, err := p.Subscription(ctx, id)
	if catalog.KindOf(err) == catalog.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	l := p.letter(s)
	l.About, l.Hours, l.Link = aboutForStrangers(s), hoursLeft, p.confirmLink(s)
	name := "confirm"
	if !s.Confirmed.IsZero() {
		name = "already"
	}
	return p.send(ctx, name, s, l)
}

// letter returns what all letters to the reader of s have.
func (p *Post) letter(s *Subscription) letter {
	return letter{
		Site: p.Site, Publisher: cmp.Or(p.Site.Publisher.Name.In(s.Locale), p.Site.Title),
		Cancel: p.CancelLink(s), CancelAll: p.CancelAllLink(s),
	}
}

// sendFor bounds one mail.
const sendFor = time.Minute

func (p *Post) send(ctx context.Context, name string, to *Subscription, l letter) error {
	subject, text, err := write(name, to.Locale, l)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendFor)
	defer cancel()
	m := mail.Message{From: p.From, To: to.Email, Subject: subject, Text: text, Auto: true}
	if name == "digest" {
		m.Unsubscribe = l.CancelAll
	}
	if err := p.Mail.Send(ctx, m); err != nil {
		return fmt.Errorf("send the mail %q: %w", name, err)
	}
	return nil
}
