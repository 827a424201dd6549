package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"portico/catalog"
)

// sourceFlags are what can be said of a source when it is added and later.
// What is not given stays as it is.
type sourceFlags struct {
	Title        *string           `help:"Title for people." placeholder:"TEXT"`
	Notes        *string           `help:"What the source is, for people." placeholder:"TEXT"`
	Org          *string           `help:"Organization to publish under." placeholder:"SLUG"`
	Schedule     *string           `help:"hourly, daily, weekly, biweekly, monthly, or five fields of cron; empty = by hand." placeholder:"WHEN"`
	Gone         *string           `help:"What becomes of datasets that the source no longer has: archive, delete or ignore." placeholder:"WHAT"`
	HolderName   *string           `help:"Holder of what names none." placeholder:"NAME"`
	HolderCode   *string           `help:"IPA code of that holder." placeholder:"CODE"`
	License      *string           `help:"Licence of what names none." placeholder:"CODE"`
	Theme        *string           `help:"Theme of what has none." placeholder:"CODE"`
	Frequency    *string           `help:"Frequency of what has none." placeholder:"CODE"`
	Include      *[]string         `help:"Take only records for which this holds: field=value or field~expression." placeholder:"COND" sep:"none"`
	Exclude      *[]string         `help:"Leave out records for which this holds." placeholder:"COND" sep:"none"`
	Rules        string            `help:"YAML file with mapping rules." placeholder:"FILE"`
	Option       map[string]string `help:"An option of the connector." placeholder:"NAME=VALUE" mapsep:"none"`
	BrakePercent *int              `help:"How much may be missing before a run waits for approval (default 20)." placeholder:"N"`
	BrakeCount   *int              `help:"How many datasets may be missing (default 10)." placeholder:"N"`
	Notify       *[]string         `help:"E-mail address to tell of failures." placeholder:"EMAIL"`
	Webhook      *string           `help:"Address to send failures to, as JSON." placeholder:"URL"`
	Draft        *bool             `help:"Keep new datasets as drafts." negatable:""`
	AllowPrivate *bool             `help:"Allow private and loopback addresses." negatable:""`
	WithData     *bool             `help:"Fetch the tables, too." negatable:""`

	User         string `help:"User name that the source asks for." placeholder:"NAME"`
	PasswordFile string `help:"File with the password of that user." placeholder:"FILE"`
	TokenFile    string `help:"File with a token (Authorization: Bearer)." placeholder:"FILE"`
	Header       string `help:"Name of a header that the source asks for." placeholder:"NAME"`
	HeaderFile   string `help:"File with the value of that header." placeholder:"FILE"`
	NoCredential bool   `help:"Forget the credential."`
}

// apply changes src as the flags say.
func (f *sourceFlags) apply(src *catalog.Source) error {
	set(&src.Title, f.Title)
	set(&src.Notes, f.Notes)
	set(&src.Organization, f.Org)
	set(&src.Schedule, f.Schedule)
	if f.Gone != nil {
		src.Gone = catalog.GonePolicy(*f.Gone)
	}
	if f.HolderName != nil {
		src.Holder.Name = catalog.It(*f.HolderName)
	}
	if f.HolderCode != nil {
		src.Holder.Identifier = strings.ToLower(*f.HolderCode)
	}
	set(&src.License, f.License)
	set(&src.Theme, f.Theme)
	set(&src.Frequency, f.Frequency)
	set(&src.Include, f.Include)
	set(&src.Exclude, f.Exclude)
	set(&src.BrakePercent, f.BrakePercent)
	set(&src.BrakeCount, f.BrakeCount)
	set(&src.Notify, f.Notify)
	set(&src.Webhook, f.Webhook)
	set(&src.Draft, f.Draft)
	set(&src.AllowPrivate, f.AllowPrivate)
	set(&src.WithData, f.WithData)
	if f.Rules != "" {
		rules, err := readRules(f.Rules)
		if err != nil {
			return err
		}
		src.Rules = rules
	}
	return f.applyOptions(src)
}

func set[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

// applyOptions adds options to those that are there. A value that is JSON is
// taken as such; an empty one takes the option away.
func (f *sourceFlags) applyOptions(src *catalog.Source) error {
	if len(f.Option) == 0 {
		return nil
	}
	all := map[string]json.RawMessage{}
	if len(src.Options) > 0 {
		if err := json.Unmarshal(src.Options, &all); err != nil {
			return fmt.Errorf("read the options: %w", err)
		}
	}
	for k, v := range f.Option {
		switch {
		case v == "":
			delete(all, k)
		case json.Valid([]byte(v)):
			all[k] = json.RawMessage(v)
		default:
			all[k], _ = json.Marshal(v) //nolint:errchkjson // a string cannot fail
		}
	}
	var err error
	src.Options, err = json.Marshal(all)
	return err
}

// credential returns what the flags say of the credential; given is false when
// they say nothing.
func (f *sourceFlags) credential() (c catalog.Credential, given bool, err error) {
	c = catalog.Credential{User: f.User, Header: f.Header}
	for _, x := range []struct {
		to   *string
		file string
	}{{&c.Password, f.PasswordFile}, {&c.Token, f.TokenFile}, {&c.Value, f.HeaderFile}} {
		if x.file == "" {
			continue
		}
		if *x.to, err = readSecret(x.file); err != nil {
			return c, false, err
		}
	}
	return c, f.NoCredential || !c.IsZero(), nil
}

func readSecret(file string) (string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return "", catalog.Errorf(catalog.NotFound, "%s cannot be read", file).Italian("%s non si può leggere", file).Because(err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// readRules reads mapping rules: a list, or a document with the list under
// "rules".
func readRules(file string) ([]catalog.Rule, error) {
	b, err := readYAML(file)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Rules []catalog.Rule `json:"rules"`
	}
	if bytesAreList(b) {
		return doc.Rules, strictJSON(b, &doc.Rules)
	}
	err = strictJSON(b, &doc)
	return doc.Rules, err
}

func bytesAreList(b []byte) bool { return len(b) > 0 && b[0] == '[' }

// mostYAML bounds a file that a person writes.
const mostYAML = 4 << 20

// readYAML reads a YAML file as JSON.
func readYAML(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, catalog.Errorf(catalog.NotFound, "%s cannot be read", file).Italian("%s non si può leggere", file).Because(err)
	}
	defer f.Close()
	var v any
	if err := yaml.NewDecoder(io.LimitReader(f, mostYAML)).Decode(&v); err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "%s is not YAML: %v", file, err).Italian("%s non è YAML: %v", file, err)
	}
	return json.Marshal(v)
}

// strictJSON reads b into v and refuses keys that v does not know: a name that
// is written wrongly must not be passed over.
func strictJSON(b []byte, v any) error {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		text := strings.TrimPrefix(err.Error(), "json: ")
		return catalog.Errorf(catalog.Invalid, "not understood: %s", text).Italian("non si capisce: %s", text)
	}
	return nil
}

type sourceAddCmd struct {
	Kind string `arg:"" help:"Kind of source, such as dcat, ckan or files."`
	URL  string `arg:"" name:"url-or-path" help:"Address, or path for files."`
	Name string `help:"Short name (default: made from the address)." placeholder:"SLUG"`

	sourceFlags
}

// Run adds a source.
func (c *sourceAddCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		hc := harvestCmd{Kind: c.Kind, Location: c.URL}
		src, err := hc.find(ctx, h)
		if err != nil {
			return err
		}
		src.Name = cmp.Or(c.Name, src.Name)
		return h.change(ctx, &src, &c.sourceFlags)
	})
}

type sourceSetCmd struct {
	Source string  `arg:"" help:"Name or ID."`
	URL    *string `help:"Its address." placeholder:"URL"`
	Name   *string `help:"A new short name." placeholder:"SLUG"`

	sourceFlags
}

// Run changes a source.
func (c *sourceSetCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		src, err := h.Source(ctx, c.Source)
		if err != nil {
			return err
		}
		set(&src.URL, c.URL)
		set(&src.Name, c.Name)
		return h.change(ctx, src, &c.sourceFlags)
	})
}

// change applies flags to a source, keeps it, and prints it.
func (h *house) change(ctx context.Context, src *catalog.Source, f *sourceFlags) error {
	if err := f.apply(src); err != nil {
		return err
	}
	if err := h.harvester().Check(*src); err != nil {
		return err
	}
	c, given, err := f.credential()
	if err != nil {
		return err
	}
	if err := h.PutSource(ctx, src); err != nil {
		return err
	}
	if given {
		if err := h.putCredential(ctx, src, c); err != nil {
			return err
		}
	}
	return h.env.print(src, func(w io.Writer) { fmt.Fprintln(w, src.Name) })
}
