package personal

import (
	"slices"
	"strings"
)

// A mailKind says whose an e-mail address is.
type mailKind int

const (
	noMail     mailKind = iota
	officeMail          // of a body or an office
	otherMail           // of somebody at a provider for everybody
	namedMail           // with the name of a person
)

// providers give addresses to everybody.
var providers = setOf(`gmail.com googlemail.com libero.it hotmail.com hotmail.it outlook.com outlook.it live.com live.it yahoo.com yahoo.it alice.it tin.it tiscali.it
	virgilio.it icloud.com me.com mac.com msn.com fastwebnet.it email.it inwind.it iol.it aol.com protonmail.com proton.me teletu.it vodafone.it tim.it interfree.it katamail.com
	gmx.com gmx.net mail.com ymail.com supereva.it jumpy.it`)

// roles are the first parts of addresses of offices, as they begin.
var roles = strings.Fields(`info segreteria ufficio uff protocollo urp amministrazione comune direzione presidenza contatti contact servizio servizi biblioteca museo
	anagrafe tributi polizia pec posta mail noreply support assistenza webmaster admin redazione stampa tecnico ambiente cultura sport sociale scuola staff booking
	reception prenotazioni commerciale vendite marketing associazione asd`)

// public are the parts of domains of bodies.
var public = setOf(`comune provincia regione cittametropolitana unione unionecomuni gov edu istruzione asl ausl aslroma usl ulss ats asst comunita
	pec legalmail postecert cert postacert pecimprese uni inps inail agenziaentrate camcom cciaa carabinieri poliziadistato esercito giustizia`)

// mailOf returns whose the address local@domain is.
func mailOf(local, domain string) mailKind {
	local, domain = strings.ToLower(local), strings.ToLower(domain)
	for l := range strings.SplitSeq(domain, ".") {
		for part := range strings.SplitSeq(l, "-") {
			if public[part] {
				return officeMail
			}
		}
	}
	if slices.ContainsFunc(roles, func(r string) bool { return strings.HasPrefix(local, r) }) {
		return officeMail
	}
	parts := strings.FieldsFunc(local, func(r rune) bool { return r < 'a' || r > 'z' })
	// A first name beside another word; alone it may be of a shop, or a saint's.
	if len(parts) > 1 && slices.ContainsFunc(parts, func(p string) bool { return givenNames[p] }) {
		return namedMail
	}
	if providers[domain] {
		return otherMail
	}
	return officeMail
}

// isMailLocal and isMailDomain hold for the bytes of the parts of an address.
func isMailLocal(c byte) bool {
	return isAlnum(c) || c == '.' || c == '_' || c == '-' || c == '+'
}

func isMailDomain(c byte) bool { return isAlnum(c) || c == '.' || c == '-' }

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
