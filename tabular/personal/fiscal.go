package personal

import "strings"

// The values of the characters of a codice fiscale, at odd places and at even
// ones (d.m. 23 dicembre 1976, art. 7): those of digits are at their letter.
var oddValues = [26]int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23}

const (
	fiscalLength = 16
	months       = "ABCDEHLMPRST"
	omocodia     = "LMNPQRSTUV" // the letters that stand for 0 to 9 where two people would have the same code
)

// digitPlaces are the places of digits, which omocodia may make letters.
var digitPlaces = [...]int{6, 7, 9, 10, 12, 13, 14}

// IsFiscalCode reports whether s, in any case of letters, is the codice fiscale
// of a person: its form, omocodia among it, a date that there is, and its check
// letter.
func IsFiscalCode(s string) bool {
	if len(s) != fiscalLength {
		return false
	}
	var code [fiscalLength]byte
	for i := range fiscalLength {
		c := s[i]
		if c >= 'a' && c <= 'z' {
			c -= 'a' - 'A'
		}
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
		code[i] = c
	}
	return code[fiscalLength-1] == fiscalLetter(string(code[:fiscalLength-1])) && plausible(&code)
}

// plausible checks letters, digits and date of a code.
func plausible(code *[fiscalLength]byte) bool {
	var plain [fiscalLength]byte
	copy(plain[:], code[:])
	for _, i := range digitPlaces {
		if code[i] >= 'A' {
			n := strings.IndexByte(omocodia, code[i])
			if n < 0 {
				return false
			}
			plain[i] = byte('0' + n)
		}
	}
	for _, i := range [...]int{0, 1, 2, 3, 4, 5, 8, 11, 15} {
		if plain[i] < 'A' {
			return false
		}
	}
	month := strings.IndexByte(months, plain[8])
	day := int(plain[9]-'0')*10 + int(plain[10]-'0')
	if day > 40 { // of a woman
		day -= 40
	}
	place := plain[11]
	return month >= 0 && day >= 1 && day <= daysOf(month) && (place <= 'M' || place == 'Z')
}

// daysOf returns how many days a month may have, from 0.
func daysOf(month int) int {
	switch month {
	case 1:
		return 29
	case 3, 5, 8, 10:
		return 30
	}
	return 31
}

// fiscalLetter returns the check letter of the first 15 characters of a code.
func fiscalLetter(first string) byte {
	sum := 0
	for i := range len(first) {
		n := int(first[i] - '0')
		if first[i] >= 'A' {
			n = int(first[i] - 'A')
		}
		if i%2 == 0 {
			n = oddValues[n]
		}
		sum += n
	}
	return byte('A' + sum%26)
}

// IsVATNumber reports whether s is a partita IVA, or the codice fiscale of a
// body: 11 digits, the last of which checks the others. It is no personal data.
func IsVATNumber(s string) bool {
	const length = 11
	if len(s) != length {
		return false
	}
	sum := 0
	for i := range length {
		c := s[i]
		if c < '0' || c > '9' {
			return false
		}
		n := int(c - '0')
		if i%2 == 1 {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum += n
	}
	return sum%10 == 0 && strings.Trim(s, "0") != ""
}
