package api

import (
	"context"
	"encoding/json"
	"slices"

	"portico/catalog"
)

func (s *Server) addRelationshipActions(t map[string]action) {
	subject := param{"subject", "text", "the name or ID of the one dataset"}
	object := param{"object", "text", "the name or ID of the other"}
	kind := param{"type", "text", "depends_on, derives_from, links_to, child_of, or the reverse of one of them"}
	comment := param{"comment", "text", "a word about it"}
	t["package_relationships_list"] = read(asGiven, s.relationshipList, "How a dataset is related to others.", refParam,
		param{"id2", "text", "only to this dataset"}, param{"rel", "text", "only in this way"})
	t["package_relationship_create"] = write(readRelationship, s.relationshipCreate, "Relates two datasets.", subject, object, kind, comment)
	t["package_relationship_update"] = write(readRelationship, s.relationshipUpdate, "Changes the comment of a relationship.", subject, object, kind, comment)
	t["package_relationship_delete"] = write(readRelationship, s.relationshipDelete, "Ends a relationship.", subject, object, kind)
}

// reverseOf holds the ways in which a dataset is related to another, each with
// how the other is related to it. The first of each pair is what is kept.
var reverseOf = map[string]string{
	"depends_on": "dependency_of", "derives_from": "has_derivation", "links_to": "linked_from", "child_of": "parent_of",
	"dependency_of": "depends_on", "has_derivation": "derives_from", "linked_from": "links_to", "parent_of": "child_of",
}

// relationshipTypes are the keys of reverseOf, as CKAN lists them.
var relationshipTypes = []string{
	"depends_on", "dependency_of", "derives_from", "has_derivation", "links_to", "linked_from", "child_of", "parent_of",
}

// keptTypes are the types of the relationships that are kept; the others are
// kept the other way round.
var keptTypes = []string{"depends_on", "derives_from", "links_to", "child_of"}

// A relationship is how one dataset is related to another.
type relationship struct {
	Subject string `json:"subject"`
	Type    string `json:"type"`
	Object  string `json:"object"`
	Comment string `json:"comment"`
}

// record returns the relationship between the datasets with the given IDs as
// it is kept.
func (r relationship) record(subject, object string) *catalog.Record {
	kind := r.Type
	if !slices.Contains(keptTypes, kind) {
		subject, object, kind = object, subject, reverseOf[kind]
	}
	return &catalog.Record{
		Kind: catalog.RecordRelationship, Key: subject + "/" + object + "/" + kind, About: subject, Owner: object,
		Body: mustJSON(relationship{Type: kind, Comment: r.Comment}),
	}
}

// readRelationship reads which relationship is meant.
func readRelationship(a *args) relationship {
	r := relationship{Subject: a.required("subject"), Object: a.required("object"), Type: a.required("type"), Comment: a.text("comment")}
	const longest = 10_000
	if r.Type != "" && reverseOf[r.Type] == "" {
		a.fault("type", "Value must be one of "+pyList(relationshipTypes))
	}
	if len(r.Comment) > longest {
		a.fault("comment", "Too long")
	}
	return r
}

func pyList(texts []string) string {
	list := make([]any, len(texts))
	for i, t := range texts {
		list[i] = t
	}
	return pyRepr(list)
}

// related returns the IDs of the two datasets, both of which the actor may
// change.
func (s *Server) related(ctx context.Context, r relationship) (subject, object string, err error) {
	ids := [2]string{}
	for i, ref := range []string{r.Subject, r.Object} {
		which := [2]string{"Subject", "Object"}[i]
		if ids[i], err = s.datasetID(ctx, ref); err != nil && catalog.KindOf(err) == catalog.NotFound {
			err = withDetail(catalog.NotFound, which+" package "+pyRepr(ref[:min(len(ref), maxRef)])+" was not found.")
		}
		if err != nil {
			return "", "", err
		}
	}
	for _, id := range ids {
		d, err := s.datasets.Dataset(ctx, id)
		if err != nil && !hidden(err) {
			return "", "", err
		}
		if err != nil || !mayEdit(catalog.ActorOf(ctx), d) {
			return "", "", notAuthorized(ctx, "edit these packages")
		}
	}
	return ids[0], ids[1], nil
}

// datasetID returns the ID of a dataset, whoever may see it.
func (s *Server) datasetID(ctx context.Context, ref string) (string, error) {
	if len(ref) > maxRef {
		return "", catalog.Errorf(catalog.NotFound, "no dataset with so long a name")
	}
	id, _, err := s.datasets.DatasetID(ctx, ref)
	return id, err
}

// hidden reports whether err says that something is not for the actor to see.
func hidden(err error) bool {
	k := catalog.KindOf(err)
	return err != nil && (k == catalog.Denied || k == catalog.Gone || k == catalog.NotFound)
}

// relationshipCreate keeps a relationship; where there is one already, CKAN
// takes the new comment and then ends in an internal error. Here the comment
// is taken.
func (s *Server) relationshipCreate(ctx context.Context, r relationship) (result, error) {
	subject, object, err := s.related(ctx, r)
	if err != nil {
		return nil, err
	}
	if subject == object {
		return nil, catalog.Errorf(catalog.Invalid, "A dataset cannot be related to itself").Italian("Un dataset non può essere in relazione con sé stesso")
	}
	return s.keepRelationship(ctx, r, subject, object)
}

func (s *Server) keepRelationship(ctx context.Context, r relationship, subject, object string) (result, error) {
	if err := s.records.PutRecord(ctx, r.record(subject, object)); err != nil {
		return nil, err
	}
	out, err := s.shownRelationships(ctx, []*catalog.Record{r.record(subject, object)}, subject)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return one(mustJSON(out[0])), nil
}

func (s *Server) relationshipUpdate(ctx context.Context, r relationship) (result, error) {
	subject, object, err := s.related(ctx, r)
	if err != nil {
		return nil, err
	}
	if _, err := s.records.Record(ctx, catalog.RecordRelationship, r.record(subject, object).Key); err != nil {
		if catalog.KindOf(err) == catalog.NotFound {
			err = withDetail(catalog.NotFound, "This relationship between the packages was not found.")
		}
		return nil, err
	}
	return s.keepRelationship(ctx, r, subject, object)
}

func (s *Server) relationshipDelete(ctx context.Context, r relationship) (result, error) {
	subject, object, err := s.related(ctx, r)
	if err != nil {
		return nil, err
	}
	return nothing(), s.records.RemoveRecord(ctx, catalog.RecordRelationship, r.record(subject, object).Key)
}

// maxRelationships is how many relationships an answer lists at most.
const maxRelationships = 1000

func (s *Server) relationshipList(ctx context.Context, a *args) (result, error) {
	ref, other, kind := a.required("id"), a.text("id2"), a.text("rel")
	if err := a.err(); err != nil {
		return nil, err
	}
	d, err := s.dataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	otherID := ""
	if other != "" {
		o, err := s.dataset(ctx, other)
		if err != nil {
			return nil, err
		}
		otherID = o.ID
	}
	mine, err := s.records.Records(ctx, catalog.RecordRelationship, d.ID, otherID)
	if err != nil {
		return nil, err
	}
	theirs, err := s.records.Records(ctx, catalog.RecordRelationship, otherID, d.ID)
	if err != nil {
		return nil, err
	}
	all := append(mine, theirs...)
	shown, err := s.shownRelationships(ctx, all[:min(len(all), maxRelationships)], d.ID)
	shown = slices.DeleteFunc(shown, func(r relationship) bool { return kind != "" && r.Type != kind })
	return one(mustJSON(shown)), err
}

// shownRelationships returns relationships of the dataset with the given ID as
// seen from it, without those to datasets that the actor may not see.
func (s *Server) shownRelationships(ctx context.Context, records []*catalog.Record, from string) ([]relationship, error) {
	var ids []string
	for _, r := range records {
		ids = append(ids, r.About, r.Owner)
	}
	slices.Sort(ids)
	found, err := s.datasets.DatasetsByID(ctx, slices.Compact(ids))
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(found))
	for _, d := range found {
		names[d.ID] = d.Name
	}
	out := []relationship{}
	for _, rec := range records {
		var r relationship
		if err := json.Unmarshal(rec.Body, &r); err != nil {
			return nil, err
		}
		if r.Subject, r.Object = names[rec.About], names[rec.Owner]; r.Subject == "" || r.Object == "" {
			continue
		}
		if rec.Owner == from {
			r.Subject, r.Type, r.Object = r.Object, reverseOf[r.Type], r.Subject
		}
		out = append(out, r)
	}
	return out, nil
}
