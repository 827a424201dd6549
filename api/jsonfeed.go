package api

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"portico/catalog"
	"portico/search"
)

// A jsonFeed is a feed as https://jsonfeed.org/version/1.1 has it.
type jsonFeed struct {
	Version     string         `json:"version"`
	Title       string         `json:"title"`
	HomePage    string         `json:"home_page_url"`
	Feed        string         `json:"feed_url"`
	Description string         `json:"description,omitempty"`
	Next        string         `json:"next_url,omitempty"`
	Language    string         `json:"language"`
	Authors     []jsonFeedName `json:"authors,omitempty"`
	Items       []jsonFeedItem `json:"items"`
}

type jsonFeedName struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type jsonFeedItem struct {
	ID        string         `json:"id"`
	URL       string         `json:"url"`
	Title     string         `json:"title"`
	Content   string         `json:"content_text"`
	Published string         `json:"date_published"`
	Modified  string         `json:"date_modified"`
	Authors   []jsonFeedName `json:"authors,omitempty"`
	Tags      []string       `json:"tags,omitempty"`
}

// renderJSONFeed tells the same as renderAtom in JSON, in the reader's language.
func (s *Server) renderJSONFeed(ctx context.Context, f *atomFeed, lang string) ([]byte, error) {
	found, err := search.Find(catalog.WithActor(ctx, catalog.Actor{}), s.engine, s.datasets, f.search)
	if err != nil {
		return nil, err
	}
	out := jsonFeed{
		Version: "https://jsonfeed.org/version/1.1", Title: s.site.Title + f.title, HomePage: s.site.Link(f.alternate),
		Feed: s.site.Link(f.link(f.page)), Description: f.subtitle, Language: lang, Items: []jsonFeedItem{},
	}
	if f.page*perAtomPage < found.Total {
		out.Next = s.site.Link(f.link(f.page + 1))
	}
	if name := s.site.Publisher.Name.In(lang); name != "" {
		out.Authors = []jsonFeedName{{name, s.site.Origin}}
	}
	for _, d := range found.Datasets {
		out.Items = append(out.Items, s.jsonFeedItem(d, lang))
	}
	body, err := json.Marshal(out)
	return append(body, '\n'), err
}

func (s *Server) jsonFeedItem(d *catalog.Dataset, lang string) jsonFeedItem {
	i := jsonFeedItem{
		ID: s.site.Link("/dataset/" + d.ID), URL: s.site.Link("/dataset/" + d.Name), Title: cmp.Or(d.Title.In(lang), d.Name),
		Content: strings.TrimSpace(d.Description.In(lang)), Published: d.Created.UTC().Format(time.RFC3339), Modified: d.Updated.UTC().Format(time.RFC3339),
	}
	if name := d.Holder.Name.In(lang); name != "" {
		i.Authors = []jsonFeedName{{Name: name}}
	}
	for _, k := range d.Keywords {
		i.Tags = append(i.Tags, k.Name)
	}
	return i
}
