package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/httpclient"
	"portico/internal/rdf"
	"portico/quality"
)

type validateCmd struct {
	Document   string   `arg:"" name:"file-or-url" help:"RDF document: RDF/XML, Turtle, N-Triples or JSON-LD; - is standard input."`
	Profile    []string `help:"Profiles, by commas: it, ap2, ap3, hvd." default:"it,ap2,hvd" placeholder:"NAMES"`
	Vocabulary bool     `name:"vocab" help:"Also check that values are of the controlled vocabularies and resources of the right classes."`
	Fragment   bool     `help:"The document is one dataset: there need be no catalogue."`
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
	verdict, err := dcat.Examine(dcat.Unread{Body: body, Type: mediaType, URL: c.Document}, rdf.DefaultLimits,
		dcat.Validation{Rules: sets, Vocabularies: c.Vocabulary, Fragment: c.Fragment})
	if err != nil {
		return err
	}
	out := quality.AnswerOf(verdict, "", 0)
	if err := e.print(out, func(w io.Writer) { printAnswer(w, out) }); err != nil {
		return err
	}
	if out.Violations > 0 {
		return errReported
	}
	return nil
}

func (c *validateCmd) rulesets() ([]dcat.Ruleset, error) {
	sets, unknown := dcat.RulesetsNamed(c.Profile...)
	if unknown != "" {
		return nil, fmt.Errorf("%w: %w", errUsage,
			catalog.Errorf(catalog.Invalid, "no profile is called %q; there are: it, ap2, ap3, hvd", unknown).
				Italian("nessun profilo si chiama %q; ci sono: it, ap2, ap3, hvd", unknown))
	}
	return sets, nil
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

func printAnswer(w io.Writer, a quality.Answer) {
	for _, r := range a.Results {
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
	fmt.Fprintf(w, "%d dataset: %d violazioni, %d avvisi\n", a.Datasets, a.Violations, a.Warnings)
}
