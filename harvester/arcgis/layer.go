package arcgis

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"strings"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// A layer is what the server describes of a layer or table.
type layer struct {
	ID           int         `json:"id"`
	Name         web.String  `json:"name"`
	Type         web.String  `json:"type"`
	Description  web.String  `json:"description"`
	Copyright    web.String  `json:"copyrightText"`
	Capabilities web.Strings `json:"capabilities"`
	Formats      web.Strings `json:"supportedQueryFormats"`
	MaxRecords   int         `json:"maxRecordCount"`
	Version      float64     `json:"currentVersion"`
	Extent       *struct {
		XMin float64 `json:"xmin"`
		YMin float64 `json:"ymin"`
		XMax float64 `json:"xmax"`
		YMax float64 `json:"ymax"`
		Ref  struct {
			WKID   int `json:"wkid"`
			Latest int `json:"latestWkid"`
		} `json:"spatialReference"`
	} `json:"extent"`
	Editing struct {
		LastEdit int64 `json:"lastEditDate"`
	} `json:"editingInfo"`
	Fields []struct {
		Name  web.String `json:"name"`
		Alias web.String `json:"alias"`
	} `json:"fields"`
}

// item returns the item of a layer at an address, which is its ID.
func item(raw json.RawMessage, at *url.URL) web.Item {
	var who struct {
		Name web.String `json:"name"`
	}
	_ = json.Unmarshal(raw, &who) // what cannot be read fails when it is converted
	return web.Item{ID: at.String(), Title: web.Line(string(who.Name)), Raw: web.JSON(raw), Convert: func() (harvester.Record, error) { return convert(raw, at) }}
}

func convert(raw json.RawMessage, at *url.URL) (harvester.Record, error) {
	rec := harvester.Record{Digest: web.Digest(version, raw, "drawingInfo")}
	var l layer
	if err := json.Unmarshal(raw, &l); err != nil {
		return rec, web.Unreadable(raw)
	}
	title := web.Line(strings.ReplaceAll(string(l.Name), "_", " "))
	if title == "" {
		return rec, harvester.Reject(web.TitleMissing)
	}
	d := &rec.Dataset
	d.Title = catalog.It(title)
	rec.Title = title
	d.Identifier = at.String()
	d.LandingPage = at.String()
	d.Description = catalog.It(web.Plain(string(l.Description)))
	d.Holder.Name = catalog.It(owner(string(l.Copyright)))
	if len(d.Description) == 0 {
		d.Description = l.columns()
	}
	if l.Editing.LastEdit > 0 {
		d.Modified = catalog.DateOf(time.UnixMilli(l.Editing.LastEdit))
	}
	if p, ok := l.place(); ok {
		d.Spatial = []catalog.Place{p}
	}
	l.distributions(d, at)
	rec.Distributions = len(d.Distributions)
	if s := string(l.Copyright); s != "" {
		web.License(d, s)
	}
	return rec, nil
}

// sign is what stands before the name of an owner, and after it.
var sign = regexp.MustCompile(`(?i)^\s*(©|\(c\)|copyright\b)[\s©:]*|[,;.(]?\s*(https?://|cc[- ]by|licen[sz]).*$`)

// owner returns the name in a notice of copyright.
func owner(notice string) string {
	return strings.Trim(web.Line(sign.ReplaceAllString(web.Line(notice), "")), " ,;-")
}

// columns describes a layer that nobody has described by its columns.
func (l *layer) columns() catalog.Text {
	var names []string
	for _, f := range l.Fields {
		name := web.Line(string(f.Alias))
		if name == "" {
			name = web.Line(string(f.Name))
		}
		switch strings.ToLower(string(f.Name)) {
		case "", "objectid", "fid", "shape", "globalid":
			continue
		}
		if len(names) < 30 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	list := strings.Join(names, ", ")
	return catalog.Text{"it": "Campi: " + list + ".", "en": "Fields: " + list + "."}
}

// place returns the extent in degrees, from degrees or from Web Mercator;
// other reference systems would need more than arithmetic.
func (l *layer) place() (catalog.Place, bool) {
	e := l.Extent
	if e == nil {
		return catalog.Place{}, false
	}
	switch {
	case e.Ref.WKID == 4326 || e.Ref.Latest == 4326:
		return web.Box(e.XMin, e.YMin, e.XMax, e.YMax)
	case e.Ref.WKID == 102100 || e.Ref.WKID == 3857 || e.Ref.Latest == 3857:
		return web.Box(longitude(e.XMin), latitude(e.YMin), longitude(e.XMax), latitude(e.YMax))
	}
	return catalog.Place{}, false
}

const earth = 6378137.0

func round(v float64) float64     { return math.Round(v*1e6) / 1e6 }
func longitude(x float64) float64 { return round(x / earth * 180 / math.Pi) }
func latitude(y float64) float64 {
	return round((2*math.Atan(math.Exp(y/earth)) - math.Pi/2) * 180 / math.Pi)
}
func contains(s, part string) bool { return strings.Contains(strings.ToLower(s), part) }

func (l *layer) distributions(d *catalog.Dataset, at *url.URL) {
	api := catalog.Distribution{
		Title: catalog.It("ArcGIS REST: " + string(l.Name)), AccessURL: at.String(),
		Services: []catalog.Service{{Title: catalog.It(string(l.Name)), EndpointURLs: []string{at.String()}, ConformsTo: []string{"https://developers.arcgis.com/rest/"}}},
	}
	web.Format(&api, "ArcGIS REST")
	d.Distributions = append(d.Distributions, api)
	query := false
	for _, c := range l.Capabilities {
		query = query || strings.EqualFold(c, "Query")
	}
	formats := strings.Join(l.Formats, ",")
	if !query && (len(l.Capabilities) > 0 || !contains(string(l.Type), "feature")) {
		return
	}
	format := "geojson"
	if !contains(formats, "geojson") && (formats != "" || l.Version > 0 && l.Version < 10.4) {
		format = "json" // of Esri's own form, all that old servers give
	}
	u := web.At(at, "query", url.Values{"where": {"1=1"}, "outFields": {"*"}, "outSR": {"4326"}, "f": {format}}).String()
	x := catalog.Distribution{Title: catalog.It(strings.ToUpper(format) + ": " + string(l.Name)), AccessURL: u, DownloadURL: u}
	if l.MaxRecords > 0 {
		x.Description = catalog.Text{
			"it": fmt.Sprintf("Il servizio dà al più %d elementi per volta (parametro resultOffset).", l.MaxRecords),
			"en": fmt.Sprintf("The service gives at most %d features at a time (parameter resultOffset).", l.MaxRecords),
		}
	}
	web.Format(&x, format)
	d.Distributions = append(d.Distributions, x)
}
