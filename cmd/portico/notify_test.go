package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// mailbox is a server that takes mails in clear, on this machine alone.
type mailbox struct {
	address string
	mu      sync.Mutex
	mails   []string
}

func newMailbox(t *testing.T) *mailbox {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	m := &mailbox{address: l.Addr().String()}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go m.talk(c)
		}
	}()
	return m
}

func (m *mailbox) talk(c net.Conn) {
	defer c.Close()
	r := bufio.NewReader(c)
	fmt.Fprint(c, "220 pronto\r\n")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		if !strings.HasPrefix(line, "DATA") {
			fmt.Fprint(c, "250 va bene\r\n")
			continue
		}
		fmt.Fprint(c, "354 avanti\r\n")
		var mail strings.Builder
		for line != ".\r\n" {
			if line, err = r.ReadString('\n'); err != nil {
				return
			}
			mail.WriteString(line)
		}
		m.mu.Lock()
		m.mails = append(m.mails, mail.String())
		m.mu.Unlock()
		fmt.Fprint(c, "250 preso\r\n")
	}
}

// TestPeopleAreToldOfTheThirdFailure fails a source four times: those who are
// to know hear of the third alone, by mail and at the webhook.
func TestPeopleAreToldOfTheThirdFailure(t *testing.T) {
	box, data := newMailbox(t), t.TempDir()
	var mu sync.Mutex
	var told []map[string]any
	origin := site(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/hook" {
			http.Error(w, "no", http.StatusInternalServerError)
			return
		}
		var event map[string]any
		if err := json.NewDecoder(r.Body).Decode(&event); err != nil || r.Method != http.MethodPost {
			t.Errorf("%s %v", r.Method, err)
		}
		mu.Lock()
		defer mu.Unlock()
		told = append(told, event)
	}))
	at := []string{"--data", data, "--smtp-url", "smtp://" + box.address, "--site-email", "dati@comune.example.it"}
	must(t, append([]string{"source", "add", "datajson", origin + "/data.json", "--name", "fonte", "--allow-private", "--notify", "anna@comune.example.it", "--webhook", origin + "/hook"}, at...)...)
	for n := 1; n <= 4; n++ {
		if code, out, _ := portico(t, append([]string{"source", "run", "fonte"}, at...)...); code == exitDone {
			t.Fatalf("run %d ended well: %s", n, out)
		}
		mu.Lock()
		box.mu.Lock()
		if want := n / 3; len(told) != min(want, 1) || len(box.mails) != min(want, 1) {
			t.Errorf("after %d failures: %d messages to the webhook, %d mails", n, len(told), len(box.mails))
		}
		box.mu.Unlock()
		mu.Unlock()
	}
	if len(told) == 0 || told[0]["event"] != "failed" || told[0]["source"] != "fonte" || told[0]["failures"] != 3.0 || told[0]["run"] == "" || told[0]["error"] == "" {
		t.Errorf("the webhook was told %v", told)
	}
	if len(box.mails) == 0 || !strings.Contains(box.mails[0], "To: anna@comune.example.it") && !strings.Contains(box.mails[0], "To: <anna@comune.example.it>") || !strings.Contains(box.mails[0], "fonte") {
		t.Errorf("mails %q", box.mails)
	}
}
