package harvester

import (
	"encoding/json"
)

// A memo is what a connector remembers, with a digest of what a run makes of
// records: when that has changed, all of them must be looked at again.
type memo struct {
	Facts string          `json:"facts"`
	Memo  json.RawMessage `json:"memo"`
}

// recall gives the connector what it remembered. Without datasets there is
// nothing that could be the same.
func (r *run) recall() {
	c, ok := r.conn.(Rememberer)
	if !ok {
		return
	}
	var m memo
	if len(r.before) == 0 || json.Unmarshal(r.state.Memo, &m) != nil || m.Facts != r.digestOf("memo") {
		c.Recall(nil)
		return
	}
	c.Recall(m.Memo)
}

// remember returns what the connector wants to remember of this reading: only
// one that ended well, of which everything was kept, may spare the next one
// anything.
func (r *run) remember() json.RawMessage {
	c, ok := r.conn.(Rememberer)
	if !ok || !r.rep.Complete || r.rep.Failed > 0 || r.rep.Held || r.rep.Withheld > 0 || r.forget {
		return nil
	}
	raw := c.Memo()
	if raw == nil {
		return nil
	}
	out, err := json.Marshal(memo{Facts: r.digestOf("memo"), Memo: raw})
	if err != nil { // not JSON: the next reading is a full one
		return nil
	}
	return out
}
