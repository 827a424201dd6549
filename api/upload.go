package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"time"

	"portico/catalog"
	"portico/internal/ckan"
)

// defaultMaxUpload is how large an uploaded file may be unless Config says
// otherwise; it is CKAN's own limit.
const defaultMaxUpload = 10 << 20

// sniffed is how many bytes of a file say what it is.
const sniffed = 512

// tooLarge is what CKAN says of a file beyond its limit.
func tooLarge(field string) error {
	return invalidField(field, "File upload too large")
}

// invalidField is a validation error of one field.
func invalidField(field, message string) error {
	return &catalog.Error{Kind: catalog.Invalid, Msg: message, Fields: map[string][]string{field: {message}}}
}

// storeUpload keeps an uploaded file among the blobs and returns what to note
// of it: its type is told by its bytes, its name made safe as CKAN makes it.
// maxBytes = 0 is the limit of the server. A file beyond it is refused and
// nothing of it stays. What the caller does not note afterwards is a blob to
// which nothing refers: equal bytes may belong to others, so it is not deleted.
func (s *Server) storeUpload(ctx context.Context, f *multipart.FileHeader, maxBytes int64) (*catalog.File, error) {
	if s.blobs == nil {
		return nil, catalog.Errorf(catalog.Unavailable, "there is no place for files").Italian("non c'è spazio per i file")
	}
	if maxBytes <= 0 {
		maxBytes = s.maxUpload
	}
	if f.Size > maxBytes {
		return nil, tooLarge("upload")
	}
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open the uploaded file: %w", err)
	}
	defer func() { _ = in.Close() }()
	head := make([]byte, sniffed)
	n, err := io.ReadFull(in, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read the uploaded file: %w", err)
	}
	head = head[:n]
	hash, size, err := s.blobs.Put(ctx, io.MultiReader(bytes.NewReader(head), in), maxBytes)
	if catalog.KindOf(err) == catalog.Invalid {
		return nil, tooLarge("upload")
	}
	if err != nil {
		return nil, fmt.Errorf("keep the uploaded file: %w", err)
	}
	name := uploadName(f.Filename)
	return &catalog.File{
		Hash: hash, Name: name, Size: size, MediaType: mediaTypeOf(name, head),
		Fetched: s.now().UTC().Truncate(time.Microsecond), Uploaded: true,
	}, nil
}

// uploadName returns the name of a file as CKAN would keep it: the last part
// of what the client said, without anything that a path or a header could be
// made of. It is never empty.
func uploadName(said string) string {
	said, _, _ = strings.Cut(said, "\x00")
	name := ckan.MungeFilename(strings.ReplaceAll(said, `\`, "/"))
	if strings.Trim(name, "._") == "" {
		return "file"
	}
	return name
}

// mediaTypeOf tells the type of a file by its first bytes. Where they only say
// that it is text, or some container, the name tells more: but a name never
// makes a page into something else.
func mediaTypeOf(name string, head []byte) string {
	sniff, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if active(head) {
		return sniffedPage(sniff)
	}
	switch sniff {
	case "text/plain", "application/octet-stream", "application/zip", "text/xml", "application/x-gzip":
		if t, ok := ckan.GuessMediaType(name); ok && !strings.Contains(t, "html") && !strings.Contains(t, "svg") {
			return t
		}
	}
	return sniff
}

// sniffedPage is the type of what a browser would run.
func sniffedPage(sniff string) string {
	if sniff == "text/html" {
		return sniff
	}
	return "image/svg+xml"
}

// active reports whether a file begins like something that a browser would
// run: a page, or a drawing that may hold scripts.
func active(head []byte) bool {
	if strings.HasPrefix(http.DetectContentType(head), "text/html") {
		return true
	}
	return bytes.Contains(bytes.ToLower(head), []byte("<svg"))
}
