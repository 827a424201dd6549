package sql

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

// A Request is what the parent asks of a child: to parse a statement and say
// which tables it reads.
type Request struct {
	SQL   string `json:"sql"`
	Rows  int    `json:"rows"`
	Bytes int    `json:"bytes"`
	Check bool   `json:"check,omitempty"`
}

// A Table is a table under the name by which a statement calls it. Its rows are
// in a Parquet file, which goes to the child as a descriptor: it opens nothing
// by itself.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"` // what can be asked for: _id, _full_text and its own
	// Numbered says that the file has no column _id: a row's place is its ID.
	Numbered bool     `json:"numbered,omitempty"`
	File     *os.File `json:"-"`
}

// Tables is what the parent answers: the tables, for each a descriptor.
type Tables struct {
	Tables []Table `json:"tables"`
}

// A Reading is what a child has understood of a statement.
type Reading struct {
	Refused  *Refused `json:"refused,omitempty"`
	Tables   []string `json:"tables,omitempty"`
	Volatile bool     `json:"volatile,omitempty"`
}

// An Ending is the last that a child says.
type Ending struct {
	Refused   *Refused `json:"refused,omitempty"`
	Truncated bool     `json:"truncated,omitempty"`
	Rows      int      `json:"rows"`
}

// The marks of messages.
const (
	markAsk byte = iota + 1
	markReading
	markTables
	markFields
	markRecords
	markEnding
)

// maxMessage is how large one message may be.
const maxMessage = 4 << 20

var errMessage = errors.New("sql: the message makes no sense")

// A Wire is a connection between parent and child. It is for one goroutine.
type Wire struct{ c *net.UnixConn }

// NewWire returns a Wire over one end of a pair of sockets, which it takes over.
func NewWire(f *os.File) (*Wire, error) {
	c, err := net.FileConn(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("open the wire: %w", err)
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		return nil, errors.Join(errMessage, c.Close())
	}
	return &Wire{u}, nil
}

// Close ends the connection.
func (w *Wire) Close() error { return w.c.Close() }

// pair returns two sockets that are connected.
func pair() (ours, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("make a pair of sockets: %w", err)
	}
	for _, fd := range fds {
		syscall.CloseOnExec(fd)
		if err := syscall.SetNonblock(fd, true); err != nil {
			return nil, nil, errors.Join(err, syscall.Close(fds[0]), syscall.Close(fds[1]))
		}
	}
	return os.NewFile(uintptr(fds[0]), "wire"), os.NewFile(uintptr(fds[1]), "wire"), nil
}

// send writes a message, with descriptors where there are files.
func (w *Wire) send(mark byte, v any, files ...*os.File) error {
	body, ok := v.([]byte)
	if !ok {
		var err error
		if body, err = json.Marshal(v); err != nil {
			return fmt.Errorf("write a message: %w", err)
		}
	}
	if len(body) > maxMessage {
		return errMessage
	}
	head := binary.BigEndian.AppendUint32([]byte{mark}, uint32(len(body))) //nolint:gosec // bounded above
	var rights []byte
	if len(files) > 0 {
		fds := make([]int, len(files))
		for i, f := range files {
			fds[i] = int(f.Fd()) //nolint:gosec // a descriptor is small
		}
		rights = syscall.UnixRights(fds...)
	}
	if n, _, err := w.c.WriteMsgUnix(head, rights, nil); err != nil || n != len(head) {
		return fmt.Errorf("write a message: %w", errors.Join(err, errMessage))
	}
	if _, err := w.c.Write(body); err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	return nil
}

// receive reads a message, which must be of one of the marks.
func (w *Wire) receive(marks ...byte) (mark byte, body []byte, fds []int, err error) {
	const most = 256 // bytes of descriptors
	head, rights := make([]byte, 5), make([]byte, most)
	n, r, _, _, err := w.c.ReadMsgUnix(head, rights)
	if err == nil && n == 0 {
		err = io.EOF
	}
	if err == nil {
		_, err = io.ReadFull(w.c, head[n:])
	}
	if err != nil {
		return 0, nil, nil, err
	}
	if r > 0 {
		if fds, err = descriptors(rights[:r]); err != nil {
			return 0, nil, nil, err
		}
	}
	size := binary.BigEndian.Uint32(head[1:])
	known := false
	for _, m := range marks {
		known = known || m == head[0]
	}
	if !known || size > maxMessage {
		return 0, nil, nil, errMessage
	}
	body = make([]byte, size)
	_, err = io.ReadFull(w.c, body)
	return head[0], body, fds, err
}

func descriptors(rights []byte) ([]int, error) {
	messages, err := syscall.ParseSocketControlMessage(rights)
	if err != nil || len(messages) != 1 {
		return nil, errors.Join(errMessage, err)
	}
	return syscall.ParseUnixRights(&messages[0])
}

// Receive reads the next request, or the end of all.
func (w *Wire) Receive() (r Request, err error) {
	_, body, _, err := w.receive(markAsk)
	if err == nil {
		err = json.Unmarshal(body, &r)
	}
	return r, err
}

// Reading tells what was understood.
func (w *Wire) Reading(r Reading) error { return w.send(markReading, r) }

// Tables waits for the tables, with a descriptor for each.
func (w *Wire) Tables() (t Tables, fds []int, err error) {
	_, body, fds, err := w.receive(markTables)
	if err == nil {
		err = json.Unmarshal(body, &t)
	}
	if err == nil && len(fds) != len(t.Tables) {
		err = errMessage
	}
	return t, fds, err
}

// Fields tells the columns of the answer.
func (w *Wire) Fields(c []Column) error { return w.send(markFields, c) }

// Records sends rows, JSON objects parted by commas.
func (w *Wire) Records(b []byte) error { return w.send(markRecords, b) }

// End says that all is said.
func (w *Wire) End(e Ending) error { return w.send(markEnding, e) }
