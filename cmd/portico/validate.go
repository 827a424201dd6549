package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/httpclient"
	"portico/internal/rdf"
)

type validateCmd struct {
	Document   string   `arg:"" name:"file-or-url" help:"RDF document: RDF/XML, Turtle, N-Triples or JSON-LD; - is standard input."`
	Profile    []string `help:"Profiles, by commas: it, ap2, ap3, hvd." default:"it,ap2,hvd" placeholder:"NAMES"`
	Vocabulary bool     `name:"vocab" help:"Also check that values are of the controlled vocabularies and resources of the right classes."`
	Fragment   bool     `help:"The document is one dataset: there need be no catalogue."`
}

// A validation is the JSON of `portico validate`.
type validation struct {
	Violations int              `json:"violations"`
	Warnings   int              `json:"warnings"`
	Datasets   int              `json:"datasets"`
	Results    []validationLine `json:"results"`
}

type validationLine struct {
	Profile  string `json:"profile"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Focus    string `json:"focus"`
	Path     string `json:"path"`
	Value    string `json:"value"`
	Message  string `json:"message"`
	Mend     string `json:"mend"`
}

// Run validates a document; violations are a failure. A document at an address
// is fetched even from this network: whoever types the command is in it.
func (c *validateCmd) Run(ctx context.Context, e *env) error {
	sets, err := c.rulesets()
	if err != nil {
		return err
	}
	body, mediaType, err := c.read(ctx, e)
	if err != nil {
		return err
	}
	format, ok := rdf.Sniff(body, mediaType, c.Document)
	if !ok {
		return catalog.Errorf(catalog.Invalid, "%s is no RDF document", c.Document).Italian("%s non è un documento RDF", c.Document)
	}
	base := c.Document
	if !strings.Contains(base, "://") {
		base = ""
	}
	doc, err := rdf.Read(bytes.NewReader(body), format, base, rdf.DefaultLimits)
	out := validation{Results: []validationLine{}}
	if err != nil {
		out.add(dcat.Finding{
			Rule: "rdf syntax", Severity: dcat.Violation, Focus: c.Document,
			Message: catalog.Text{"it": "Il documento non si legge: " + err.Error(), "en": "The document cannot be read: " + err.Error()},
			Mend:    catalog.Text{"it": "Correggere la sintassi alla riga indicata.", "en": "Mend the syntax at the line that is told."},
		})
	}
	if doc != nil && (err == nil || len(doc.Triples) > 0) {
		for _, f := range dcat.ValidateDocument(doc, dcat.Validation{Rules: sets, Vocabularies: c.Vocabulary, Fragment: c.Fragment}) {
			out.add(f)
		}
		found, _ := dcat.Read(rdf.NewGraph(doc.Triples), base)
		out.Datasets = len(found)
	}
	if err := e.print(out, out.print); err != nil {
		return err
	}
	if out.Violations > 0 {
		return errReported
	}
	return nil
}

func (c *validateCmd) rulesets() ([]dcat.Ruleset, error) {
	var out []dcat.Ruleset
	for _, name := range c.Profile {
		set := dcat.Ruleset(strings.ToLower(strings.TrimSpace(name)))
		if !slices.Contains(dcat.Rulesets(), set) {
			return nil, fmt.Errorf("%w: %w", errUsage,
				catalog.Errorf(catalog.Invalid, "no profile is called %q; there are: it, ap2, ap3, hvd", name).
					Italian("nessun profilo si chiama %q; ci sono: it, ap2, ap3, hvd", name))
		}
		out = append(out, set)
	}
	return out, nil
}

// read returns the bytes of the document and what its server calls it.
func (c *validateCmd) read(ctx context.Context, e *env) (body []byte, mediaType string, err error) {
	if strings.HasPrefix(c.Document, "http://") || strings.HasPrefix(c.Document, "https://") {
		const accept = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/n-triples;q=0.8, */*;q=0.1"
		page, err := httpclient.Get(ctx, e.client(true), c.Document, accept)
		if err != nil {
			return nil, "", catalog.Errorf(catalog.Unavailable, "%s cannot be fetched", c.Document).
				Italian("%s non si può scaricare", c.Document).Because(err)
		}
		return page.Body, page.Type, nil
	}
	var in io.Reader = os.Stdin
	if c.Document != "-" {
		f, err := os.Open(c.Document)
		if err != nil {
			return nil, "", catalog.Errorf(catalog.NotFound, "%s cannot be opened", c.Document).Italian("%s non si può aprire", c.Document).Because(err)
		}
		defer f.Close()
		in = f
	}
	body, err = io.ReadAll(io.LimitReader(in, rdf.DefaultLimits.Bytes+1))
	if err != nil {
		return nil, "", fmt.Errorf("read %s: %w", c.Document, err)
	}
	return body, "", nil
}

func (v *validation) add(f dcat.Finding) {
	if f.Severity == dcat.Violation {
		v.Violations++
	} else {
		v.Warnings++
	}
	v.Results = append(v.Results, validationLine{
		Profile: string(f.Profile), Rule: f.Rule, Severity: string(f.Severity), Focus: f.Focus, Path: f.Path, Value: f.Value,
		Message: f.Message.Both(), Mend: f.Mend.Both(),
	})
}

func (v validation) print(w io.Writer) {
	for _, r := range v.Results {
		what := r.Focus
		if r.Path != "" {
			what += "  " + r.Path
		}
		if r.Value != "" {
			what += " = " + fmt.Sprintf("%.80q", r.Value)
		}
		fmt.Fprintf(w, "%-9s %s  [%s]\n    %s\n", r.Severity, what, r.Rule, r.Message)
		if r.Mend != "" {
			fmt.Fprintf(w, "    → %s\n", r.Mend)
		}
	}
	fmt.Fprintf(w, "%d dataset: %d violazioni, %d avvisi\n", v.Datasets, v.Violations, v.Warnings)
}
