package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"portico/bulk"
	"portico/catalog"
	"portico/internal/mail"
	"portico/job"
	"portico/own"
	"portico/search"
	"portico/search/memory"
	"portico/subscription"
	"portico/ui"
)

// The kinds of jobs about alerts. That of a letter has the ID of its
// subscription for a key, so that nobody gets two at once.
const (
	inviteKind = "invite"
	digestKind = "digest"
)

// mails reports whether the settings let the program write to readers.
func (e *env) mails() bool { return e.SMTPURL != "" && e.SiteEmail != "" && e.AlertsAt != "off" }

// alerts returns where people ask for alerts, or nil when none are sent.
func (h *house) alerts(site catalog.Site) *subscription.Desk {
	if !h.env.mails() {
		return nil
	}
	return h.subscriptions(site)
}

func (h *house) subscriptions(site catalog.Site) *subscription.Desk {
	return subscription.New(subscription.Config{
		Records: h.Store, Site: site, Secret: h.env.secretText(),
		Invite: func(ctx context.Context, id string) error {
			q, err := h.queue(ctx)
			if err != nil {
				return err
			}
			_, err = q.Add(ctx, job.Job{Kind: inviteKind, Key: id})
			return err
		},
	})
}

// post returns what writes to readers. Whoever works without serving makes the
// instance's secret, too: links are signed with it.
func (h *house) post() (*subscription.Post, error) {
	if err := h.env.secret(); err != nil {
		return nil, err
	}
	m, err := mail.New(h.env.SMTPURL, nil)
	if err != nil {
		return nil, err
	}
	return &subscription.Post{Desk: h.subscriptions(h.site()), Mail: m, From: h.env.SiteEmail}, nil
}

// inviteJob sends one link to confirm.
func (h *house) inviteJob(ctx context.Context, j job.Job) error {
	if !h.env.mails() {
		return nil
	}
	p, err := h.post()
	if err != nil {
		return err
	}
	return p.SendInvite(catalog.WithActor(ctx, catalog.System), j.Key)
}

// digestJob tells all readers what is new for them, and forgets who has not
// confirmed. Without mail it only forgets.
func (h *house) digestJob(ctx context.Context, _ job.Job) error {
	ctx = catalog.WithActor(ctx, catalog.System)
	r, err := h.tellReaders(ctx)
	if err != nil {
		return err
	}
	if r != (subscription.Report{}) {
		h.log.InfoContext(ctx, "readers were told what is new", "mails", r.Mails, "failed", r.Failed, "ended", r.Ended)
	}
	return h.noteRun(ctx, digestKind)
}

func (h *house) tellReaders(ctx context.Context) (subscription.Report, error) {
	if !h.env.mails() {
		n, err := h.subscriptions(h.site()).Sweep(ctx)
		return subscription.Report{Ended: n}, err
	}
	p, err := h.post()
	if err != nil {
		return subscription.Report{}, err
	}
	d := &subscription.Digester{
		Post: p, Datasets: h.Store, Organizations: h.Store, Quiet: own.Is, Question: ui.Question,
		Index: func() (search.Engine, error) {
			words, err := h.env.words()
			if err != nil {
				return nil, err
			}
			return memory.NewWith(h.env.SearchLanguage, words), nil
		},
	}
	return d.Run(ctx)
}

// A runNote is when a periodic job was last done.
type runNote struct {
	Ended time.Time `json:"ended"`
}

func (h *house) noteRun(ctx context.Context, kind string) error {
	body, err := json.Marshal(runNote{Ended: time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return fmt.Errorf("note a run: %w", err)
	}
	return h.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordRun, Key: kind, Body: body})
}

// lastRun returns when a periodic job was last done; zero = never.
func (h *house) lastRun(ctx context.Context, kind string) (time.Time, error) {
	r, err := h.Record(ctx, catalog.RecordRun, kind)
	if catalog.KindOf(err) == catalog.NotFound {
		return time.Time{}, nil
	}
	var n runNote
	if err == nil {
		err = json.Unmarshal(r.Body, &n)
	}
	return n.Ended, err
}

// leastPause is between two runs of what is done once a day, though somebody
// has changed the hour.
const leastPause = 20 * time.Hour

// askDaily adds a job when the clock has shown its hour since it was last done.
func (h *house) askDaily(ctx context.Context, q job.Queue, kind, at string, now time.Time) error {
	last, err := h.lastRun(ctx, kind)
	if err != nil || now.Sub(last) < leastPause || !(&bulk.Index{Made: last}).Due(now, at) {
		return err
	}
	_, err = q.Add(ctx, job.Job{Kind: kind, Key: onlyKey})
	return err
}

type alertsCmd struct {
	List   alertsListCmd   `cmd:"" help:"List who receives alerts, and about what."`
	Remove alertsRemoveCmd `cmd:"" help:"Forget an e-mail address, or one subscription."`
	Send   alertsSendCmd   `cmd:"" help:"Send what is new now, as the job does once a day."`
}

type alertsListCmd struct{}

// Run lists subscriptions.
func (c *alertsListCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		all, err := h.subscriptions(h.site()).All(ctx)
		if err != nil {
			return err
		}
		type told struct {
			ID string `json:"id"`
			*subscription.Subscription
		}
		out := []told{}
		for _, s := range all {
			out = append(out, told{s.ID, s})
		}
		return e.print(map[string]any{"total": len(out), "subscriptions": out}, func(w io.Writer) {
			if len(out) == 0 {
				fmt.Fprintln(w, "Non c'è nessun avviso. / There are no alerts.")
			}
			for _, s := range out {
				state := "da confermare / unconfirmed"
				if !s.Confirmed.IsZero() {
					state = "dal / since " + s.Confirmed.Format(time.DateOnly)
				}
				fmt.Fprintf(w, "%s  %s  %s  %s\n", s.ID, s.Email, s.About(), state)
			}
		})
	})
}

type alertsRemoveCmd struct {
	Who string `arg:"" help:"An e-mail address, or an ID as list shows it."`
}

// Run forgets subscriptions.
func (c *alertsRemoveCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		n, err := h.subscriptions(h.site()).Remove(ctx, c.Who)
		if err != nil {
			return err
		}
		if n == 0 {
			return catalog.Errorf(catalog.NotFound, "no such subscription").Italian("non c'è nessun avviso così")
		}
		return e.print(map[string]any{"removed": n}, func(w io.Writer) { fmt.Fprintf(w, "avvisi tolti / alerts removed: %d\n", n) })
	})
}

type alertsSendCmd struct{}

// Run tells readers what is new.
func (c *alertsSendCmd) Run(ctx context.Context, e *env) error {
	if !e.mails() {
		return catalog.Errorf(catalog.Invalid, "alerts are sent only with PORTICO_SMTP_URL and PORTICO_SITE_EMAIL, and PORTICO_ALERTS_AT not off").
			Italian("gli avvisi partono solo con PORTICO_SMTP_URL e PORTICO_SITE_EMAIL, e PORTICO_ALERTS_AT diverso da off")
	}
	return e.with(ctx, func(h *house) error {
		r, err := h.tellReaders(ctx)
		if err != nil {
			return err
		}
		return e.print(r, func(w io.Writer) {
			fmt.Fprintf(w, "e-mail inviate / sent: %d; non riuscite / failed: %d; avvisi tolti / removed: %d\n", r.Mails, r.Failed, r.Ended)
		})
	})
}
