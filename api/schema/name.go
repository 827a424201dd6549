package schema

const (
	shortestName = 2
	longestName  = 100
)

// name checks what names of datasets, bodies and users have in common, up to
// the first that is wrong.
func name(c *cell) bool {
	s, ok := c.value.(string)
	switch n := runes(s); {
	case !ok:
		c.fail("Names must be strings")
	case s == "new" || s == "edit" || s == "search":
		c.fail("That name cannot be used")
	case n < shortestName:
		c.fail("Must be at least 2 characters long")
	case n > longestName:
		c.fail("Name must be a maximum of 100 characters long")
	case !isName(s):
		c.fail("Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_")
	}
	return true
}

// isName reports whether s is of a name's letters. A line end after them does
// not pass here, as it does in CKAN: it would not survive an address.
func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

func datasetName(c *cell) bool {
	s, ok := c.value.(string)
	if !ok {
		return true
	}
	own, _ := c.in["id"].(string)
	t := c.find(KindDataset, s)
	if t.found() && t.Name == s && !t.Deleted && t.ID != own {
		c.fail("That URL is already in use.")
	}
	if n := runes(s); n < shortestName {
		c.fail(`Name "` + s + `" length is less than minimum 2`)
	} else if n > longestName {
		c.fail(`Name "` + s + `" length is more than maximum 100`)
	}
	return true
}

func bodyName(c *cell) bool {
	s, ok := c.value.(string)
	if !ok {
		return true
	}
	own := c.c.stored("id")
	if own == "" {
		own, _ = c.in["id"].(string)
	}
	t := c.find(KindBody, s)
	if t.found() && t.Name == s && t.ID != own {
		c.fail("Group name already exists in database")
	}
	return true
}

func userName(c *cell) bool {
	s, ok := c.value.(string)
	if !ok {
		return c.fail("User names must be strings")
	}
	own := c.c.stored("id")
	switch t := c.find(KindUser, s); {
	case t.found() && t.ID != own:
		c.fail("The username is already associated with another account. Please use a different username.")
	case !t.found() && own != "" && !c.c.Actor.Sysadmin && c.c.stored("state") != "pending":
		c.fail("That login name can not be modified.")
	}
	return true
}

func vocabularyName(c *cell) bool {
	s := c.text()
	switch n := runes(s); {
	case n < shortestName:
		c.fail("Name must be at least 2 characters long")
	case n > longestName:
		c.fail("Name must be a maximum of 100 characters long")
	default:
		if t := c.find(KindVocabulary, s); t.found() && t.Name == s && t.ID != c.c.stored("id") {
			c.fail("That vocabulary name is already in use.")
		}
	}
	return true
}
