package api_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portico/catalog"
	"portico/internal/ckan"
	recorded "portico/internal/golden"
	"portico/search/memory"
)

// accountCases are the recorded cases of organizations, groups, members, users
// and tokens.
var accountCases = regexp.MustCompile(`^(w_user_|w_token_|w_organization_|w_group_|w_member_|w_org_|z_purge_(organization|group)_|z_org_purge|z_user|z_deleted|z_group|` +
	`organization_|group_|member_|user_|api_token|auth_none|auth_lowercase|util\d?_autocomplete_user)`)

// notHere are those that other tests replay.
var notHere = regexp.MustCompile(`follow|activity|group_package_show|organization_delete_with_datasets|organization_show_deleted`)

// hashDiffers is why strangers are not told the hash of an address.
const hashDiffers = "the MD5 of an e-mail address can be turned back: strangers get a value that says nothing"

// accountDiffers are cases that are answered otherwise than CKAN does, each
// with the reason; docs/ckan-differences.md tells of them.
var accountDiffers = map[string]string{
	"organization_list_all_fields_everything": hashDiffers,
	"organization_show_name":                  hashDiffers,
	"group_list_all_fields_everything":        hashDiffers,
	"group_show_name":                         hashDiffers,
	"user_list_anon":                          hashDiffers,
	"user_show_anon":                          hashDiffers,
	"w_user_show_editor_as_member":            hashDiffers,
	"w_user_list_as_editor":                   hashDiffers,
	"w_organization_show":                     hashDiffers,
	"w_group_show":                            hashDiffers,
	"z_user_show_deleted":                     "what tells who a deleted user was is forgotten, but for the name",
	"w_organization_create_bad_state":         "a state that there is not would make an organization that nobody finds",
	"w_group_create_bad_state":                "a state that there is not would make a group that nobody finds",
	"member_list_packages":                    "CKAN tells everybody the IDs of private datasets",
	"user_show_opts":                          "which 50 of 2,000 datasets come first depends on Solr",
}

// adminID is a UUID of version 4, as CKAN's own.
const adminID = "5d7a9d2e-3f0b-4c1d-9e8f-0123456789ab"

// recordedWorld holds the recorded catalog. Organizations and groups are made
// by the API, as they were in CKAN, so that they have an admin.
func recordedWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.engine = memory.New("en")
	w.server = w.serverIn("en")
	w.must(w.store.RemoveUser(w.ctx, "u1"))
	w.must(w.store.PutUser(w.ctx, &catalog.User{ID: adminID, Name: "admin", Email: "admin@comune.example.it", Sysadmin: true}))
	sum := sha256.Sum256([]byte(w.token))
	w.must(w.store.PutToken(w.ctx, &catalog.Token{
		ID: strings.Repeat("t", 43), User: adminID, Name: "golden", Hash: hex.EncodeToString(sum[:]),
	}))
	orgs := map[string]string{}
	for _, part := range []struct{ action, file string }{
		{"organization_create", "organizations.jsonl"}, {"group_create", "groups.jsonl"},
	} {
		for _, line := range recorded.Lines(t, part.file) {
			rec := w.do("POST", "/api/3/action/"+part.action, string(line), "Authorization", w.token, "Content-Type", "application/json")
			var out struct{ Result struct{ ID, Name string } }
			w.must(json.Unmarshal(rec.Body.Bytes(), &out))
			if rec.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", part.action, rec.Code, rec.Body)
			}
			orgs[out.Result.Name] = out.Result.ID
		}
	}
	for _, raw := range recorded.Lines(t, "datasets.jsonl") {
		p, err := ckan.Decode(raw)
		w.must(err)
		d, _, _ := ckan.Read(p, "")
		d.Organization, d.Creator = orgs[d.Organization], adminID
		_, err = w.store.PutDataset(w.ctx, &d)
		w.must(err)
	}
	w.follow()
	return w
}

// TestAccountsAreAnsweredAsCKANDoes replays what was recorded of a CKAN, reads
// and writes in the order of the recording.
func TestAccountsAreAnsweredAsCKANDoes(t *testing.T) {
	cases := recorded.Cases(t)
	w := recordedWorld(t)
	r := recorded.New(t, w.server, origin, w.token)
	for _, c := range cases {
		if !accountCases.MatchString(c.Name) || notHere.MatchString(c.Name) {
			continue
		}
		t.Run(c.Name, func(t *testing.T) {
			why := r.Run(c)
			reason, differs := accountDiffers[c.Name]
			switch {
			case differs && why == "":
				t.Errorf("is equal to CKAN's answer, though it should not be: %s", reason)
			case !differs && why != "":
				t.Errorf("%s %s: %s", c.Request.Method, c.Request.Path, why)
			}
		})
	}
}
