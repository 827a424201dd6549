package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/hold"
)

func (s *Server) addHoldActions(t map[string]action) {
	id := param{"id", "text", "the ID of the resource"}
	t["hold_list"] = read(asGiven, s.holdList,
		"The resources whose data wait for they seem to be personal, of the organizations that one edits: which columns, of what kind, how many values, an example with its middle left out.",
		param{"state", "text", "held (when it is not given), released or masked"},
		param{"owner_org", "text", "only those of this organization"}, limitParam, offsetParam).only(signedIn)
	t["hold_show"] = read(asGiven, s.holdShow, "What was found in the data of one resource, and what was decided.", id).only(signedIn)
	t["hold_release"] = write(asGiven, s.holdRelease, "Publishes what is held, with its legal basis. Equal bytes are not held again.", id,
		param{"basis", "text", "the legal basis: which law asks for the publication"}).only(signedIn)
	t["hold_mask"] = write(asGiven, s.holdMask, "Publishes what is held without some columns; the original is not served.", id,
		param{"drop", "list", "the names of the columns to take out"}).only(signedIn)
}

// ownHold returns a hold of a dataset that the actor of ctx may change. To
// anybody else there is none: that data wait is nobody's business.
func (s *Server) ownHold(ctx context.Context, in *args) (*hold.View, error) {
	id := in.required("id")
	if err := in.err(); err != nil {
		return nil, err
	}
	missing := withDetail(catalog.NotFound, "Hold was not found.")
	if s.desk == nil || len(id) > maxRef {
		return nil, missing
	}
	v, err := s.desk.View(ctx, id)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil, missing
	}
	if err != nil {
		return nil, err
	}
	if !mayEdit(catalog.ActorOf(ctx), v.Package()) {
		return nil, missing
	}
	return v, nil
}

func (s *Server) holdList(ctx context.Context, in *args) (result, error) {
	state := holdState(in)
	offset, limit := in.natural("offset", 0), min(in.natural("limit", 100), 1000)
	if err := in.err(); err != nil {
		return nil, err
	}
	org, _, err := s.bodyID(ctx, in.text("owner_org"))
	if err != nil {
		return nil, err
	}
	out := []map[string]any{}
	if s.desk == nil || in.text("owner_org") != "" && org == "" {
		return one(mustJSON(out)), nil
	}
	all, err := s.desk.List(ctx, state)
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		if mayEdit(catalog.ActorOf(ctx), v.Package()) && (org == "" || v.Organization == org) {
			out = append(out, s.holdJSON(v))
		}
	}
	from := min(offset, len(out))
	return one(mustJSON(out[from:min(from+limit, len(out))])), nil
}

// holdState reads which holds are asked for.
func holdState(in *args) catalog.HoldState {
	switch state := catalog.HoldState(in.text("state")); state {
	case "", catalog.Held, catalog.Released, catalog.Masked:
		return state
	}
	in.fault("state", "Value must be one of ['held', 'released', 'masked']")
	return ""
}

func (s *Server) holdShow(ctx context.Context, in *args) (result, error) {
	v, err := s.ownHold(ctx, in)
	if err != nil {
		return nil, err
	}
	return one(mustJSON(s.holdJSON(v))), nil
}

func (s *Server) holdRelease(ctx context.Context, in *args) (result, error) {
	return s.rule(ctx, in, func(id string, r hold.Ruling) (*hold.View, error) {
		r.Basis = in.text("basis")
		return s.desk.Release(ctx, id, r)
	})
}

func (s *Server) holdMask(ctx context.Context, in *args) (result, error) {
	return s.rule(ctx, in, func(id string, r hold.Ruling) (*hold.View, error) {
		for _, c := range in.commaList("drop") {
			if c = strings.TrimSpace(c); c != "" {
				r.Drop = append(r.Drop, c)
			}
		}
		return s.desk.Mask(ctx, id, r)
	})
}

// rule decides in the name of the actor of ctx.
func (s *Server) rule(ctx context.Context, in *args, decide func(id string, r hold.Ruling) (*hold.View, error)) (result, error) {
	v, err := s.ownHold(ctx, in)
	if err != nil {
		return nil, err
	}
	var after *hold.View
	err = change(ctx, func() error {
		after, err = decide(v.ID, hold.Ruling{By: catalog.ActorOf(ctx).Name})
		return err
	})
	if err != nil {
		return nil, err
	}
	return one(mustJSON(s.holdJSON(after))), nil
}

// holdJSON returns a hold in the manner of CKAN.
func (s *Server) holdJSON(v *hold.View) map[string]any {
	out := map[string]any{
		"id": v.ID, "package_id": v.Dataset, "package_name": v.Name, "owner_org": v.Organization, "title": v.Title, "state": v.State,
		"since": v.Since.UTC().Format(ckanTime), "rows": v.Checked, "findings": v.Findings, "reason": v.Reason, "written_by_api": v.Rows,
	}
	if v.File != "" {
		out["file"], out["size"] = v.File, v.Size
	}
	if v.File != "" && v.State == catalog.Held {
		out["original"] = s.site.Link("/dataset/" + v.Dataset + "/resource/" + v.ID + "/download?held=true")
	}
	decisions := make([]map[string]any, len(v.Decisions))
	for i, d := range v.Decisions {
		decisions[i] = map[string]any{"state": d.State, "basis": d.Basis, "by": d.By, "at": d.At.UTC().Format(ckanTime), "dropped": d.Dropped, "hash": d.Hash}
	}
	out["decisions"] = decisions
	return out
}

// heldOriginal sends the file that waits for a decision to those who may make
// it. To all others there is none.
func (s *Server) heldOriginal(ctx context.Context, c *gin.Context, d *catalog.Dataset, x *catalog.Distribution) error {
	if s.desk == nil || !mayEdit(catalog.ActorOf(ctx), d) {
		return noDistribution()
	}
	r, f, err := s.desk.Original(ctx, x.ID)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return noDistribution()
	}
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	attach(c.Writer.Header(), f.Name, safeType(f.Name, f.MediaType))
	c.Header("Cache-Control", "private, no-store")
	http.ServeContent(c.Writer, c.Request, "", time.Time{}, r)
	return nil
}
