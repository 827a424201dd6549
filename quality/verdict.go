package quality

import "portico/dcat"

// An Answer is a verdict as JSON: what `portico validate --json`, /validatore
// and /api/validate print.
type Answer struct {
	Violations int      `json:"violations"`
	Warnings   int      `json:"warnings"`
	Datasets   int      `json:"datasets"`
	Results    []Result `json:"results"`
	Cut        bool     `json:"cut,omitempty"` // there are more results than are told
}

// A Result is one finding.
type Result struct {
	Profile  string `json:"profile"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Focus    string `json:"focus"`
	Path     string `json:"path"`
	Value    string `json:"value"`
	Message  string `json:"message"`
	Mend     string `json:"mend"`
}

// AnswerOf returns v with its messages in a language, or in both where lang is
// "". Of more than most findings, if most is more than 0, the last are left out.
func AnswerOf(v dcat.Verdict, lang string, most int) Answer {
	findings := v.Findings
	a := Answer{Violations: v.Violations, Warnings: v.Warnings, Datasets: v.Datasets}
	if a.Cut = most > 0 && len(findings) > most; a.Cut {
		findings = findings[:most]
	}
	a.Results = ResultsOf(findings, lang)
	return a
}

// MostShown is how many findings strangers are told of one document.
const MostShown = 2000

// ResultsOf returns findings with their messages in a language, or in both
// where lang is "".
func ResultsOf(findings []dcat.Finding, lang string) []Result {
	out := make([]Result, 0, len(findings))
	for _, f := range findings {
		r := Result{
			Profile: string(f.Profile), Rule: f.Rule, Severity: string(f.Severity), Focus: f.Focus, Path: f.Path, Value: f.Value,
			Message: f.Message.Both(), Mend: f.Mend.Both(),
		}
		if lang != "" {
			r.Message, r.Mend = f.Message.In(lang), f.Mend.In(lang)
		}
		out = append(out, r)
	}
	return out
}
