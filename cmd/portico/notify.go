package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"portico/harvester"
	"portico/internal/mail"
)

// alertTimeout bounds how long telling people of a run may take.
const alertTimeout = time.Minute

// alert tells the people of a source, by mail and webhook, that a run needs
// them. What cannot be told is logged: the run itself is over.
func (h *house) alert(ctx context.Context, a harvester.Alert) {
	ctx, cancel := context.WithTimeout(ctx, alertTimeout)
	defer cancel()
	if a.Source.Webhook != "" {
		if err := h.postAlert(ctx, a); err != nil {
			h.log.WarnContext(ctx, "webhook failed", "source", a.Source.Name, "err", err)
		}
	}
	if len(a.Source.Notify) == 0 || h.env.SMTPURL == "" {
		return
	}
	m, err := mail.New(h.env.SMTPURL, nil)
	if err != nil {
		h.log.WarnContext(ctx, "mail failed", "source", a.Source.Name, "err", err)
		return
	}
	subject, text := h.alertText(a)
	for _, to := range a.Source.Notify {
		msg := mail.Message{From: h.env.SiteEmail, To: to, Subject: subject, Text: text}
		if msg.From == "" {
			msg.From = a.Source.Notify[0]
		}
		if err := m.Send(ctx, msg); err != nil {
			h.log.WarnContext(ctx, "mail failed", "source", a.Source.Name, "err", err)
		}
	}
}

// alertText says what happened and what to do.
func (h *house) alertText(a harvester.Alert) (subject, text string) {
	name := a.Source.Name
	page := ""
	if h.env.SiteURL != "" {
		page = fmt.Sprintf("\n%s/harvest/%s\n%s/harvest/%s/report.csv\n", h.env.SiteURL, name, h.env.SiteURL, name)
	}
	if a.Report.Held {
		return fmt.Sprintf("[Portico] %s: attende l'approvazione", name),
			fmt.Sprintf("La fonte %s (%s) si è fermata: mancano %d dataset, %d schede attendono.\nNulla è stato ritirato né sovrascritto.\n"+
				"Per vedere: portico source run %s --dry-run\nSe è giusto così: portico source approve %s\n%s",
				name, a.Source.URL, a.Report.Missing, a.Report.Withheld, name, name, page)
	}
	return fmt.Sprintf("[Portico] %s: %d acquisizioni fallite", name, a.Failures),
		fmt.Sprintf("La fonte %s (%s) non si acquisisce: %d tentativi falliti di seguito.\nUltimo errore: %s\nI dataset già pubblicati restano come sono.\n%s",
			name, a.Source.URL, a.Failures, a.Report.Error, page)
}

// postAlert sends the same to the source's webhook, through the guarded way
// out: its address is data, too.
func (h *house) postAlert(ctx context.Context, a harvester.Alert) error {
	event := "failed"
	if a.Report.Held {
		event = "held"
	}
	body, err := json.Marshal(map[string]any{
		"event": event, "source": a.Source.Name, "url": a.Source.URL, "run": a.Run.ID, "status": a.Run.Status, "started": a.Run.Started,
		"failures": a.Failures, "error": a.Report.Error, "missing": a.Report.Missing, "withheld": a.Report.Withheld,
	})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.Source.Webhook, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := h.env.client(a.Source.AllowPrivate).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return fmt.Errorf("the webhook answered %s", resp.Status)
	}
	return nil
}
