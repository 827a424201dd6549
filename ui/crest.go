package ui

import (
	"bytes"
	"encoding/xml"
	"errors"
	"image/png"
	"io"
	"strings"

	"portico/catalog"
)

// A Crest is the picture of a site: the coat of arms of a municipality. Its zero
// value is none.
type Crest struct {
	bytes []byte
	ext   string // "svg" or "png"
}

// What a crest may be.
const (
	maxCrest      = 512 << 10 // bytes
	maxCrestSide  = 2000      // pixels
	maxCrestDepth = 64
	maxCrestParts = 50_000
)

// NewCrest reads an SVG or PNG file. It refuses a drawing that would run, load
// or include anything, and says what that is.
func NewCrest(r io.Reader) (Crest, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxCrest+1))
	switch {
	case err != nil:
		return Crest{}, crestError("it cannot be read", "non si può leggere").Because(err)
	case len(b) > maxCrest:
		return Crest{}, crestError("it is larger than 512 KiB", "supera 512 KiB")
	case bytes.HasPrefix(b, []byte("\x89PNG")):
		return pngCrest(b)
	}
	return svgCrest(b)
}

func pngCrest(b []byte) (Crest, error) {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return Crest{}, crestError("it is no PNG that can be read", "non è un PNG leggibile").Because(err)
	}
	if c.Width > maxCrestSide || c.Height > maxCrestSide {
		return Crest{}, crestError("it is larger than 2000 pixels", "supera i 2000 pixel")
	}
	return Crest{b, "png"}, nil
}

// svgCrest reads a drawing part by part. Declarations of the document's type,
// which drawing programs write and nobody needs, are cut out.
func svgCrest(b []byte) (Crest, error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	var out bytes.Buffer
	var c drawing
	for at := int64(0); ; {
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if c.parts++; err != nil || c.parts > maxCrestParts {
			return Crest{}, crestError("it is neither a PNG nor an SVG that can be read", "non è né un PNG né un SVG leggibile").Because(err)
		}
		part := b[at:d.InputOffset()]
		at = d.InputOffset()
		keep, err := c.take(t)
		if err != nil {
			return Crest{}, err
		}
		if keep {
			out.Write(part)
		}
	}
	if c.depth != 0 || !c.begun {
		return Crest{}, noSVG()
	}
	return Crest{out.Bytes(), "svg"}, nil
}

// A drawing is an SVG as far as it was read.
type drawing struct {
	parts, depth int
	begun        bool
}

// take reads the next part, and reports whether it is to stay.
func (c *drawing) take(t xml.Token) (keep bool, err error) {
	switch t := t.(type) {
	case xml.Directive, xml.Comment:
		return false, nil
	case xml.ProcInst:
		return t.Target == "xml", nil // others are style sheets from elsewhere
	case xml.StartElement:
		if c.depth++; c.depth > maxCrestDepth || c.depth == 1 && (c.begun || t.Name.Local != "svg") {
			return false, noSVG()
		}
		c.begun = true
		if bad := activePart(t); bad != "" {
			return false, crestError("the drawing has "+bad+", which a crest may not have", "il disegno contiene "+bad+", che uno stemma non può avere")
		}
	case xml.EndElement:
		c.depth--
	case xml.CharData:
		if foreign(string(t)) {
			return false, crestError("its styles load something from elsewhere", "i suoi stili caricano qualcosa da fuori")
		}
	}
	return true, nil
}

func noSVG() error { return crestError("it is no SVG", "non è un SVG") }

// activePart names what in an element does more than draw, or is "".
func activePart(e xml.StartElement) string {
	switch strings.ToLower(e.Name.Local) {
	case "script", "foreignobject", "iframe", "embed", "object", "handler", "set", "animate", "animatemotion", "animatetransform":
		return "<" + e.Name.Local + ">"
	}
	for _, a := range e.Attr {
		name, v := strings.ToLower(a.Name.Local), strings.TrimSpace(a.Value)
		switch {
		case strings.HasPrefix(name, "on"):
			return a.Name.Local + "=…"
		case name == "href" && v != "" && !strings.HasPrefix(v, "#") && !strings.HasPrefix(v, "data:image/png") && !strings.HasPrefix(v, "data:image/jpeg"):
			return "href=…"
		case foreign(v):
			return a.Name.Local + "=url(…)"
		}
	}
	return ""
}

// foreign reports whether a style names what is not in the drawing itself.
func foreign(style string) bool {
	style = strings.ToLower(strings.Join(strings.Fields(style), ""))
	if strings.Contains(style, "@import") || strings.Contains(style, "expression(") || strings.Contains(style, "javascript:") {
		return true
	}
	for rest := style; ; {
		_, after, ok := strings.Cut(rest, "url(")
		if !ok {
			return false
		}
		if rest = strings.TrimLeft(after, `"'`); !strings.HasPrefix(rest, "#") {
			return true
		}
	}
}

func crestError(en, it string) *catalog.Error {
	return catalog.Errorf(catalog.Invalid, "the crest: %s", en).Italian("lo stemma: %s", it)
}

// crestPolicy keeps a drawing from doing anything when somebody opens it alone.
const crestPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
