package api

import (
	"context"
	"maps"
	"strings"

	"portico/api/schema"
	"portico/catalog"
)

// reviseHelp are the parameters of package_revise.
var reviseHelp = []param{
	{"match", "object", "what the dataset must hold; its id or name among it"},
	{"match__*", "text", "the same for one value: match__resources__0__name"},
	{"filter", "list", "patterns of what to take away (-) or keep (+) of the dataset: -resources__1"},
	{"update", "object", "what to put into the dataset"},
	{"update__*", "text", "the same for one value"},
	{"update__resources__0__upload", "file", "a file for a resource, by its position or the first letters of its ID"},
	{"include", "list", "patterns of what to leave out (-) or in (+) of the answer"},
}

func (s *Server) packageRevise(ctx context.Context, in *args) (result, error) {
	rev, err := schema.ParseRevision(in.given)
	if err != nil {
		return nil, err
	}
	ref := rev.Ref()
	files := uploadsIn(in)
	if len(files) > 0 {
		if rev, err = s.reviseWithFiles(ctx, in, rev, files); err != nil {
			return nil, err
		}
	}
	var out result
	err = change(ctx, func() error {
		d, err := s.readable(ctx, ref)
		if err != nil {
			return err
		}
		e, err := s.reworkOf(ctx, d)
		if err != nil {
			return err
		}
		sent, err := rev.Apply(e.shown)
		if err != nil {
			return err
		}
		if err := s.mayUpdate(ctx, d, sent["groups"]); err != nil {
			return err
		}
		if d, _, err = e.replace(ctx, sent); err != nil {
			return err
		}
		out, err = s.revised(ctx, d, e.bodies, rev)
		return err
	})
	return out, err
}

// revised renders what a revision's client wants to see of the dataset.
func (s *Server) revised(ctx context.Context, d *catalog.Dataset, b *bodies, rev *schema.Revision) (result, error) {
	body, err := s.show(ctx, d, b)
	if err != nil {
		return nil, err
	}
	v, err := decodeStrict(append(append([]byte(`{"package": `), body...), '}'))
	if err != nil {
		return nil, err
	}
	answer, _ := v.(map[string]any)
	rev.Include(answer)
	return one(mustJSON(answer)), nil
}

// uploadsIn returns the keys of a revision's files.
func uploadsIn(in *args) []string {
	var keys []string
	for key := range in.files {
		if strings.HasPrefix(key, "update__") && strings.HasSuffix(key, "__upload") {
			keys = append(keys, key)
		}
	}
	return keys
}

// reviseWithFiles stores the files of a revision, when it is known that it
// matches and that the actor may change the dataset, and puts them into it.
func (s *Server) reviseWithFiles(ctx context.Context, in *args, rev *schema.Revision, files []string) (*schema.Revision, error) {
	d, err := s.readable(ctx, rev.Ref())
	if err != nil {
		return nil, err
	}
	if err := s.mayUpdate(ctx, d, nil); err != nil {
		return nil, err
	}
	given := maps.Clone(in.given)
	for _, key := range files {
		f, err := s.storeUpload(ctx, in.files[key], 0)
		if err != nil {
			return nil, err
		}
		given[key] = f
	}
	return schema.ParseRevision(given)
}
