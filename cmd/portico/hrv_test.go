package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"portico/internal/fixtures"
)

// hrvTests says which tests hold each row of the list of attacks on a
// harvester, and on people by what it publishes: folder and name.
var hrvTests = map[string][]string{
	"HRV-001": {"internal/httpclient TestAddressesInsideAreRefused", "harvester/files TestDepotsAreNotReachedInside", "harvester/sql TestThePolicyOfAddressesHolds"},
	"HRV-002": {"internal/httpclient TestRebindingAndMixedAnswers"},
	"HRV-003": {"internal/httpclient TestRedirects", "internal/httpclient TestDowngradeDropsSecrets"},
	"HRV-004": {"harvester/dcat TestContextsAndGraphsOfJSONLDReachNothing", "harvester/web TestLink"}, // and a rule of the linter
	"HRV-006": {"internal/rdf TestLimits", "internal/rdf TestAnEntityThatRefersToItselfIsRefused", "harvester/dcat TestNastyCatalogues", "cmd/portico TestHostileCatalogues"},
	"HRV-007": {"tabular TestHostileWorkbooksAreRefused", "tabular TestLimitsAreKept", "internal/httpclient TestLimits"},
	"HRV-008": {"tabular/worker TestAChildThatTakesTooMuchIsEnded", "tabular/worker TestAChildWithoutTimeIsKilled"},
	"HRV-009": {"internal/httpclient TestSlowServersAreGivenUp", "harvester TestAConnectorThatBlocksIsLeft"},
	"HRV-011": {"tabular TestNastyDocumentsAreRefusedInWords", "harvester TestAWeekOfMisbehaviour", "cmd/portico TestAllNastyFiles"},
	"HRV-012": {"harvester TestASourceThatLosesAlmostAllLosesNothing", "harvester TestBrake", "harvester TestAWeekOfMisbehaviour"},
	"HRV-014": {"harvester TestTwoSourcesNeverOverwriteEachOther", "harvester TestNothingOfOwnershipIsTakenFromTheSource", "harvester TestAnotherHolderWaitsForAPerson"},
	"HRV-016": {"harvester/dcat TestContextsAndGraphsOfJSONLDReachNothing", "internal/rdf TestGrammarOfJSONLD", "internal/rdf TestLimits"},
	"HRV-017": {"harvester/web TestLink", "ui TestEveryTemplateDrawsItsPage"},
	"HRV-018": {"ui TestMarkdownIsTamed", "ui TestEveryTemplateDrawsItsPage"},
	"HRV-019": {"exporter/csv TestTheCorpusOfFormulas", "exporter/csv TestFormulasAreHarmlessInExcel", "exporter/xlsx TestNoTextIsAFormula"},
	"HRV-021": {"harvester/files TestIllegalArchivesAreRefused", "harvester/files TestNothingOutsideIsReached"},
	"HRV-022": {"harvester/sql TestTheConnectionIsMadeOfTypedFieldsAlone", "harvester/sql TestSQLServersConfigurationIsOfTypedFieldsAlone", "harvester/sql TestAServerThatAsksForAFileGetsNone"},
	"HRV-023": {"harvester/sql TestQueries", "harvester/sql TestServersThatBehaveBadlyAreLeft", "harvester/sql TestQueriesOfServersWithoutReadOnlyTransactionsAreLookedAt"},
	"HRV-024": {"cmd/portico TestScripts", "internal/seal TestSeal"},
	"HRV-026": {"harvester TestRulesTakeTimeInProportion"},
	"HRV-027": {"harvester TestAConnectorThatBlocksIsLeft", "harvester TestRun"},
	"HRV-028": {"internal/httpclient TestHostsAreAskedByFewAtOnce", "internal/httpclient TestHostsHeedRetryAfter", "internal/httpclient TestGetIf"},
	"PII-001": {"hold TestPersonalDataAreHeldUntilSomebodyDecides", "api TestAHeldUploadIsToldToNobody", "tabular/personal TestPrecisionAndRecall"},
	"PII-004": {"hold TestTheCleanVersionStays", "harvester TestHarvestedTablesThatTurnPersonalAreHeld", "api TestRowsOfPeopleAreHeld"},
	"PII-005": {"hold TestAPurgedDatasetLeavesNothingOfItsHold", "api TestADeletedUserActsNoMore"},
}

// TestEveryAttackOnAHarvesterHasItsTests reads the list of attacks: each row
// that matters most has tests, and they are there.
func TestEveryAttackOnAHarvesterHasItsTests(t *testing.T) {
	for id, tests := range hrvTests {
		for _, name := range tests {
			dir, test, _ := strings.Cut(name, " ")
			if !declares(t, filepath.Join("..", "..", dir), test) {
				t.Errorf("%s: there is no %s in %s", id, test, dir)
			}
		}
	}
	list, err := os.ReadFile(filepath.Join(fixtures.Path(t, "security"), "tests.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		cells := strings.Split(line, "\t")
		if len(cells) > 5 && (strings.HasPrefix(cells[0], "HRV-") || strings.HasPrefix(cells[0], "PII-")) && cells[5] == "P0" && len(hrvTests[cells[0]]) == 0 {
			t.Errorf("%s has no test", cells[0])
		}
	}
}

// declares reports whether a test is declared in a folder.
func declares(t *testing.T, dir, test string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	declared := regexp.MustCompile(`(?m)^func ` + regexp.QuoteMeta(test) + `\(`)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if declared.Match(b) {
			return true
		}
	}
	return false
}
