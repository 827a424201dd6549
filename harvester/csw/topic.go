package csw

// topics are the EU themes of ISO 19115 topic categories, after the alignment
// of GeoDCAT-AP.
var topics = map[string][]string{
	"farming":                          {"AGRI"},
	"biota":                            {"ENVI"},
	"boundaries":                       {"REGI", "GOVE"},
	"climatologyMeteorologyAtmosphere": {"ENVI", "TECH"},
	"economy":                          {"ECON"},
	"elevation":                        {"REGI", "ENVI"},
	"environment":                      {"ENVI"},
	"geoscientificInformation":         {"REGI", "ENVI", "TECH"},
	"health":                           {"HEAL"},
	"imageryBaseMapsEarthCover":        {"REGI", "ENVI", "TECH"},
	"intelligenceMilitary":             {"JUST"},
	"inlandWaters":                     {"ENVI"},
	"location":                         {"REGI"},
	"oceans":                           {"ENVI"},
	"planningCadastre":                 {"REGI", "GOVE"},
	"society":                          {"SOCI", "EDUC"},
	"structure":                        {"REGI"},
	"transportation":                   {"TRAN"},
	"utilitiesCommunication":           {"ENER", "TECH"},
}
