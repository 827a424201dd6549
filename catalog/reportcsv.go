package catalog

import (
	"encoding/csv"
	"encoding/json"
	"io"
	"strings"
	"unicode"
)

// A RunRecord is what the report of a Run tells of one record.
type RunRecord struct {
	ID       string       `json:"id"`
	Title    string       `json:"title"`
	Outcome  string       `json:"outcome"`
	Dataset  string       `json:"dataset"`
	Link     string       `json:"link"`
	New      bool         `json:"new"`
	Problems []RunProblem `json:"problems"`
}

// A RunProblem is one thing that is wrong with a record, for readers of either
// language.
type RunProblem struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Mend    string `json:"mend"`
}

// A RunReport is the part of a run's report that is told to people and to
// CKAN's clients.
type RunReport struct {
	Read struct {
		Datasets int `json:"datasets"`
	} `json:"read"`
	Changed  int         `json:"changed"`
	New      int         `json:"new"`
	Same     int         `json:"same"`
	Failed   int         `json:"failed"`
	Retired  int         `json:"retired"`
	Withheld int         `json:"withheld"`
	Missing  int         `json:"missing"`
	Held     bool        `json:"held"`
	Complete bool        `json:"complete"`
	Records  []RunRecord `json:"records"`
}

// ReportOf returns the report of a run, empty where none is kept.
func ReportOf(r *Run) (RunReport, error) {
	var rep RunReport
	if len(r.Report) == 0 {
		return rep, nil
	}
	err := json.Unmarshal(r.Report, &rep)
	return rep, err
}

// reportHead names the columns of a report, in Italian for those who mend.
var reportHead = []string{"esito", "identificativo", "titolo", "campo", "valore", "regola", "problema", "rimedio", "indirizzo"}

// WriteReportCSV writes what is wrong with the records of a report: a line for
// each problem, those of records that could not be kept first. No cell begins
// as a formula does.
func WriteReportCSV(w io.Writer, rep RunReport) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(reportHead); err != nil {
		return err
	}
	for _, rejected := range []bool{true, false} {
		for _, rec := range rep.Records {
			if (rec.Outcome == "rejected" || rec.Outcome == "held") != rejected {
				continue
			}
			for _, p := range rec.Problems {
				line := []string{rec.Outcome, rec.ID, rec.Title, p.Field, p.Value, p.Rule, p.Message, p.Mend, rec.Link}
				for i := range line {
					line[i] = plainCell(line[i])
				}
				if err := out.Write(line); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

// plainCell keeps a spreadsheet from taking a text for a formula: an
// apostrophe goes before whatever would begin one, on any line of the cell.
func plainCell(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r", "\n"), "\n")
	for i, l := range lines {
		t := strings.TrimLeftFunc(l, func(r rune) bool { return unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) })
		if t != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(t)[0]) {
			lines[i] = "'" + l
		}
	}
	return strings.Join(lines, "\n")
}
