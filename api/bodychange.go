package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"

	"portico/api/schema"
	"portico/catalog"
)

// fieldsOf returns what a store found wrong with which fields.
func fieldsOf(err error) map[string][]string {
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return e.Fields
	}
	return nil
}

// asSent returns an object as it would be if a client had sent it.
func asSent(object map[string]any) (map[string]any, error) {
	dec := json.NewDecoder(bytes.NewReader(mustJSON(object)))
	dec.UseNumber()
	var out map[string]any
	err := dec.Decode(&out)
	return out, err
}

func (s *Server) bodyUpdate(organization bool) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, in *args) (result, error) {
		b, err := s.bodyToChange(ctx, in, organization)
		if err != nil {
			return nil, errBody(organization, err)
		}
		return s.replaceBody(ctx, b, in, false)
	}
}

func (s *Server) bodyPatch(organization bool) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, in *args) (result, error) {
		b, err := s.bodyToChange(ctx, in, organization)
		if err != nil && catalog.KindOf(err) == catalog.Gone {
			err = catalog.Errorf(catalog.NotFound, "it is no longer there")
		}
		if err != nil {
			return nil, err
		}
		return s.replaceBody(ctx, b, in, true)
	}
}

// bodyToChange returns the body that a call is about, if the actor may change
// it.
func (s *Server) bodyToChange(ctx context.Context, in *args, organization bool) (body, error) {
	ref := in.required("id")
	if err := in.err(); err != nil {
		return body{}, err
	}
	b, err := s.bodyOfKind(ctx, ref, organization)
	if err != nil {
		return body{}, err
	}
	if !catalog.ActorOf(ctx).May(b.ID, catalog.RoleAdmin) {
		return body{}, notAuthorized(ctx, "edit "+b.kind()+" "+b.ID)
	}
	return b, nil
}

// replaceBody changes b by what was sent. A patch keeps the extras that are
// not sent; all else that is not sent stays in any case, as in CKAN.
func (s *Server) replaceBody(ctx context.Context, b body, in *args, patch bool) (result, error) {
	clean, err := s.cleanChange(ctx, b, in.given, patch)
	if err != nil {
		return nil, err
	}
	if b.IsOrganization && b.State != catalog.Deleted && clean["state"] == string(catalog.Deleted) {
		if err := s.withoutDatasets(ctx, b, "Organization cannot be deleted while it still has datasets"); err != nil {
			return nil, err
		}
	}
	if err := s.change(ctx, &b, clean, in); err != nil {
		return nil, err
	}
	if err := s.changeMembers(ctx, b, clean, true); err != nil {
		return nil, err
	}
	v := wholeBody
	v.packages, v.bare = true, true
	return s.changedBody(ctx, b, v)
}

// cleanChange validates what was sent for a body that is there.
func (s *Server) cleanChange(ctx context.Context, b body, sent map[string]any, patch bool) (map[string]any, error) {
	object, err := s.bodyObject(ctx, b, bodyView{extras: true})
	if err != nil {
		return nil, err
	}
	stored, err := asSent(object)
	if err != nil {
		return nil, err
	}
	sent = maps.Clone(sent)
	if _, ok := sent["extras"]; patch && !ok {
		sent["extras"] = stored["extras"]
	}
	if patch && sent["name"] == nil {
		sent["name"] = b.Name
	}
	c := schema.Context{Actor: catalog.ActorOf(ctx), Existing: stored, MayChangeState: true}
	return s.cleanBody(ctx, b, c, sent)
}

// withoutDatasets says with message that an organization still has datasets.
// Those that are gone do not count.
func (s *Server) withoutDatasets(ctx context.Context, b body, message string) error {
	ctx = catalog.WithActor(ctx, catalog.System)
	const page = 500
	f := catalog.DatasetFilter{Organization: b.ID, AnyState: true, Limit: page}
	for {
		datasets, _, err := s.datasets.ListDatasets(ctx, f)
		if err != nil {
			return err
		}
		for _, d := range datasets {
			if !d.State.Gone() {
				return schema.Says("message", message)
			}
			f.After = d.ID
		}
		if len(datasets) < page {
			return nil
		}
	}
}

// bodyDelete deletes an organization that has no datasets, or a group, whose
// datasets are in it no more. To delete it again is no fault.
func (s *Server) bodyDelete(organization bool) func(context.Context, string) (result, error) {
	return func(ctx context.Context, ref string) (result, error) {
		b, err := s.bodyOfKind(catalog.WithActor(ctx, catalog.System), ref, organization)
		if err != nil {
			return nil, errBody(organization, err)
		}
		if !catalog.ActorOf(ctx).May(b.ID, catalog.RoleAdmin) {
			return nil, notAuthorized(ctx, "delete "+b.kind()+" "+b.ID)
		}
		if organization {
			err = s.withoutDatasets(ctx, b, "Organization cannot be deleted while it still has datasets")
		} else {
			err = s.changePackages(catalog.WithActor(ctx, catalog.System), b, nil, true)
		}
		if err != nil {
			return nil, err
		}
		b.State = catalog.Deleted
		if err := s.putBody(ctx, &b); err != nil {
			return nil, err
		}
		return nothing(), nil
	}
}

// bodyPurge forgets a body for good, which only sysadmins may.
func (s *Server) bodyPurge(organization bool) func(context.Context, string) (result, error) {
	return func(ctx context.Context, ref string) (result, error) {
		if !catalog.ActorOf(ctx).Sysadmin {
			return nil, catalog.Errorf(catalog.Denied, "only sysadmins may purge")
		}
		b, err := s.bodyOfKind(ctx, ref, organization)
		if err != nil && catalog.KindOf(err) == catalog.NotFound {
			what := "Group"
			if organization {
				what = "Organization"
			}
			return nil, withDetail(catalog.NotFound, what+" was not found")
		}
		if err != nil {
			return nil, err
		}
		if organization {
			if err := s.withoutDatasets(ctx, b, "Organization cannot be purged while it still has datasets"); err != nil {
				return nil, err
			}
		}
		if err := s.orgs.PurgeBody(ctx, b.ID); err != nil {
			return nil, err
		}
		return nothing(), nil
	}
}
