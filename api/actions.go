package api

// The parameters that several actions have.
var (
	limitParam      = param{"limit", "integer", "how many to list at most"}
	offsetParam     = param{"offset", "integer", "how many to leave out at the start"}
	refParam        = param{"id", "text", "the name or the ID"}
	allFieldsParam  = param{"all_fields", "true or false", "whether to list whole objects rather than names"}
	withCountParam  = param{"include_dataset_count", "true or false", "whether to tell how many datasets there are"}
	withExtrasParam = param{"include_extras", "true or false", "whether to tell the extra fields"}
	withGroupsParam = param{"include_groups", "true or false", "whether to tell the parents"}
	withUsersParam  = param{"include_users", "true or false", "whether to tell the members"}
	withDatasets    = param{"include_datasets", "true or false", "whether to give the first ten datasets, too"}
	partParam       = param{"q", "text", "what is to be found in the name or title"}
)

// actionTable is all that the API can do.
func (s *Server) actionTable() map[string]action {
	t := map[string]action{
		"status_show": read(none, s.statusShow, "What this site is: its title, address, language and the CKAN version that it answers like."),
		"help_show": read(readName, s.helpShow, "What an action does.",
			param{"name", "text", "the name of the action"}),
		"license_list": read(none, s.licenseList, "The licences that every CKAN knows."),
	}
	for _, add := range []func(map[string]action){
		s.addSiteRead, s.addDatasetActions, s.addBodyActions, s.addTagActions, s.addSearchActions,
		s.addPackageWriteActions, s.addResourceWriteActions, s.addBodyWriteActions, s.addMemberActions,
		s.addUserActions, s.addTokenActions, s.addVocabularyActions, s.addViewActions, s.addRelationshipActions,
		s.addFollowActions, s.addActivityActions, s.addAdminActions, s.addDatastoreActions, s.addSQLActions, s.addRDFActions,
		s.addHarvestActions, s.addQualityActions, s.addHoldActions,
	} {
		add(t)
	}
	return t
}

func (s *Server) addDatasetActions(t map[string]action) {
	t["package_list"] = read(readPage, s.packageList,
		"The names of the public datasets, sorted by code point.", limitParam, offsetParam)
	t["package_show"] = read(readPackageShow, s.packageShow, "One dataset with everything that is known of it.", refParam,
		param{"use_default_schema", "true or false", "accepted for CKAN's sake"})
	t["current_package_list_with_resources"] = read(readCurrent, s.currentPackages,
		"The public datasets, whole, the latest changed first.", limitParam, offsetParam,
		param{"page", "integer", "the page to give, from 1; offset is better"})
	t["resource_show"] = read(readID, s.resourceShow, "One distribution of a dataset.",
		param{"id", "text", "the ID of the distribution"})
	t["package_search"] = read(readPackageSearch, s.packageSearch,
		"Finds datasets by words, fields, filters and facets, in the query language of Solr.", searchHelp...)
	t["package_autocomplete"] = read(readPart(10, true), s.packageAutocomplete,
		"Datasets whose name or title holds what was typed.", partParam, limitParam)
}

func (s *Server) addBodyActions(t map[string]action) {
	list := []param{
		{"type", "text", "accepted for CKAN's sake"},
		{"sort", "text", "name, title or package_count, with asc or desc"},
		{"order_by", "text", "the old name of sort"},
		limitParam, offsetParam, partParam, allFieldsParam, withCountParam, withExtrasParam, withGroupsParam, withUsersParam,
	}
	show := []param{refParam, withDatasets, withCountParam, withExtrasParam, withGroupsParam, withUsersParam}
	t["organization_list"] = read(readBodyList(true), s.bodyList, "The organizations under which datasets are published.",
		append(list, param{"organizations", "list", "only these names"})...)
	t["group_list"] = read(readBodyList(false), s.bodyList, "The groups of datasets, the 13 themes among them.",
		append(list[:len(list):len(list)], param{"groups", "list", "only these names"})...)
	t["organization_show"] = read(readBodyShow(true), s.bodyShow, "One organization.", show...)
	t["group_show"] = read(readBodyShow(false), s.bodyShow, "One group.", show...)
	t["organization_autocomplete"] = read(readPart(20, false), s.bodyAutocomplete(true),
		"Organizations whose name or title holds what was typed.", partParam, limitParam)
	t["group_autocomplete"] = read(readPart(20, false), s.bodyAutocomplete(false),
		"Groups whose name or title holds what was typed.", partParam, limitParam)
}

func (s *Server) addTagActions(t map[string]action) {
	vocabulary := param{"vocabulary_id", "text", "the name or ID of a vocabulary; without, the free tags are meant"}
	query := param{"query", "text", "what the tags must hold; q is the same"}
	q := param{"q", "text", "the same as query"}
	t["tag_list"] = read(readTagList, s.tagList, "The tags of public datasets.", query, q, vocabulary, allFieldsParam)
	t["tag_show"] = read(readTagShow, s.tagShow, "One tag.", refParam, vocabulary, withDatasets)
	t["tag_autocomplete"] = read(readTagPart, s.tagAutocomplete, "Tags that hold what was typed.", query, q, vocabulary, limitParam, offsetParam)
	t["format_autocomplete"] = read(readPart(5, true), s.formatAutocomplete,
		"Formats that hold what was typed, the most frequent first, in lower case.", partParam, limitParam)
}

// searchHelp are the parameters of package_search.
var searchHelp = []param{
	{"q", "text", "words to look for; with a colon, a query in Lucene's syntax"},
	{"fq", "text", "a filter in Lucene's syntax"},
	{"fq_list", "list", "more filters, all of which must match"},
	{"sort", "text", "such as \"score desc, metadata_modified desc\""},
	{"rows", "integer", "how many datasets to give, 10 unless told, 1000 at most"},
	{"start", "integer", "how many to leave out at the start"},
	{"facet", "true or false", "whether to count values"},
	{"facet.field", "list", "the fields of which to count values"},
	{"facet.limit", "integer", "how many values of each to give; negative: all"},
	{"facet.mincount", "integer", "the least number that a value must have"},
	{"fl", "list", "the fields to give instead of whole datasets"},
	{"qf", "text", "the fields in which words are looked for, with weights"},
	{"defType", "text", "dismax or edismax: how words are read"},
	{"include_private", "true or false", "whether to give your organizations' private datasets, too"},
	{"include_drafts", "true or false", "accepted for CKAN's sake"},
	{"include_deleted", "true or false", "accepted for CKAN's sake"},
	{"use_default_schema", "true or false", "accepted for CKAN's sake"},
	{"ext_bbox", "text", "west,south,east,north in degrees: only datasets with a place in that box; not where CKAN's own search is answered (search language en)"},
	{"extras", "text", "ext_bbox may stand in it; else accepted for CKAN's sake"},
	{"df", "text", "accepted for CKAN's sake"},
	{"wt", "text", "accepted for CKAN's sake"},
	{"bf", "text", "accepted for CKAN's sake"},
	{"boost", "text", "accepted for CKAN's sake"},
	{"tie", "text", "accepted for CKAN's sake"},
	{"mm", "text", "accepted for CKAN's sake"},
}
