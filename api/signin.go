package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// passwordsAtOnce is how many passwords are hashed at the same time: each
// takes a core and 19 MiB.
const passwordsAtOnce = 2

// The limits of a request for a token by password.
const (
	maxSignIn     = 16 << 10
	signInPatient = 10 * time.Second // for a turn to check the password
	tokenDays     = 365
	maxTokenDays  = 3650
)

// signInPage shows the form by which people get a token with their password.
// It sets no cookie and runs no script: the token is all that comes of it.
func (s *Server) signInPage(c *gin.Context) {
	s.writeSignIn(c, http.StatusOK, "", "")
}

// signIn gives a token to who knows the name and password of a user: POST
// /user/token with name, password, token_name and expires (days), as a form or
// as JSON. Whether it is the name or the password that is wrong makes no
// difference, neither in the answer nor in its time.
func (s *Server) signIn(c *gin.Context) {
	if err := http.NewCrossOriginProtection().Check(c.Request); err != nil {
		s.failPage(c, pageError(http.StatusForbidden))
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxSignIn)
	in, err := readArgs(c.Writer, c.Request, action{})
	defer in.discard()
	if err != nil {
		s.failPage(c, err)
		return
	}
	locale := localeOf(c.Request, s.site.Locale)
	name, plain := in.text("name"), in.text("password")
	if wait := s.guesses.Begin(accountOf(name), s.clientAddress(c.Request)); wait > 0 {
		seconds := int(math.Ceil(wait.Seconds()))
		c.Header("Retry-After", strconv.Itoa(seconds))
		s.answerSignIn(c, http.StatusTooManyRequests, say(locale,
			"Troppi tentativi: riprova tra "+strconv.Itoa(seconds)+" secondi", "Too many attempts: try again in "+strconv.Itoa(seconds)+" seconds"), "")
		return
	}
	u, err := s.userWithPassword(c.Request.Context(), name, plain)
	switch {
	case err != nil:
		s.failPage(c, err)
		return
	case u == nil:
		s.log.WarnContext(c.Request.Context(), "sign-in refused", "name", shortRef(name))
		s.answerSignIn(c, http.StatusForbidden, say(locale, "Nome o password errati", "Wrong name or password"), "")
		return
	}
	s.guesses.Right(accountOf(name), s.clientAddress(c.Request))
	days := in.natural("expires", tokenDays)
	if days == 0 || days > maxTokenDays || in.err() != nil {
		s.answerSignIn(c, http.StatusBadRequest, say(locale, "La durata va da 1 a 3650 giorni", "It must expire after 1 to 3650 days"), "")
		return
	}
	const day = 24 * time.Hour
	p := tokenParams{name: shortRef(in.text("token_name")), life: time.Duration(days) * day}
	ctx := catalog.WithActor(c.Request.Context(), catalog.Actor{ID: u.ID, Name: u.Name, Sysadmin: u.Sysadmin})
	secret, _, err := s.newToken(ctx, u, p)
	if err != nil {
		s.failPage(c, err)
		return
	}
	s.answers.changed()
	s.answerSignIn(c, http.StatusOK, "", secret)
}

// accountOf returns by what the guesses at an account are counted. What is
// longer than any name is no account.
func accountOf(name string) string {
	const longestName = 100
	if len(name) > longestName {
		return ""
	}
	return strings.ToLower(name)
}

// userWithPassword returns the active user with the given name and password,
// or nil. It checks a password in every case.
func (s *Server) userWithPassword(ctx context.Context, name, plain string) (*catalog.User, error) {
	hash := ""
	u, err := s.userByRef(ctx, name)
	switch {
	case err != nil && catalog.KindOf(err) != catalog.NotFound:
		return nil, err
	case err == nil && u.Name == name && u.State != catalog.Deleted:
		hash = u.Password
	}
	ctx, cancel := context.WithTimeout(ctx, signInPatient)
	defer cancel()
	right, err := s.passwords.Check(ctx, hash, plain)
	if err != nil {
		return nil, catalog.Errorf(catalog.Unavailable, "too many sign in at once").Italian("troppi accessi contemporanei").Because(err)
	}
	if !right {
		return nil, nil
	}
	return u, nil
}

// answerSignIn answers a request for a token: as JSON to who sent JSON, else
// as a page.
func (s *Server) answerSignIn(c *gin.Context, status int, problem, secret string) {
	if !strings.HasPrefix(c.Request.Header.Get("Content-Type"), "application/json") {
		s.writeSignIn(c, status, problem, secret)
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Header("X-Content-Type-Options", "nosniff")
	out := map[string]any{"success": problem == ""}
	if problem != "" {
		out["error"] = map[string]string{"message": problem}
	} else {
		out["result"] = map[string]string{"token": secret}
	}
	writeJSON(c.Writer, status, mustJSON(out))
}

func say(locale, it, en string) string {
	if locale == "it" {
		return it
	}
	return en
}

// signInStyle makes the page readable; its hash is in the policy of the page.
const signInStyle = `body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem;color:#17324d}
label{display:block;margin:1rem 0 .2rem;font-weight:600}input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #5c6f82;border-radius:4px}
input:focus,button:focus,a:focus{outline:3px solid #f90;outline-offset:2px}button{font:inherit;font-weight:600;margin-top:1.5rem;padding:.6rem 1.4rem;border:0;border-radius:4px;background:#06c;color:#fff}
.problem{padding:.6rem 1rem;border-left:6px solid #cc334d;background:#fdf0f2}output{display:block;padding:.8rem;background:#eef3f7;font-family:ui-monospace,monospace;overflow-wrap:anywhere}a{color:#06c}`

// signInPolicy lets the page have its own style and send its form, and nothing
// else.
func signInPolicy() string {
	sum := sha256.Sum256([]byte(signInStyle))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
}

// writeSignIn writes the page with the form, or with the token instead.
func (s *Server) writeSignIn(c *gin.Context, status int, problem, secret string) {
	lang := localeOf(c.Request, s.site.Locale)
	t := func(it, en string) string { return html.EscapeString(say(lang, it, en)) }
	heading := t("Ottieni un token", "Get a token")
	var b strings.Builder
	b.WriteString("<!DOCTYPE html>\n<html lang=\"" + lang + "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
		"<title>" + heading + " – " + html.EscapeString(s.site.Title) + "</title>\n<style>" + signInStyle + "</style>\n</head>\n<body>\n<main>\n<h1>" + heading + "</h1>\n")
	if problem != "" {
		b.WriteString("<p class=\"problem\" role=\"alert\">" + html.EscapeString(problem) + "</p>\n")
	}
	if secret != "" {
		b.WriteString("<p>" + t("Ecco il token. Copialo ora: non sarà mostrato di nuovo.", "This is the token. Copy it now: it will not be shown again.") +
			"</p>\n<output>" + html.EscapeString(secret) + "</output>\n")
	} else {
		b.WriteString("<p>" + t("Il token serve ai programmi che usano l'API a tuo nome. Sarà mostrato una volta sola.",
			"Programs use the token to call the API on your behalf. It is shown only once.") + "</p>\n<form method=\"post\" action=\"token\">\n")
		input := func(id, kind, label, rest string) {
			b.WriteString("<label for=\"" + id + "\">" + label + "</label>\n<input id=\"" + id + "\" name=\"" + id + "\" type=\"" + kind + "\" " + rest + ">\n")
		}
		input("name", "text", t("Nome utente", "User name"), `required maxlength="100" autocomplete="username" autocapitalize="none" spellcheck="false"`)
		input("password", "password", t("Password", "Password"), `required maxlength="4096" autocomplete="current-password"`)
		input("token_name", "text", t("A che cosa serve il token", "What the token is for"), `maxlength="200"`)
		input("expires", "number", t("Scade dopo giorni", "Expires after days"), `min="1" max="3650" value="365"`)
		b.WriteString("<button>" + t("Crea il token", "Create the token") + "</button>\n</form>\n")
	}
	b.WriteString("<p><a href=\"" + html.EscapeString(s.site.Link("/")) + "\">" + html.EscapeString(s.site.Title) + "</a></p>\n</main>\n</body>\n</html>\n")
	h := c.Writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", signInPolicy())
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	c.Status(status)
	c.Writer.WriteHeaderNow()
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.WriteString(b.String())
	}
}
