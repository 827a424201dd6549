package dcat_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/register"
)

func registers(t testing.TB) *register.Registers {
	t.Helper()
	data := t.TempDir()
	for k, text := range map[register.Kind]string{
		register.IPA: "ipa_code,name,province,region\nc_a074,Comune di Aglie',TO,Piemonte\nr_liguri,Regione Liguria,GE,Liguria\nc_a001,Comune di Abano Terme,PD,Veneto\n",
		register.ISTAT: "istat_code,belfiore,name,other_name,province,istat_region,region,instituted,ipa_code,ipa_match,ipa_name,iri_ontopia\n001001,A074,AGLIÈ,,TO,01,Piemonte,1947-01-24,c_a074,belfiore,,\n" +
			"084001,A089,AGRIGENTO,,AG,19,Sicilia,1947-01-24,c_a089,belfiore,,\n028001,A001,ABANO TERME,,PD,05,Veneto,1947-01-24,c_a001,belfiore,,\n",
	} {
		if _, err := register.Import(data, k, strings.NewReader(text)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := register.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRegistersCompleteAndCheck(t *testing.T) {
	agent := func(code, name string) catalog.Dataset {
		return catalog.Dataset{Holder: catalog.Agent{Identifier: code, Name: catalog.It(name)}}
	}
	holder := func(d catalog.Dataset) any { return d.Holder.Identifier + " " + d.Holder.Name.String() }
	spatial := func(d catalog.Dataset) any { return d.Spatial }
	const cities = "https://w3id.org/italia/controlled-vocabulary/territorial-classifications/cities/"
	at := func(p catalog.Place) catalog.Dataset { return catalog.Dataset{Spatial: []catalog.Place{p}} }
	for _, tc := range []struct {
		name string
		d    catalog.Dataset
		rule string // of the note, or ""
		get  func(catalog.Dataset) any
		want any
	}{
		{"a name finds the code", agent("", "REGIONE LIGURIA"), "ipa-code-found", holder, "r_liguri REGIONE LIGURIA"},
		{"a code finds the name", agent("R_LIGURI", ""), "ipa-name-found", holder, "r_liguri Regione Liguria"},
		{"a code with its name is right in any spelling", agent("c_a074", "Comune di Agliè"), "place-from-holder", holder, "c_a074 Comune di Agliè"},
		{"a code that is another body's is told", agent("c_a074", "Comune di Torino"), "ipa-name-differs", holder, "c_a074 Comune di Torino"},
		{"a code that is not there is corrected by the name", agent("c_zzzz", "Regione Liguria"), "ipa-code-corrected", holder, "r_liguri Regione Liguria"},
		{"a code and a name that are not there are told", agent("c_zzzz", "Ente ignoto"), "ipa-code-unknown", holder, "c_zzzz Ente ignoto"},
		{"a VAT number is not looked up", agent("01234567890", "Azienda"), "", holder, "01234567890 Azienda"},
		{"a named municipality gets its IRI", at(catalog.Place{Name: catalog.It("Comune di Agliè")}), "place-found", spatial, []catalog.Place{{URI: cities + "001001", Name: catalog.It("Comune di Agliè")}}},
		{"one of the EU table gets that IRI", at(catalog.Place{Name: catalog.It("agrigento")}), "place-found", spatial, []catalog.Place{{URI: place + "ITA_AGR"}}},
		{"an ISTAT code gets its name", at(catalog.Place{URI: cities + "001001"}), "", spatial, []catalog.Place{{URI: cities + "001001", Name: catalog.It("Agliè")}}},
		{"another place stays", at(catalog.Place{Name: catalog.It("Lago")}), "", spatial, []catalog.Place{{Name: catalog.It("Lago")}}},
		{"a municipality's dataset is about it", agent("c_a001", "Comune di Abano Terme"), "place-from-holder", spatial, []catalog.Place{{URI: cities + "028001", Name: catalog.It("Abano Terme")}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			d, without := tc.d, tc.d
			before := slices.Clone(tc.d.Spatial)
			dcat.Complete(&d, dcat.Defaults{Registers: registers(t)})
			if diff := cmp.Diff(tc.want, tc.get(d)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(before, tc.d.Spatial); diff != "" {
				t.Errorf("what was given changed: %s", diff)
			}
			ours := slices.DeleteFunc(rules(d.Notes), func(r string) bool { return !strings.HasPrefix(r, "ipa-") && !strings.HasPrefix(r, "place-") })
			if tc.rule != "" && !slices.Contains(ours, tc.rule) || tc.rule == "" && len(ours) > 0 {
				t.Errorf("notes %v, want %q", ours, tc.rule)
			}
			again := d
			dcat.Complete(&again, dcat.Defaults{Registers: registers(t)})
			if diff := cmp.Diff(d, again); diff != "" {
				t.Errorf("completing twice changes something: %s", diff)
			}
			dcat.Complete(&without, dcat.Defaults{})
			if slices.ContainsFunc(rules(without.Notes), func(r string) bool { return strings.HasPrefix(r, "ipa-") || strings.HasPrefix(r, "place-") }) {
				t.Errorf("without registers: %v", rules(without.Notes))
			}
		})
	}
}

func TestAHighValueServiceIsMarkedOnlyWhole(t *testing.T) {
	d := full(1)
	d.HVD = []string{"c_ac64a52d", "c_c3de25e4"}
	x := &d.Distributions[0]
	x.Services[0].Legislation, x.Services[0].HVD, x.Services[0].Contacts, x.Services[0].Pages = nil, nil, nil, nil
	half := catalog.Service{Title: catalog.It("Senza contatto"), EndpointURLs: []string{"https://dati.comune.esempio.it/altro"}}
	x.Services = append(x.Services, half)
	d.LandingPage = ""
	kept := slices.Clone(x.Services)
	dcat.Complete(d, dcat.Defaults{})
	if diff := cmp.Diff([]string{"c_c3de25e4", "c_ac64a52d"}, d.HVD); diff != "" {
		t.Errorf("the narrowest comes first: %s", diff)
	}
	if len(kept[0].Legislation) > 0 {
		t.Error("what was given changed")
	}
	doc := string(ntriples(t, d))
	if n := strings.Count(doc, "applicableLegislation"); n != 4 { // dataset, two distributions, the whole service
		t.Errorf("%d marks, want 4", n)
	}
	d.HVD, d.Distributions = nil, nil
	d.Notes = nil
	dcat.Complete(d, dcat.Defaults{})
	if !slices.Contains(rules(d.Notes), "hvd-category-missing") || strings.Contains(string(ntriples(t, d)), "applicableLegislation") {
		t.Errorf("a regulation without a category: %v", rules(d.Notes))
	}
}
