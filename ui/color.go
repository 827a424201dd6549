package ui

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"portico/catalog"
)

// A rgb is a colour, each part from 0 to 1.
type rgb [3]float64

var (
	white = rgb{1, 1, 1}
	black = rgb{}
)

// enough is the contrast that WCAG 2.1 asks of text.
const enough = 4.5

// parseColor reads "#rrggbb" or "#rgb".
func parseColor(s string) (rgb, error) {
	digits, ok := strings.CutPrefix(strings.TrimSpace(s), "#")
	if len(digits) == 3 {
		digits = string([]byte{digits[0], digits[0], digits[1], digits[1], digits[2], digits[2]})
	}
	n, err := strconv.ParseUint(digits, 16, 32)
	if !ok || len(digits) != 6 || err != nil {
		return rgb{}, catalog.Errorf(catalog.Invalid, "%q is no colour: it has the form #0066cc", s).
			Italian("%q non è un colore: ha la forma #0066cc", s)
	}
	return rgb{float64(n>>16) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}, nil
}

func (c rgb) String() string {
	n := func(f float64) int { return int(math.Round(f * 255)) }
	return fmt.Sprintf("#%02x%02x%02x", n(c[0]), n(c[1]), n(c[2]))
}

// mix returns c with a share of another colour in it.
func (c rgb) mix(with rgb, share float64) rgb {
	var out rgb
	for i := range c {
		out[i] = c[i] + (with[i]-c[i])*share
	}
	return out
}

// luminance is that of WCAG 2.1.
func (c rgb) luminance() float64 {
	weights := [3]float64{0.2126, 0.7152, 0.0722}
	sum := 0.0
	for i, f := range c {
		f = math.Round(f*255) / 255
		if f <= 0.04045 {
			f /= 12.92
		} else {
			f = math.Pow((f+0.055)/1.055, 2.4)
		}
		sum += weights[i] * f
	}
	return sum
}

// contrast returns the ratio of WCAG 2.1, from 1 to 21.
func contrast(a, b rgb) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// tint is the palest ground on which a page writes in c.
func (c rgb) tint() rgb { return c.mix(white, 0.9) }

// legible returns the shade nearest to c that can be read on white and on its
// own tint, and under white: c itself where it is dark enough.
func (c rgb) legible() rgb {
	const steps = 1000
	for i := range steps + 1 {
		d := c.mix(black, float64(i)/steps)
		if contrast(d, white) >= enough && contrast(d, d.tint()) >= enough {
			return d
		}
	}
	return black
}

// A palette is the colours of a site as its style sheet names them.
type palette struct{ Main, Hover, Active, Deep, Tint, Soft rgb }

func newPalette(c rgb) palette {
	return palette{
		Main: c, Hover: c.mix(black, 0.15), Active: c.mix(black, 0.4), Deep: c.mix(black, 0.43),
		Tint: c.tint(), Soft: c.mix(white, 0.95),
	}
}

// css returns the style sheet that puts the palette over the one that is built
// in.
func (p palette) css() []byte {
	return []byte(strings.NewReplacer(
		"MAIN", p.Main.String(), "HOVER", p.Hover.String(), "ACTIVE", p.Active.String(), "DEEP", p.Deep.String(),
		"TINT", p.Tint.String(), "SOFT", p.Soft.String(),
	).Replace(themeSheet))
}

// themeSheet names what the colour of a site is in: our own pieces, and the
// parts of Bootstrap Italia that pages use.
const themeSheet = `:root{--p-blue:MAIN;--p-deep:DEEP;--p-tint:TINT;--p-soft:SOFT;--bs-link-color:MAIN;--bs-link-hover-color:HOVER}
.btn{--bs-btn-color:MAIN;--bs-btn-hover-color:HOVER;--bs-btn-active-color:ACTIVE}
.btn-primary{--bs-btn-color:#fff;--bs-btn-bg:MAIN;--bs-btn-border-color:MAIN;--bs-btn-hover-color:#fff;--bs-btn-hover-bg:HOVER;--bs-btn-hover-border-color:HOVER;--bs-btn-active-color:#fff;--bs-btn-active-bg:ACTIVE;--bs-btn-active-border-color:ACTIVE}
.btn-outline-primary{--bs-btn-color:MAIN;--bs-btn-border-color:MAIN;--bs-btn-hover-color:HOVER;--bs-btn-hover-border-color:HOVER;--bs-btn-active-color:ACTIVE;box-shadow:inset 0 0 0 2px MAIN}
.btn-outline-primary:hover,.btn-outline-primary:active{box-shadow:inset 0 0 0 2px HOVER}
.icon-primary{fill:MAIN!important}
.skiplinks{background-color:SOFT}
.skiplinks a,p a:focus:not([data-focus-mouse=true],.btn){color:MAIN!important}
.btn-primary .icon,.btn-primary .icon-white{fill:#fff!important}
`
