package ui

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"portico/catalog"
)

// A Harvest is what the pages about sources are made of: what was read from
// where, how it went, and the records as they came.
type Harvest struct {
	Sources catalog.Sources
	Origins catalog.Origins
	Records catalog.Records
	Kinds   map[string]string // titles of the kinds of source
}

// A harvestPage lists the sources that everybody may know of.
type harvestPage struct {
	frame
	Sources []sourceCard
}

type sourceCard struct {
	Title, URL, Kind, Host string
	Status, When           string // of the latest run; "" = there was none
	Bad                    bool
	N                      int // datasets
}

// A sourcePage is about one source and its runs.
type sourcePage struct {
	frame
	Heading  string
	Notes    string // what it is
	Facts    []fact
	Held     bool
	Paused   bool
	Runs     []runLine
	Feed     string
	CSV      string
	Datasets []harvested
	More     int // datasets that are not in Datasets
}

// A runLine is a run in a table.
type runLine struct {
	URL, When, Status, Error            string
	Bad                                 bool
	Read, New, Changed, Failed, Retired int
	Same                                int
}

// A harvested is a dataset of a source, with the page of its record.
type harvested struct{ Title, URL, Object string }

// A runPage is the report of one run.
type runPage struct {
	frame
	Heading string
	Run     runLine
	Rows    []reportLine
	More    int // problems that are not in Rows
	CSV     string
}

// A reportLine is one problem of one record.
type reportLine struct {
	Title, Object, Field, Value, Message, Mend, Link string
	Rejected                                         bool
}

// An objectPage shows a record as its source sent it.
type objectPage struct {
	frame
	Heading       string
	Dataset       string // address of its dataset; "" = none was made
	Source        string // address
	SourceTitle   string
	Facts         []fact
	Text          string
	Cut, Rejected bool
}

const (
	shownRuns     = 30
	shownRows     = 300
	shownDatasets = 100
)

// shownSource returns the source that an address names, when everybody may
// know of it.
func (s *Server) shownSource(r *request, ref string) (*catalog.Source, error) {
	missing := catalog.Errorf(catalog.NotFound, "no such source").Italian("questa fonte non esiste")
	if s.Harvest == nil || len(ref) > maxSourceRef {
		return nil, missing
	}
	src, err := s.Harvest.Sources.Source(r.ctx, ref)
	if err == nil && !src.Shown() {
		err = missing
	}
	return src, err
}

const maxSourceRef = 200

func titleOfSource(src *catalog.Source) string { return cmp.Or(src.Title, src.Name) }

func sourcePath(src *catalog.Source) string { return "/harvest/" + url.PathEscape(src.Name) }

// harvest lists the sources.
func (s *Server) harvestPage(r *request) (view, error) {
	p := &harvestPage{}
	if s.Harvest != nil {
		all, err := s.Harvest.Sources.Sources(r.ctx)
		if err != nil {
			return view{}, err
		}
		for _, src := range all {
			if !src.Shown() {
				continue
			}
			card, err := s.sourceCard(r, src)
			if err != nil {
				return view{}, err
			}
			p.Sources = append(p.Sources, card)
		}
	}
	slices.SortStableFunc(p.Sources, func(a, b sourceCard) int { return compareWords(a.Title, b.Title) })
	p.Section, p.Title, p.Description = "harvest", r.text("harvest.title"), r.text("harvest.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	return view{template: "harvest", data: p, uncached: true}, nil
}

func (s *Server) sourceCard(r *request, src *catalog.Source) (sourceCard, error) {
	card := sourceCard{Title: titleOfSource(src), URL: sourcePath(src), Kind: cmp.Or(s.Harvest.Kinds[src.Kind], src.Kind), Host: hostOf(src.URL)}
	runs, err := s.Harvest.Sources.Runs(r.ctx, src.ID, 1)
	if err != nil {
		return card, err
	}
	if len(runs) > 0 {
		line := r.runLine(src, runs[0])
		card.Status, card.When, card.Bad = line.Status, line.When, line.Bad
	}
	known, err := s.Harvest.Origins.RecordIDs(r.ctx, src.ID)
	card.N = len(known)
	return card, err
}

// runLine tells of a run in the reader's language.
func (r *request) runLine(src *catalog.Source, run *catalog.Run) runLine {
	rep, err := catalog.ReportOf(run)
	if err != nil { // of a program that wrote it otherwise: there are no counts, then
		rep = catalog.RunReport{}
	}
	end := run.Finished
	if end.IsZero() {
		end = run.Started
	}
	return runLine{
		URL: sourcePath(src) + "/run/" + url.PathEscape(run.ID), When: r.when(end), Status: r.text("harvest.status." + string(run.Status)), Error: r.own(run.Error),
		Bad:  run.Status != catalog.RunDone && run.Status != catalog.RunRunning,
		Read: rep.Read.Datasets, New: rep.New, Changed: max(0, rep.Changed-rep.New), Same: rep.Same, Failed: rep.Failed, Retired: rep.Retired,
	}
}

// own takes the reader's half of a message that is in Italian and English.
func (r *request) own(message string) string {
	it, en, both := strings.Cut(message, " / ")
	if both && r.locale != catalog.DefaultLanguage {
		return en
	}
	return it
}

func (r *request) when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return r.date(t) + t.In(rome).Format(", 15:04")
}

// source shows one source.
func (s *Server) sourcePage(r *request) (view, error) {
	src, err := s.shownSource(r, r.param("id"))
	if err != nil {
		return view{}, err
	}
	runs, err := s.Harvest.Sources.Runs(r.ctx, src.ID, shownRuns)
	if err != nil {
		return view{}, err
	}
	at := sourcePath(src)
	p := &sourcePage{Heading: titleOfSource(src), Notes: src.Notes, Held: src.Held, Paused: src.Paused, Feed: at + "/runs.atom", CSV: at + "/report.csv"}
	for _, run := range runs {
		p.Runs = append(p.Runs, r.runLine(src, run))
	}
	if p.Facts, err = s.sourceFacts(r, src); err != nil {
		return view{}, err
	}
	if p.Datasets, p.More, err = s.harvestedBy(r, src); err != nil {
		return view{}, err
	}
	p.Section, p.Title = "harvest", p.Heading
	p.Crumbs = []crumb{{r.text("harvest.title"), "/harvest"}, {Title: p.Heading}}
	p.Canonical = at
	p.Alternates = []alternate{{"application/atom+xml", r.text("harvest.feed"), p.Feed}}
	return view{template: "source", data: p, uncached: true}, nil
}

func (s *Server) sourceFacts(r *request, src *catalog.Source) ([]fact, error) {
	state, err := s.Harvest.Sources.SourceState(r.ctx, src.ID)
	if err != nil {
		return nil, err
	}
	facts := []fact{
		{Label: r.text("harvest.address"), Links: []linkView{{Text: src.URL, URL: src.URL}}},
		{Label: r.text("harvest.kind"), Text: cmp.Or(s.Harvest.Kinds[src.Kind], src.Kind)},
		{Label: r.text("harvest.schedule"), Text: cmp.Or(r.known("harvest.schedule.", src.Schedule), src.Schedule, r.text("harvest.schedule.none"))},
		{Label: r.text("harvest.gone"), Text: r.text("harvest.gone." + string(cmp.Or(src.Gone, catalog.GoneArchive)))},
	}
	if o := src.Organization; o != "" {
		if org, err := s.Organizations.Organization(r.ctx, o); err == nil {
			facts = append(facts, fact{Label: r.text("harvest.organization"), Links: []linkView{{Text: cmp.Or(r.in(org.Title), org.Name), URL: s.prefix(r.locale) + "/organization/" + org.Name}}})
		}
	}
	if next := r.when(state.Due); next != "" && !src.Paused {
		facts = append(facts, fact{Label: r.text("harvest.next"), Text: next})
	}
	return facts, nil
}

// known returns the words for a value, "" when there are none.
func (r *request) known(prefix, value string) string {
	if value == "" || r.words[prefix+value] == "" {
		return ""
	}
	return r.text(prefix + value)
}

// harvestedBy returns the datasets of a source that the reader may see.
func (s *Server) harvestedBy(r *request, src *catalog.Source) (list []harvested, more int, err error) {
	ds, total, err := s.Datasets.ListDatasets(r.ctx, catalog.DatasetFilter{Source: src.ID, Sort: catalog.ByTitle, Limit: shownDatasets})
	for _, d := range ds {
		list = append(list, harvested{Title: cmp.Or(r.in(d.Title), d.Name), URL: "/dataset/" + d.Name, Object: "/harvest/object/" + d.ID})
	}
	return list, total - len(list), err
}

// run shows the report of one run.
func (s *Server) runPage(r *request) (view, error) {
	src, err := s.shownSource(r, r.param("id"))
	if err != nil {
		return view{}, err
	}
	missing := catalog.Errorf(catalog.NotFound, "no such run").Italian("questa esecuzione non esiste")
	id := r.param("run")
	if len(id) > maxSourceRef {
		return view{}, missing
	}
	run, err := s.Harvest.Sources.Run(r.ctx, id)
	if err == nil && run.Source != src.ID {
		err = missing
	}
	if err != nil {
		return view{}, err
	}
	p := &runPage{Run: r.runLine(src, run), CSV: sourcePath(src) + "/report.csv?run=" + url.QueryEscape(run.ID)}
	p.Heading = r.text("harvest.run", p.Run.When)
	if rep, err := catalog.ReportOf(run); err == nil {
		p.Rows, p.More = r.reportLines(src, rep)
	}
	p.Section, p.Title, p.Hidden = "harvest", p.Heading, true
	p.Crumbs = []crumb{{r.text("harvest.title"), "/harvest"}, {titleOfSource(src), sourcePath(src)}, {Title: p.Heading}}
	return view{template: "run", data: p, uncached: true}, nil
}

// reportLines returns the problems of a report, those of rejected records
// first.
func (r *request) reportLines(src *catalog.Source, rep catalog.RunReport) (lines []reportLine, more int) {
	for _, rejected := range []bool{true, false} {
		for _, rec := range rep.Records {
			if (rec.Outcome == "rejected" || rec.Outcome == "held") != rejected {
				continue
			}
			object := "/harvest/object/" + cmp.Or(rec.Dataset, catalog.StableID(src.ID, rec.ID))
			for _, problem := range rec.Problems {
				if len(lines) >= shownRows {
					more++
					continue
				}
				lines = append(lines, reportLine{
					Title: cmp.Or(rec.Title, rec.ID), Object: object, Field: problem.Field, Value: problem.Value, Message: r.own(problem.Message),
					Mend: r.own(problem.Mend), Link: rec.Link, Rejected: rejected,
				})
			}
		}
	}
	return lines, more
}

// objectPage shows a record as its source sent it: of a dataset that the reader
// may see, or of none, when it was rejected.
func (s *Server) objectPage(r *request) (view, error) {
	id := r.param("oid")
	if s.Harvest == nil || len(id) > maxSourceRef {
		return view{}, noRecord()
	}
	d, raw, err := s.shownRecord(r, id)
	if err != nil {
		return view{}, err
	}
	p, source := &objectPage{}, ""
	if d != nil {
		source = d.Origin.Source
		p.Heading, p.Dataset = cmp.Or(r.in(d.Title), d.Name), "/dataset/"+d.Name
	}
	if raw != nil {
		source = raw.Source
		p.Heading = cmp.Or(p.Heading, raw.Record)
		p.Text, p.Cut, p.Rejected = raw.Text, raw.Cut, raw.Rejected
		p.Facts = []fact{
			{Label: r.text("harvest.record"), Text: raw.Record}, {Label: r.text("harvest.type"), Text: raw.MediaType}, {Label: r.text("harvest.taken"), Text: r.when(raw.Taken)},
		}
	}
	src, err := s.shownSource(r, source)
	if err != nil {
		return view{}, err
	}
	p.Source, p.SourceTitle = sourcePath(src), titleOfSource(src)
	p.Section, p.Title, p.Hidden = "harvest", p.Heading, true
	p.Crumbs = []crumb{{r.text("harvest.title"), "/harvest"}, {p.SourceTitle, p.Source}, {Title: p.Heading}}
	return view{template: "object", data: p, uncached: true}, nil
}

// noRecord tells that there is no such record. It says no more, so that nobody
// learns of what is hidden.
func noRecord() error {
	return catalog.Errorf(catalog.NotFound, "no such record").Italian("questa scheda non esiste")
}

// shownRecord returns the dataset under an ID and the record that it was made
// of, either of which may be nil, but not both: a record is shown without a
// dataset only when it was rejected, and so never became one.
func (s *Server) shownRecord(r *request, id string) (*catalog.Dataset, *catalog.RawRecord, error) {
	d, err := s.harvestedDataset(r, id)
	if err != nil {
		return nil, nil, err
	}
	if d != nil {
		id = d.ID // it may have been asked for by name
	}
	raw, err := s.rawRecord(r, id)
	if err != nil {
		return nil, nil, err
	}
	if d == nil && (raw == nil || !raw.Rejected) {
		return nil, nil, noRecord()
	}
	return d, raw, nil
}

// harvestedDataset returns the dataset under an ID, nil when there is none at
// all. One that the reader may not see is an error, as is one that was not
// harvested: what is hidden is not shown by the back door.
func (s *Server) harvestedDataset(r *request, id string) (*catalog.Dataset, error) {
	d, err := s.Datasets.Dataset(r.ctx, id)
	switch {
	case err == nil && d.Origin.Source == "":
		return nil, noRecord()
	case err == nil:
		return d, nil
	case catalog.KindOf(err) != catalog.NotFound:
		return nil, err
	}
	if _, _, err := s.Datasets.DatasetID(r.ctx, id); err == nil {
		return nil, noRecord()
	}
	return nil, nil
}

// rawRecord returns a record as it came, nil when it was not kept.
func (s *Server) rawRecord(r *request, id string) (*catalog.RawRecord, error) {
	rec, err := s.Harvest.Records.Record(r.ctx, catalog.RecordRaw, id)
	if catalog.KindOf(err) == catalog.NotFound {
		return nil, nil //nolint:nilnil // a record that was not kept is none
	}
	if err != nil {
		return nil, err
	}
	return catalog.RawOf(rec)
}
