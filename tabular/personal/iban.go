package personal

// ibanLengths are how long the IBANs of each country are (ISO 13616).
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22,
	"CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22,
	"GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30,
	"KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27,
	"MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31,
	"SE": 24, "SI": 19, "SK": 24, "SM": 27, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}

const (
	ibanLeast = 15
	ibanMost  = 34
)

// IsIBAN reports whether s, without spaces and in any case of letters, is an
// IBAN: as long as its country's are, and with the right check digits.
func IsIBAN(s string) bool {
	var b [ibanMost]byte
	if len(s) < ibanLeast || len(s) > ibanMost {
		return false
	}
	n := copy(b[:], s)
	for _, c := range b[:n] {
		if !isAlnum(c) {
			return false
		}
	}
	return b[0] >= 'A' && b[1] >= 'A' && ibanLength(s) == n && validIBAN(b[:n])
}

// validIBAN checks the digits of an IBAN of letters and digits, and makes its
// letters upper case.
func validIBAN(b []byte) bool {
	if b[2] > '9' || b[3] > '9' {
		return false
	}
	rest := uint64(0)
	for i := range b {
		const large = 1 << 50 // from here on the next step might not fit
		if rest > large {
			rest %= 97
		}
		at := i + 4
		if at >= len(b) {
			at -= len(b)
		}
		if b[at] >= 'a' {
			b[at] -= 'a' - 'A'
		}
		if c := b[at]; c >= 'A' {
			rest = rest*100 + uint64(c-'A') + 10
		} else {
			rest = rest*10 + uint64(c-'0')
		}
	}
	return rest%97 == 1
}
