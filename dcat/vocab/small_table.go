package vocab

// accessRightRows is the EU access-right table: code, Italian, English.
var accessRightRows = []row{
	{"CONFIDENTIAL", "riservato", "confidential"},
	{"NON_PUBLIC", "non pubblico", "non-public"},
	{"NORMAL", "normale", "normal"},
	{"PUBLIC", "pubblico", "public"},
	{"RESTRICTED", "limitato", "restricted"},
	{"SENSITIVE", "sensibile", "sensitive"},
}

// availabilityRows is the EU planned-availability table; the Italian is ours.
var availabilityRows = []row{
	{"AVAILABLE", "disponibile", "available"},
	{"EXPERIMENTAL", "sperimentale", "experimental"},
	{"STABLE", "stabile", "stable"},
	{"TEMPORARY", "temporaneo", "temporary"},
}

// statusRows is the EU distribution-status table; the Italian is ours.
var statusRows = []row{
	{"COMPLETED", "completata", "completed"},
	{"DEPRECATED", "deprecata", "deprecated"},
	{"DEVELOP", "in sviluppo", "under development"},
	{"WITHDRAWN", "ritirata", "withdrawn"},
}

// publisherTypeRows are the ADMS publisher types; the Italian is ours.
var publisherTypeRows = []row{
	{"Academia-ScientificOrganisation", "Organizzazione accademica o scientifica", "Academia/Scientific organisation"},
	{"Company", "Impresa", "Company"},
	{"IndustryConsortium", "Consorzio industriale", "Industry consortium"},
	{"LocalAuthority", "Autorità locale", "Local Authority"},
	{"NationalAuthority", "Autorità nazionale", "National authority"},
	{"NonGovernmentalOrganisation", "Organizzazione non governativa", "Non-Governmental Organisation"},
	{"NonProfitOrganisation", "Organizzazione senza fini di lucro", "Non-Profit Organisation"},
	{"PrivateIndividual(s)", "Privati", "Private Individual(s)"},
	{"RegionalAuthority", "Autorità regionale", "Regional authority"},
	{"StandardisationBody", "Ente di normazione", "Standardisation body"},
	{"SupraNationalAuthority", "Autorità sovranazionale", "Supra-national authority"},
}
