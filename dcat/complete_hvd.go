package dcat

import (
	"cmp"
	"slices"

	"portico/catalog"
	"portico/dcat/vocab"
)

// highValue marks the distributions and services of a high-value dataset like
// the dataset (dcat-traps F1), and puts the narrowest category first, for some
// keep only the first (F3). Which datasets are of high value is never guessed.
func (c *completion) highValue() {
	d := c.d
	if len(d.HVD) == 0 {
		if slices.Contains(d.Legislation, vocab.HVDRegulation) {
			c.note(catalog.Problemf("dcatap:hvdCategory", "", "hvd-category-missing",
				"Il dataset indica il regolamento sui dati di elevato valore ma non la categoria: nel catalogo non compare come tale.", "The dataset names the regulation on high-value datasets and no category: the feed does not mark it.").
				WithMend("Indicare la categoria, per esempio «Indirizzi».", "Give the category, such as “Addresses”."))
		}
		return
	}
	d.HVD = slices.Clone(d.HVD)
	slices.SortStableFunc(d.HVD, func(a, b string) int { return breadth(a) - breadth(b) })
	added := addOnce(&d.Legislation, vocab.HVDRegulation)
	for i := range d.Distributions {
		x := &d.Distributions[i]
		added = addOnce(&x.Legislation, vocab.HVDRegulation) || added
		x.Services = slices.Clone(x.Services) // d may share them with another
		for j := range x.Services {
			added = c.highValueService(&x.Services[j]) || added
		}
	}
	if added {
		c.note(catalog.Problemf("dcatap:applicableLegislation", vocab.HVDRegulation, "hvd-legislation",
			"Il dataset è di elevato valore: il regolamento è stato indicato su dataset, distribuzioni e servizi.", "The dataset is of high value: the regulation was put on it, its distributions and its services."))
	}
}

// breadth is 1 for a category at the top and 0 for others.
func breadth(code string) int {
	if v, ok := vocab.HVDCategory(code); ok && v.Broader == "" {
		return 1
	}
	return 0
}

// highValueService marks a service of a high-value dataset, and gives it the
// contact points and, for documentation, the description of its interface.
func (c *completion) highValueService(s *catalog.Service) bool {
	s.Legislation = slices.Clone(s.Legislation)
	added := addOnce(&s.Legislation, vocab.HVDRegulation)
	if len(s.HVD) == 0 {
		s.HVD, added = slices.Clone(c.d.HVD), true
	}
	if len(s.Contacts) == 0 && len(c.d.Contacts) > 0 {
		s.Contacts, added = slices.Clone(c.d.Contacts), true
	}
	if page := cmp.Or(s.EndpointDescription, c.d.LandingPage); len(s.Pages) == 0 && page != "" {
		s.Pages, added = []string{page}, true
	}
	return added
}

// marked returns the legislation to write for a resource: the regulation on
// high-value datasets is left out where the resource has not what the
// regulation's profile asks of it, for half a mark makes the feed invalid.
func marked(legislation []string, whole bool) []string {
	if whole || !slices.Contains(legislation, vocab.HVDRegulation) {
		return legislation
	}
	return slices.DeleteFunc(slices.Clone(legislation), func(s string) bool { return s == vocab.HVDRegulation })
}

// hasCategory reports whether one of the codes is a high-value category.
func hasCategory(codes []string) bool {
	return slices.ContainsFunc(codes, func(s string) bool { _, ok := vocab.HVDCategory(s); return ok })
}

// isAddress reports whether u is an IRI that a document can hold.
func isAddress(u string) bool { _, ok := absoluteIRI(u); return ok }

// isWholeService reports whether a service has what the profile for high-value
// datasets asks of one. In DCAT-AP_IT a contact point is one only with a name
// and an e-mail address.
func isWholeService(s *catalog.Service, italian bool) bool {
	reachable := slices.ContainsFunc(s.Contacts, func(c catalog.Contact) bool {
		_, mail := mailbox(c.Email)
		if _, name := theName(c.Name); italian {
			return mail && name != ""
		}
		return mail || isAddress(c.URL)
	})
	return reachable && hasCategory(s.HVD) && cleanLine(s.Title.String()) != "" &&
		slices.ContainsFunc(s.EndpointURLs, isAddress) && slices.ContainsFunc(s.Pages, isAddress)
}
