package api

import (
	"maps"
	"slices"

	"github.com/gin-gonic/gin"
)

// openAPI answers /openapi.json: what the API can do, in OpenAPI 3.1, made of
// the action table.
func (s *Server) openAPI(c *gin.Context) {
	s.public(c)
	serveBytes(c, "application/json; charset=utf-8", s.openAPIDocument())
}

// An object is a piece of an OpenAPI document.
type object map[string]any

func (s *Server) openAPIDocument() []byte {
	paths := s.filePaths()
	for _, name := range slices.Sorted(maps.Keys(s.actions)) {
		paths["/api/3/action/"+name] = s.actions[name].path(name)
	}
	return mustJSON(object{
		"openapi": "3.1.0",
		"info": object{
			"title": s.site.Title, "version": s.ckanVersion,
			"description": "The action API of CKAN. Every answer has help, success and result, or error in place of result.",
		},
		"externalDocs": object{"url": s.site.Link("/api-docs"), "description": "first steps, recipes and examples"},
		"servers":      []object{{"url": s.site.Link("")}},
		"paths":        paths,
		"components": object{
			"securitySchemes": object{"token": object{"type": "apiKey", "in": "header", "name": "Authorization"}},
			"schemas":         object{"success": answerSchema(true), "failure": answerSchema(false)},
		},
	})
}

// answerSchema is the envelope of an answer (requests §1.3, §1.5).
func answerSchema(success bool) object {
	what, inside := "result", object{}
	if !success {
		what, inside = "error", object{"type": "object", "properties": object{"__type": object{"type": "string"}, "message": object{"type": "string"}}}
	}
	return object{
		"type": "object", "required": []string{"help", "success", what},
		"properties": object{"help": object{"type": "string", "format": "uri"}, "success": object{"const": success}, what: inside},
	}
}

// path tells how an action is called: by GET, where it only reads, and by POST.
func (a action) path(name string) object {
	answers := object{}
	for status, what := range map[string]string{
		"200": "the result", "400": "the request cannot be read", "403": "not for this user",
		"404": "not found", "409": "a value is wrong: the error names fields and messages",
	} {
		schema := "failure"
		if status == "200" {
			schema = "success"
		}
		answers[status] = object{"description": what, "content": object{
			"application/json": object{"schema": object{"$ref": "#/components/schemas/" + schema}},
		}}
	}
	about := func(id string) object {
		return object{
			"operationId": id, "summary": a.help, "description": "May be run by " + a.who.String() + ".",
			"responses": answers, "security": a.security(),
		}
	}
	post := about(name)
	if len(a.params) > 0 {
		post["requestBody"] = object{"content": a.bodies()}
	}
	out := object{"post": post}
	if a.read {
		get := about(name + "_get")
		get["parameters"] = a.query()
		out["get"] = get
	}
	return out
}

// security says that a token is needed, or may be given.
func (a action) security() []object {
	token := object{"token": []string{}}
	if a.read && a.who == anybody {
		return []object{{}, token}
	}
	return []object{token}
}

// bodies are the media types of a request: JSON, and a form where files go.
func (a action) bodies() object {
	properties, files := object{}, false
	for _, p := range a.params {
		properties[p.name] = p.schema()
		files = files || p.typ == "file"
	}
	schema := object{"schema": object{"type": "object", "properties": properties}}
	out := object{"application/json": schema}
	if files {
		out["multipart/form-data"] = schema
	}
	return out
}

func (a action) query() []object {
	out := []object{}
	for _, p := range a.params {
		if p.typ != "file" {
			out = append(out, object{"name": p.name, "in": "query", "description": p.help, "schema": p.schema()})
		}
	}
	return out
}

// schema is the JSON schema of a parameter.
func (p param) schema() object {
	out := object{"description": p.help}
	switch p.typ {
	case "integer":
		out["type"] = "integer"
	case "true or false":
		out["type"] = "boolean"
	case "list":
		out["type"] = "array"
		out["items"] = object{}
	case "object":
		out["type"] = "object"
	case "file":
		out["type"], out["format"] = "string", "binary"
	default:
		out["type"] = "string"
	}
	return out
}
