package schema

var relationshipKind = oneOf("depends_on", "dependency_of", "derives_from", "has_derivation",
	"links_to", "linked_from", "child_of", "parent_of")

var relationshipShape = shape{fields: []field{
	{"comment", optionalText},
	{"id", optionalText},
	{"object", optionalText},
	{"state", []step{ignore}},
	{"subject", optionalText},
	{"type", []step{notEmpty, relationshipKind}},
}}
