// Package mailtest is a mail server for tests: it takes every mail, or refuses
// it when it is told to, and delivers none.
package mailtest

import (
	"bufio"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// A Server speaks just enough SMTP to take mails.
type Server struct {
	Addr   string // localhost and the port
	Refuse atomic.Bool

	mails chan string
}

// New starts a server until the end of the test. With a certificate it offers
// STARTTLS, or speaks TLS from the first byte.
func New(t testing.TB, cert tls.Certificate, implicit bool) *Server {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	_, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Addr: "localhost:" + port, mails: make(chan string, 100)}
	conf := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			if implicit {
				conn = tls.Server(conn, conf)
			}
			go s.talk(conn, conf, cert.Certificate != nil && !implicit)
		}
	}()
	return s
}

// Next returns the next mail as it came, or fails the test when none comes.
func (s *Server) Next(t testing.TB) string {
	t.Helper()
	select {
	case m := <-s.mails:
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("no mail came")
		return ""
	}
}

// Waiting returns how many mails came that nobody has asked for.
func (s *Server) Waiting() int { return len(s.mails) }

// Read parses a mail and returns its headers and its text.
func Read(t testing.TB, raw string) (mail.Header, string) {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header, strings.ReplaceAll(string(text), "\r\n", "\n")
}

func (s *Server) talk(conn net.Conn, conf *tls.Config, startTLS bool) {
	defer func() { conn.Close() }()
	r := bufio.NewReader(conn)
	fmt.Fprint(conn, "220 ready\r\n")
	for {
		line, err := r.ReadString('\n')
		if err != nil || len(line) < 4 {
			return
		}
		switch verb := strings.ToUpper(line[:4]); verb {
		case "EHLO":
			if startTLS {
				fmt.Fprint(conn, "250-hello\r\n250 STARTTLS\r\n")
				continue
			}
			fmt.Fprint(conn, "250 hello\r\n")
		case "STAR":
			fmt.Fprint(conn, "220 go\r\n")
			conn = tls.Server(conn, conf)
			r, startTLS = bufio.NewReader(conn), false
		case "RCPT":
			if s.Refuse.Load() {
				fmt.Fprint(conn, "450 try again\r\n")
				continue
			}
			fmt.Fprint(conn, "250 ok\r\n")
		case "DATA":
			s.take(conn, r)
		case "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

// take reads one mail.
func (s *Server) take(conn net.Conn, r *bufio.Reader) {
	fmt.Fprint(conn, "354 go\r\n")
	var mail strings.Builder
	for {
		l, err := r.ReadString('\n')
		if err != nil || l == ".\r\n" {
			break
		}
		mail.WriteString(strings.TrimPrefix(l, "."))
	}
	s.mails <- mail.String()
	fmt.Fprint(conn, "250 ok\r\n")
}
