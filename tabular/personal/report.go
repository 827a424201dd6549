package personal

// Report says what was found so far.
func (c *Check) Report() Report {
	r := Report{Rows: c.rows}
	p := c.context()
	for i := range c.columns {
		r.Findings = append(r.Findings, p.findings(&c.columns[i])...)
	}
	return r
}

// A context is what the table as a whole says of its columns.
type context struct {
	people  bool // names of people are in it
	coded   bool // codici fiscali are in it
	things  bool // it is of bodies or places
	persons bool // it is of persons, by their role
}

// ofPeople reports whether each row of the table is about a person.
func (p context) ofPeople() bool { return p.people || p.coded || p.persons }

// context judges what the table is of.
func (c *Check) context() context {
	p := context{things: c.things, persons: c.persons}
	for _, i := range c.people {
		k := &c.columns[i]
		// A column of surnames is believed where half of it looks like it; one
		// that may be of anything where half has a first name.
		believed := k.people.count*2 >= k.values && k.people.count > 0
		if k.is(wordsMaybeName) && !k.is(wordsName) {
			believed = k.given.count*2 >= k.values && k.given.count > 0
		}
		p.people = p.people || believed
	}
	for i := range c.columns {
		k := &c.columns[i]
		p.coded = p.coded || k.fiscal.count > 0 && !k.ofBusinesses()
	}
	return p
}

// ofBusinesses reports whether a column is of numbers of partita IVA, among
// which those of one-man businesses are codici fiscali of people.
func (k *column) ofBusinesses() bool { return k.is(wordsVAT) && k.vat.count > k.fiscal.count }

// findings returns what a column holds.
func (p context) findings(k *column) (out []Finding) {
	add := func(kind Kind, t tally, holds bool) {
		if t.count > 0 {
			out = append(out, Finding{Column: k.id, Header: k.header, Kind: kind, Count: t.count, Sample: t.sample, Holds: holds})
		}
	}
	add(FiscalCode, k.fiscal, !k.ofBusinesses())
	add(IBAN, k.iban, k.manyIBANs || k.iban.count == 1 || p.ofPeople()) // the same in every row is the body's own
	mails, holds := p.mails(k)
	add(Email, mails, holds)
	add(Mobile, k.mobile, p.holdsMobiles(k))
	if p.people {
		add(Birth, k.birth, true)
		add(Residence, k.place, true)
		add(Plate, k.plate, true)
		add(Document, k.document, true)
	}
	if kind, t, ok := p.special(k); ok {
		add(kind, t, true)
	}
	return out
}

// mails judges the e-mail addresses of a column: those of people hold where the
// table is of people, or where they are many of it and it is not of offices.
func (p context) mails(k *column) (tally, bool) {
	personal := tally{count: k.named.count + k.provider.count, sample: k.named.sample}
	if personal.sample == "" {
		personal.sample = k.provider.sample
	}
	switch {
	case personal.count == 0:
		return k.mails, false
	case p.ofPeople():
		return personal, true
	case p.things:
		return personal, k.named.count*2 >= k.mails.count && k.named.count >= fewNamed
	}
	return personal, personal.count*2 >= k.mails.count
}

// fewNamed is from how many addresses with names on a table of offices is a
// list of those who work there, at home.
const fewNamed = 5

func (p context) holdsMobiles(k *column) bool {
	switch {
	case p.ofPeople():
		return true
	case p.things:
		return false
	}
	return k.mobile.count*2 >= k.values
}

// special judges a column about health and the like: of persons it holds, of
// numbers of them it does not.
func (p context) special(k *column) (Kind, tally, bool) {
	identified := p.people || p.coded
	switch {
	case k.special.count > 0 && identified, k.specialYes > 0 && p.persons:
		return Special, k.special, true
	case k.specialNote.count > 0 && identified:
		return Special, k.specialNote, true
	}
	return "", tally{}, false
}
