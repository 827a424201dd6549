package personal

// FiscalLetter is fiscalLetter, by which the tests make codes of nobody.
var FiscalLetter = fiscalLetter
