package api

import (
	"context"

	"portico/api/schema"
	"portico/catalog"
)

// addCollaboratorActions adds the actions by which CKAN lets people work on
// single datasets, where that is enabled. Here, as in CKAN unless told
// otherwise, organizations say who works on what.
func (s *Server) addCollaboratorActions(t map[string]action) {
	user := param{"user_id", "text", "the name or the ID of a user"}
	capacity := param{"capacity", "text", "editor or member"}
	const help = "Refuses: who works on a dataset is said by its organization."
	t["package_collaborator_list"] = read(none, s.noCollaborators, help, refParam, capacity).only(signedIn)
	t["package_collaborator_list_for_user"] = read(none, s.noCollaborators, help, refParam, capacity).only(signedIn)
	t["package_collaborator_create"] = write(none, s.noCollaborators, help, refParam, user, capacity).only(signedIn)
	t["package_collaborator_delete"] = write(none, s.noCollaborators, help, refParam, user).only(signedIn)
}

func (s *Server) noCollaborators(context.Context, struct{}) (result, error) {
	return nil, schema.Says("message", "Dataset collaborators not enabled")
}

// addFileActions adds the actions of CKAN's files that belong to nothing. As
// in a CKAN that has no storage for them, there are none.
func (s *Server) addFileActions(t map[string]action) {
	t["file_create"] = write(asGiven, s.fileCreate, "Refuses: files are kept with the distributions of datasets.",
		param{"name", "text", "its name"}, param{"upload", "file", "the file"}).only(signedIn)
	t["file_show"] = read(readID, s.fileShow, "A file that belongs to nothing; there are none.", param{"id", "text", "its ID"}).only(signedIn)
}

func (s *Server) fileCreate(_ context.Context, a *args) (result, error) {
	if a.files["upload"] == nil {
		return nil, schema.Fault("upload", "Missing value")
	}
	return nil, schema.Fault("storage", "Storage default is not configured")
}

func (s *Server) fileShow(context.Context, string) (result, error) {
	return nil, withDetail(catalog.NotFound, "file")
}
