package api

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// visibleIDs returns those of ids that the actor may see, and others, sorted.
func (s *Server) visibleIDs(ctx context.Context, ids []string, others ...string) (result, error) {
	slices.Sort(ids)
	seen := append([]string{}, others...)
	for chunk := range slices.Chunk(ids, 500) {
		ds, err := s.datasets.DatasetsByID(ctx, chunk)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			if mayRead(catalog.ActorOf(ctx), d) {
				seen = append(seen, d.ID)
			}
		}
	}
	slices.Sort(seen)
	return one(stringsJSON(seen)), nil
}

// shownSource returns the source that an address names, as whoever asks may
// see it, or answers with a page. What is read from inside, or with a
// credential, or kept as a draft is not told to everybody.
func (s *Server) shownSource(c *gin.Context) *catalog.Source {
	if s.harvest == nil {
		s.pass(c)
		return nil
	}
	actor, err := s.actorOf(c.Request)
	if err != nil {
		s.failPage(c, err)
		return nil
	}
	if s.public(c); actor.ID != "" {
		c.Header("Cache-Control", "private, no-store")
	}
	ctx := catalog.WithActor(c.Request.Context(), actor)
	src, err := s.harvestSource(ctx, &args{given: map[string]any{"id": c.Param("id")}}, "id")
	if err == nil && (src.AllowPrivate || src.SecretFor != "" || !strings.HasPrefix(src.URL, "http")) {
		var may bool
		if may, err = s.mayHarvest(ctx, src); err == nil && !may {
			err = catalog.Errorf(catalog.NotFound, "no such source")
		}
	}
	if err != nil {
		s.failPage(c, err)
		return nil
	}
	return src
}

// harvestReport answers /harvest/ID/report.csv: what was wrong in the latest
// run that has a report, or in the one that ?run names.
func (s *Server) harvestReport(c *gin.Context) {
	src := s.shownSource(c)
	if src == nil {
		return
	}
	runs, err := s.harvest.Sources.Runs(c.Request.Context(), src.ID, -1)
	if err != nil {
		s.failPage(c, err)
		return
	}
	wanted := c.Query("run")
	for _, r := range runs {
		if r.ID != wanted && (wanted != "" || len(r.Report) == 0) {
			continue
		}
		rep, err := catalog.ReportOf(r)
		if err != nil {
			s.failPage(c, err)
			return
		}
		var b bytes.Buffer
		if err := catalog.WriteReportCSV(&b, rep); err != nil {
			s.failPage(c, err)
			return
		}
		c.Header("Content-Disposition", `attachment; filename="`+src.Name+`-report.csv"`)
		serveBytes(c, "text/csv; charset=utf-8", b.Bytes())
		return
	}
	s.failPage(c, catalog.Errorf(catalog.NotFound, "there is no such run with a report").Italian("non c'è un'esecuzione con rapporto"))
}

// harvestFeed answers /harvest/ID/runs.atom: the latest runs of a source.
func (s *Server) harvestFeed(c *gin.Context) {
	src := s.shownSource(c)
	if src == nil {
		return
	}
	const most = 50
	runs, err := s.harvest.Sources.Runs(c.Request.Context(), src.ID, most)
	if err != nil {
		s.failPage(c, err)
		return
	}
	lang := localeOf(c.Request, s.site.Locale)
	path := "/harvest/" + src.Name
	title := src.Title
	if title == "" {
		title = src.Name
	}
	x := &xmlWriter{site: s.site}
	x.raw("<?xml version='1.0' encoding='utf-8'?>\n" + `<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="` + lang + `">`)
	x.element("id", s.site.Link(path+"/runs.atom"))
	x.element("title", s.site.Title+" - "+title)
	updated := src.Created
	if len(runs) > 0 {
		updated = runEnd(runs[0])
	}
	x.moment("updated", updated)
	x.author(s.site.Title)
	x.link("alternate", path)
	x.link("self", path+"/runs.atom")
	for _, r := range runs {
		x.run(path, title, lang, r)
	}
	x.raw("</feed>")
	serveBytes(c, "application/atom+xml; charset=utf-8", x.b)
}

// runWords says how a run ended.
var runWords = map[string]map[catalog.RunStatus]string{
	"it": {
		catalog.RunRunning: "in corso", catalog.RunDone: "completata", catalog.RunFailed: "fallita", catalog.RunHeld: "in attesa di approvazione",
		catalog.RunInterrupted: "interrotta", catalog.RunCancelled: "annullata",
	},
	"en": {
		catalog.RunRunning: "running", catalog.RunDone: "done", catalog.RunFailed: "failed", catalog.RunHeld: "waits for approval",
		catalog.RunInterrupted: "interrupted", catalog.RunCancelled: "cancelled",
	},
}

// run writes one run as an entry of a feed.
func (x *xmlWriter) run(path, title, lang string, r *catalog.Run) {
	rep, err := catalog.ReportOf(r)
	if err != nil { // the counts are left out, then
		rep = catalog.RunReport{}
	}
	x.raw("<entry>")
	x.element("id", x.site.Link(path+"/runs.atom")+"#"+r.ID)
	x.element("title", title+": "+runWords[lang][r.Status])
	x.moment("updated", runEnd(r))
	x.link("alternate", path+"/report.csv?run="+r.ID)
	x.element("summary", runSummary(lang, r, rep))
	x.raw("</entry>")
}

func runSummary(lang string, r *catalog.Run, rep catalog.RunReport) string {
	if r.Error != "" {
		return r.Error
	}
	format := "%d letti, %d cambiati, %d uguali, %d scartati, %d ritirati"
	if lang == "en" {
		format = "%d read, %d changed, %d same, %d rejected, %d retired"
	}
	return fmt.Sprintf(format, rep.Read.Datasets, rep.Changed, rep.Same, rep.Failed, rep.Retired)
}

// runEnd is when a run last changed.
func runEnd(r *catalog.Run) time.Time {
	if r.Finished.IsZero() {
		return r.Started
	}
	return r.Finished
}
