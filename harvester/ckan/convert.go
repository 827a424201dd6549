package ckan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"portico/catalog"
	"portico/harvester"
	"portico/internal/ckan"
)

// version changes when convert makes something else of the same package.
const version = "ckan/1"

// errNotOurs is the error of a package that is no public dataset: a harvest
// source, a showcase, a draft, something deleted.
var errNotOurs = errors.New("not a public dataset")

// convert makes a record of a package.
func convert(raw json.RawMessage, id, origin string) (harvester.Record, error) {
	rec := harvester.Record{ID: id, Digest: digest(raw)}
	p, err := ckan.Decode(raw)
	if err != nil {
		return rec, harvester.Reject(catalog.Problemf("record", "", "json-unreadable",
			"La scheda non è nella forma di CKAN: "+err.Error()+".", "The record is not in CKAN's form: "+err.Error()+"."))
	}
	if notOurs(p) {
		return rec, errNotOurs
	}
	if strings.TrimSpace(cmp.Or(p.Title, p.Name)) == "" {
		return rec, harvester.Reject(catalog.Problemf("dct:title", "", "title-missing", "Manca il titolo.", "There is no title.").
			WithMend("Dare al dataset un titolo.", "Give the dataset a title."))
	}
	d, org, problems := ckan.Read(p, origin)
	rec.Title, rec.Dataset, rec.Problems, rec.Distributions = d.Title.String(), d, problems, len(d.Distributions)
	if len(d.Holder.Name) == 0 && len(d.Publisher.Name) == 0 {
		rec.Org = org
	}
	if d.Holder.IsZero() && d.Publisher.IsZero() && len(org.Title) > 0 {
		rec.Dataset.Publisher = catalog.Agent{Identifier: org.Identifier, Name: org.Title}
	}
	return rec, nil
}

// notOurs goes by what the portal says. It does not go by "private": what is
// given to everybody is public, and DKAN says private of all.
func notOurs(p *ckan.Package) bool {
	if slices.Contains([]string{"harvest", "showcase", "application"}, strings.ToLower(p.Type)) {
		return true
	}
	state := strings.ToLower(p.State)
	return state == "deleted" || strings.HasPrefix(state, "draft")
}

// volatile are keys that change without the dataset changing.
var volatile = []string{"tracking_summary", "num_followers", "validated_data_dict", "score"}

// digest is of the package in canonical form: order of keys and what changes
// by itself do not count.
func digest(raw json.RawMessage) string {
	var v map[string]any
	if json.Unmarshal(raw, &v) == nil {
		drop(v)
		if list, ok := v["resources"].([]any); ok {
			for _, r := range list {
				drop(r)
			}
		}
		if b, err := json.Marshal(v); err == nil {
			raw = b
		}
	}
	sum := sha256.Sum256(append([]byte(version), raw...))
	return hex.EncodeToString(sum[:16])
}

func drop(v any) {
	if m, ok := v.(map[string]any); ok {
		for _, key := range volatile {
			delete(m, key)
		}
	}
}
