package api

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/dcat"
	"portico/quality"
)

// addQualityActions adds what CKAN has not: how good metadata are.
func (s *Server) addQualityActions(t map[string]action) {
	t["dataset_quality_show"] = read(readID, s.datasetQuality,
		"How good the metadata of a dataset are: the points that data.europa.eu gives, what would win more, what the validator finds, and which links answer. "+
			"Why a dataset is kept out of feeds is for those who may change it.", refParam)
	t["catalog_quality_show"] = read(readOrganizationID, s.catalogQuality,
		"How good the metadata of all public datasets are, or of those of an organization: the mean of their points, and the score that data.europa.eu gives a catalogue.",
		param{"organization_id", "text", "the name or the ID of an organization; without, all are meant"})
}

func readOrganizationID(a *args) string { return a.text("organization_id") }

func (s *Server) datasetQuality(ctx context.Context, ref string) (result, error) {
	d, err := s.dataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	rep, err := s.quality.Report(ctx, d)
	if err != nil {
		return nil, err
	}
	links := []object{}
	for _, a := range quality.Addresses(d) {
		if l := rep.Links[a]; l != nil {
			links = append(links, linkJSON(l))
		}
	}
	out := cardJSON(rep.Card)
	out["id"], out["name"], out["stars"] = d.ID, d.Name, rep.Stars
	out["open_data_stars"] = rep.Card.Stars
	out["fed"], out["links"] = rep.Fed, links
	out["findings"] = quality.ResultsOf(rep.Findings, localeIn(ctx))
	if quality.MayMend(catalog.ActorOf(ctx), d) {
		problems := []object{}
		for _, p := range rep.Quarantine {
			problems = append(problems, object{"field": p.Field, "value": p.Value, "rule": p.Rule, "message": p.Message.In(localeIn(ctx)), "mend": p.Mend.In(localeIn(ctx))})
		}
		out["quarantine"] = problems
	}
	return one(mustJSON(out)), nil
}

func (s *Server) catalogQuality(ctx context.Context, organization string) (result, error) {
	id := ""
	if organization != "" {
		o, err := s.orgs.Organization(ctx, organization)
		if err != nil {
			return nil, err
		}
		id = o.ID
	}
	sum, err := s.quality.Summary(ctx, id)
	if err != nil {
		return nil, err
	}
	out := cardJSON(sum.Card)
	out["datasets"], out["mean"], out["stars"] = sum.Datasets, math.Round(sum.Mean*10)/10, sum.Stars
	spread := object{}
	for stars, n := range sum.Spread {
		if stars > 0 {
			spread[strconv.Itoa(stars)] = n
		}
	}
	out["datasets_by_stars"] = spread
	return one(mustJSON(out)), nil
}

// cardJSON tells of a scorecard: points, dimensions, metrics.
func cardJSON(c dcat.Scorecard) object {
	dimensions, metrics := object{}, []object{}
	for _, d := range dcat.Dimensions() {
		points, most := c.In(d)
		dimensions[string(d)] = object{"points": points, "max": most}
	}
	for _, m := range c.Metrics {
		x := object{
			"name": m.Name, "dimension": m.Dimension, "points": math.Round(m.Points()*10) / 10, "max": m.Weight, "passed": m.Passed, "of": m.Of,
		}
		if m.Presumed > 0 {
			x["presumed"] = m.Presumed
		}
		if m.Passed < m.Of {
			x["message"], x["mend"] = m.Message, m.Mend
		}
		metrics = append(metrics, x)
	}
	return object{"points": c.Points(), "max": dcat.MaxScore, "rating": c.Rating(), "dimensions": dimensions, "metrics": metrics}
}

func linkJSON(l *catalog.Link) object {
	out := object{"url": l.Address, "checked": l.Checked.UTC().Format(time.RFC3339), "status": l.Status, "answers": l.Since.IsZero(), "broken": l.Broken()}
	if !l.Since.IsZero() {
		out["since"], out["reason"] = l.Since.UTC().Format(time.RFC3339), l.Reason
	}
	return out
}

// validate answers /api/validate: a document is sent, or its address, and what
// breaks the rules comes back. The form is quality.ReadQuestion's.
func (s *Server) validate(c *gin.Context) {
	if s.validator == nil {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	if !s.allow(c, "OPTIONS, POST") {
		return
	}
	c.Header("Cache-Control", "no-store")
	if err := http.NewCrossOriginProtection().Check(c.Request); err != nil { // a page elsewhere, which would use up its reader's turns
		s.refuseValidation(c, catalog.Errorf(catalog.Denied, "pages of other sites may not ask this").Italian("le pagine di altri siti non possono chiederlo"))
		return
	}
	q, err := quality.ReadQuestion(c.Writer, c.Request)
	if err != nil {
		s.refuseValidation(c, err)
		return
	}
	v, err := s.validator.Examine(c.Request.Context(), s.clientAddress(c.Request), q)
	if err != nil {
		s.refuseValidation(c, err)
		return
	}
	writeJSON(c.Writer, http.StatusOK, mustJSON(quality.AnswerOf(v, localeOf(c.Request, s.site.Locale), quality.MostShown)))
}

func (s *Server) refuseValidation(c *gin.Context, err error) {
	kind := catalog.KindOf(err)
	status, message := http.StatusInternalServerError, "internal error"
	switch kind {
	case catalog.Invalid:
		status = http.StatusBadRequest
	case catalog.Denied:
		status = http.StatusForbidden
	case catalog.TooMany:
		status = http.StatusTooManyRequests
		c.Header("Retry-After", "10")
	case catalog.Internal, catalog.NotFound, catalog.Gone, catalog.Conflict, catalog.Unavailable:
		s.log.ErrorContext(c.Request.Context(), "validation failed", "err", err)
	}
	if e, ok := errors.AsType[*catalog.Error](err); ok && status != http.StatusInternalServerError {
		message = e.In(localeOf(c.Request, s.site.Locale))
	}
	writeJSON(c.Writer, status, mustJSON(object{"error": message}))
}
