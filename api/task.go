package api

import (
	"context"
	"encoding/json"

	"portico/catalog"
)

func (s *Server) addTaskActions(t map[string]action) {
	fields := []param{
		{"entity_id", "text", "the ID of what the task is about"},
		{"entity_type", "text", "what that is"},
		{"task_type", "text", "what is done"},
		{"key", "text", "which part of it"},
		{"value", "text", "how far it is"},
		{"state", "text", "what state it is in"},
		{"error", "text", "what went wrong"},
		{"last_updated", "text", "when that was"},
	}
	id := param{"id", "text", "the ID of the task"}
	t["task_status_show"] = read(asGiven, s.taskShow, "How far a program outside is with a task, such as loading a table.",
		id, fields[0], fields[2], fields[3])
	t["task_status_update"] = write(asGiven, s.taskUpdate, "Notes how far a task is.", append([]param{id}, fields...)...).only(sysadmin)
	t["task_status_update_many"] = write(asGiven, s.tasksUpdate, "Notes how far several tasks are.",
		param{"data", "list", "tasks, as task_status_update takes them"}).only(sysadmin)
	t["task_status_delete"] = write(readID, s.taskDelete, "Forgets a task.", id).only(sysadmin)
}

// A taskStatus says how far a program outside is with something.
type taskStatus struct {
	ID         string  `json:"id"`
	Entity     string  `json:"entity_id"`
	EntityType string  `json:"entity_type"`
	Type       string  `json:"task_type"`
	Key        string  `json:"key"`
	Value      *string `json:"value"`
	State      *string `json:"state"`
	Error      *string `json:"error"`
	Updated    string  `json:"last_updated"`
}

// taskID returns the ID of a task: one thing has one task of a type and key.
func taskID(entity, kind, key string) string { return catalog.StableID("task", entity, kind, key) }

func (s *Server) taskShow(ctx context.Context, a *args) (result, error) {
	id := a.text("id")
	if id == "" {
		for _, name := range []string{"entity_id", "task_type", "key"} {
			if a.required(name); a.err() != nil {
				return nil, a.err() // CKAN tells one at a time
			}
		}
		id = taskID(a.text("entity_id"), a.text("task_type"), a.text("key"))
	}
	if len(id) > maxRef {
		return nil, catalog.Errorf(catalog.NotFound, "no such task")
	}
	r, err := s.records.Record(ctx, catalog.RecordTask, id)
	if err != nil {
		return nil, err
	}
	return one(r.Body), s.mayReadTask(ctx, r.About)
}

// mayReadTask asks whether the actor may know what is done with a thing: they
// must see the thing, for errors quote from it.
func (s *Server) mayReadTask(ctx context.Context, entity string) error {
	if catalog.ActorOf(ctx).Sysadmin {
		return nil
	}
	_, err := s.dataset(ctx, entity)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		_, _, err = s.readableResource(ctx, entity)
	}
	return err
}

// maxTaskText bounds each text of a task, in bytes.
const maxTaskText = 64 << 10

// readTask reads a task as a client sends it. Its ID follows from what it is
// about, whatever ID the client gives.
func (s *Server) readTask(a *args) taskStatus {
	t := taskStatus{
		Entity: a.required("entity_id"), EntityType: a.required("entity_type"), Type: a.required("task_type"), Key: a.required("key"),
		Updated: a.text("last_updated"),
	}
	for name, to := range map[string]**string{"value": &t.Value, "state": &t.State, "error": &t.Error} {
		if a.has(name) {
			text := a.text(name)
			*to = &text
		}
	}
	for name := range a.given {
		if n := len(a.text(name)); n > maxTaskText || name == "entity_id" && n > maxRef {
			a.fault(name, "Too long")
		}
	}
	t.ID = taskID(t.Entity, t.Type, t.Key)
	if t.Updated == "" {
		t.Updated = s.now().UTC().Format(ckanTime)
	}
	return t
}

func (s *Server) taskUpdate(ctx context.Context, a *args) (result, error) {
	t, err := s.keepTask(ctx, a)
	return one(mustJSON(t)), err
}

func (s *Server) keepTask(ctx context.Context, a *args) (taskStatus, error) {
	if id := a.text("id"); id != "" {
		r, err := s.records.Record(ctx, catalog.RecordTask, id[:min(len(id), maxRef)])
		if err != nil && catalog.KindOf(err) == catalog.NotFound {
			err = withDetail(catalog.NotFound, "TaskStatus was not found.")
		}
		if err != nil {
			return taskStatus{}, err
		}
		if err := a.addMissing(r.Body, "entity_id", "entity_type", "task_type", "key"); err != nil {
			return taskStatus{}, err
		}
	}
	t := s.readTask(a)
	if err := a.err(); err != nil {
		return taskStatus{}, err
	}
	return t, s.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordTask, Key: t.ID, About: t.Entity, Body: mustJSON(t)})
}

// addMissing takes the parameters that are not given from a stored thing.
func (a *args) addMissing(stored json.RawMessage, names ...string) error {
	m := map[string]any{}
	if err := json.Unmarshal(stored, &m); err != nil {
		return err
	}
	for _, name := range names {
		if !a.has(name) {
			a.given[name] = m[name]
		}
	}
	return nil
}

// maxAtOnce is how many things may be written by one call.
const maxAtOnce = 1000

// givenObjects returns the objects of the parameter data.
func givenObjects(a *args) (objects []*args, ok bool) {
	list, ok := a.given["data"].([]any)
	if !ok || len(list) > maxAtOnce {
		return nil, false
	}
	for _, x := range list {
		m, isObject := x.(map[string]any)
		if !isObject {
			return nil, false
		}
		objects = append(objects, &args{given: m})
	}
	return objects, true
}

func (s *Server) tasksUpdate(ctx context.Context, a *args) (result, error) {
	objects, ok := givenObjects(a)
	if !ok {
		return nil, catalog.Errorf(catalog.Invalid, "data must be a list of objects, 1000 at most").Italian("data deve essere un elenco di oggetti, al più 1000")
	}
	out := make([]taskStatus, len(objects))
	for i, x := range objects {
		var err error
		if out[i], err = s.keepTask(ctx, x); err != nil {
			return nil, err
		}
	}
	return one(mustJSON(map[string]any{"results": out})), nil
}

func (s *Server) taskDelete(ctx context.Context, id string) (result, error) {
	return nothing(), s.records.RemoveRecord(ctx, catalog.RecordTask, id)
}
