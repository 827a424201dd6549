package ui

import (
	"errors"
	"net/http"
	"net/netip"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/participation"
)

// maxForm bounds what a form may send.
const maxForm = 64 << 10

// A sent form is done: the reader goes on to another page, a path without
// the prefix of a language.
type sent struct{ path string }

func (s *sent) Error() string { return "the form was taken; go on at " + s.path }

// ownForm lets next answer forms of this site alone. There is no session that
// another site could borrow; its forms are refused all the same, so that nobody
// speaks for a reader, or uses up what their address may ask, without their
// knowing.
func (s *Server) ownForm(next gin.HandlerFunc) gin.HandlerFunc {
	protection := http.NewCrossOriginProtection()
	return func(c *gin.Context) {
		if err := protection.Check(c.Request); err != nil {
			s.failWith(c.Writer, s.request(c.Request, c.Param), http.StatusForbidden, err)
			return
		}
		next(c)
	}
}

// post answers a form of this site that was sent.
func (s *Server) post(p page) gin.HandlerFunc {
	return s.ownForm(func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxForm)
		if err := c.Request.ParseForm(); err != nil {
			s.fail(c.Writer, c.Request, catalog.Errorf(catalog.Invalid, "the form cannot be read").Because(err))
			return
		}
		r := s.request(c.Request, c.Param)
		v, err := p(r)
		if done, ok := errors.AsType[*sent](err); ok {
			http.Redirect(c.Writer, c.Request, s.prefix(r.locale)+done.path, http.StatusSeeOther)
			return
		}
		if err != nil {
			s.fail(c.Writer, c.Request, err)
			return
		}
		out, err := s.draw(r, v)
		if err != nil {
			s.fail(c.Writer, c.Request, err)
			return
		}
		r.send(c.Writer, v.status, out)
	})
}

// A form is what a reader fills in, as it is shown.
type form struct {
	Ticket string
	Values catalog.Contribution
	Wrong  map[string]string // by field, in the words of the page
	Error  string            // of all
}

// newForm returns an empty form.
func (s *Server) newForm() form { return form{Ticket: s.Desk.Ticket()} }

// submit takes a contribution that came with a form. On success it returns a
// *sent; what cannot be taken is shown again, with all that was typed.
func (s *Server) submit(r *request, c catalog.Contribution) (form, int, error) {
	c.Locale = r.locale
	sub := &participation.Submission{Contribution: c, Ticket: r.PostForm.Get("ticket"), Trap: r.PostForm.Get("website"), From: s.address(r)}
	err := s.Desk.Submit(r.ctx, sub)
	if err == nil {
		return form{}, 0, &sent{path: "/segnalazioni/" + sub.ID}
	}
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok || e.Kind != catalog.Invalid && e.Kind != catalog.TooMany {
		return form{}, 0, err
	}
	f := form{Ticket: r.PostForm.Get("ticket"), Values: sub.Contribution, Error: e.In(r.locale), Wrong: make(map[string]string)}
	if len(e.Fields) == 0 && e.Kind == catalog.Invalid {
		f.Ticket = s.Desk.Ticket()
	}
	for field, codes := range e.Fields {
		f.Wrong[field] = r.text("form." + codes[0])
	}
	return f, statusOfForm(e.Kind), nil
}

func statusOfForm(k catalog.Kind) int {
	if k == catalog.TooMany {
		return http.StatusTooManyRequests
	}
	return http.StatusUnprocessableEntity
}

// address tells from where a form came; nobody knows of what came by a socket.
func (s *Server) address(r *request) netip.Addr {
	from := s.client(r.Request)
	if ap, err := netip.ParseAddrPort(from); err == nil {
		return ap.Addr()
	}
	addr, err := netip.ParseAddr(from)
	if err != nil {
		return netip.Addr{}
	}
	return addr
}
