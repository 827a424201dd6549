package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"portico/catalog"
	"portico/search/analysis"
)

// maxSynonymsFile is far more than anybody writes by hand.
const maxSynonymsFile = 4 << 20

// words returns what makes words of texts, with the operator's own synonyms:
// those of PORTICO_SYNONYMS, which must be there, or of synonyms.txt in the
// data folder, which may.
func (e *env) words() (*analysis.Analyzer, error) {
	path := e.Synonyms
	if path == "" {
		path = filepath.Join(e.Data, "synonyms.txt")
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && e.Synonyms == "" {
		return analysis.New(e.SearchLanguage), nil
	}
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the synonyms in %s cannot be read", path).
			Italian("i sinonimi in %s non si possono leggere", path).Because(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	list, err := analysis.ParseSynonyms(io.LimitReader(f, maxSynonymsFile))
	if wrong, ok := errors.AsType[*analysis.SynonymsError](err); ok {
		return nil, catalog.Errorf(catalog.Invalid, "%s, line %d: these cannot be synonyms: words with commas between them, or words => words", path, wrong.Line).
			Italian("%s, riga %d: non sono sinonimi validi: parole separate da virgole, oppure parole => parole", path, wrong.Line).Because(err)
	}
	if err != nil {
		return nil, err
	}
	return analysis.New(e.SearchLanguage, list), nil
}
