package worker

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// The marks of what is sent: values, and the end of the rows.
const (
	markNull byte = iota
	markInteger
	markDecimal
	markFalse
	markTrue
	markText
	markTime
	markDuration
	markRow
	markEnd
	markFailed
)

// maxFrame is how many bytes one text or answer may take.
const maxFrame = 80 << 20

var errFrame = errors.New("worker: the answer makes no sense")

// frames writes what the child answers.
type frames struct {
	w   *bufio.Writer
	buf []byte
}

func newFrames(w io.Writer) *frames { return &frames{w: bufio.NewWriterSize(w, 256<<10)} }

func (f *frames) answer(a answer) error {
	b, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if _, err := f.w.Write(append(binary.AppendUvarint(nil, uint64(len(b))), b...)); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return f.w.Flush()
}

func (f *frames) row(row []any) error {
	b := append(f.buf[:0], markRow)
	for _, v := range row {
		switch v := v.(type) {
		case int64:
			b = binary.AppendVarint(append(b, markInteger), v)
		case float64:
			b = binary.LittleEndian.AppendUint64(append(b, markDecimal), math.Float64bits(v))
		case bool:
			if v {
				b = append(b, markTrue)
			} else {
				b = append(b, markFalse)
			}
		case string:
			b = append(binary.AppendUvarint(append(b, markText), uint64(len(v))), v...)
		case time.Time:
			b = binary.AppendVarint(binary.AppendVarint(append(b, markTime), v.Unix()), int64(v.Nanosecond()))
		case time.Duration:
			b = binary.AppendVarint(append(b, markDuration), int64(v))
		default:
			b = append(b, markNull)
		}
	}
	f.buf = b
	_, err := f.w.Write(b)
	return err
}

// end closes the rows, with what went wrong or nil.
func (f *frames) end(failed *failure) error {
	if failed == nil {
		if err := f.w.WriteByte(markEnd); err != nil {
			return err
		}
		return f.w.Flush()
	}
	if err := f.w.WriteByte(markFailed); err != nil {
		return err
	}
	return f.answer(answer{Error: failed})
}

// A frameReader reads what a child answers. The child reads hostile files, so
// nothing of what it says is believed.
type frameReader struct{ r *bufio.Reader }

func newFrameReader(r io.Reader) *frameReader {
	return &frameReader{r: bufio.NewReaderSize(r, 256<<10)}
}

func (f *frameReader) answer() (a answer, err error) {
	b, err := f.bytes()
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return a, fmt.Errorf("%w: %w", errFrame, err)
	}
	return a, nil
}

// bytes reads a length and as many bytes, growing with what comes.
func (f *frameReader) bytes() ([]byte, error) {
	n, err := binary.ReadUvarint(f.r)
	if err != nil {
		return nil, err
	}
	if n > maxFrame {
		return nil, errFrame
	}
	if n <= 1<<20 {
		b := make([]byte, n)
		_, err := io.ReadFull(f.r, b)
		return b, err
	}
	b, err := io.ReadAll(io.LimitReader(f.r, int64(n)))
	if err == nil && uint64(len(b)) < n {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// row reads a row, or the end: more is false after the last.
func (f *frameReader) row(into []any) (more bool, failed *failure, err error) {
	mark, err := f.r.ReadByte()
	if err != nil {
		return false, nil, err
	}
	switch mark {
	case markEnd:
		return false, nil, nil
	case markFailed:
		a, err := f.answer()
		if err == nil && a.Error == nil {
			err = errFrame
		}
		return false, a.Error, err
	case markRow:
	default:
		return false, nil, errFrame
	}
	for i := range into {
		if into[i], err = f.value(); err != nil {
			return false, nil, err
		}
	}
	return true, nil, nil
}

func (f *frameReader) value() (any, error) {
	mark, err := f.r.ReadByte()
	if err != nil {
		return nil, err
	}
	switch mark {
	case markNull:
		return nil, nil //nolint:nilnil // a null is a value
	case markInteger:
		return binary.ReadVarint(f.r)
	case markDecimal:
		var b [8]byte
		if _, err := io.ReadFull(f.r, b[:]); err != nil {
			return nil, err
		}
		return math.Float64frombits(binary.LittleEndian.Uint64(b[:])), nil
	case markFalse, markTrue:
		return mark == markTrue, nil
	case markText:
		b, err := f.bytes()
		return string(b), err
	case markTime:
		sec, err := binary.ReadVarint(f.r)
		if err != nil {
			return nil, err
		}
		nsec, err := binary.ReadVarint(f.r)
		return time.Unix(sec, nsec).UTC(), err
	case markDuration:
		n, err := binary.ReadVarint(f.r)
		return time.Duration(n), err
	}
	return nil, errFrame
}
