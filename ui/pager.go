package ui

import (
	"net/url"
	"strings"
)

// A pager leads through the pages of a list. It is empty when there is only
// one.
type pager struct {
	Previous, Next string // "" at the ends
	Links          []pageLink
	Page, Last     int
	From, To       int // the items of this page, counted from 1
	Total          int
}

// A pageLink is one page; N = 0 stands for those left out.
type pageLink struct {
	N       int
	URL     string
	Current bool
}

// lastPage returns the number of the last page, which there always is.
func lastPage(total, per int) int {
	return min(max((total+per-1)/per, 1), maxPages)
}

// newPager shows the first page, the last, and those around the current one.
func newPager(page, total, per int, link func(int) string) pager {
	p := pager{Page: page, Last: lastPage(total, per), Total: total}
	p.From, p.To = min((page-1)*per+1, total), min(page*per, total)
	if p.Last == 1 {
		return p
	}
	if page > 1 {
		p.Previous = link(page - 1)
	}
	if page < p.Last {
		p.Next = link(page + 1)
	}
	left := 0
	for n := 1; n <= p.Last; n++ {
		if n != 1 && n != p.Last && (n < page-1 || n > page+1) {
			continue
		}
		if n > left+1 {
			p.Links = append(p.Links, pageLink{})
		}
		p.Links = append(p.Links, pageLink{N: n, URL: link(n), Current: n == page})
		left = n
	}
	return p
}

// apiURL returns the address of an action of the API, without the host.
func apiURL(action string, pairs ...string) string {
	var parts []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			parts = append(parts, pairs[i]+"="+url.QueryEscape(pairs[i+1]))
		}
	}
	if len(parts) == 0 {
		return "/api/3/action/" + action
	}
	return "/api/3/action/" + action + "?" + strings.Join(parts, "&")
}
