package api

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// The limits of a picture of an organization, a group or a user. The bytes
// are CKAN's limit.
const (
	maxImageBytes  = 2 << 20
	maxImageSide   = 4000
	maxImagePixels = 6_000_000 // 24 MB when decoded
)

// imageField is the field in which CKAN's clients send a picture.
const imageField = "image_upload"

// imageTypes are the types of pictures that are kept, with their extension.
// A GIF becomes a PNG of its first frame.
var imageTypes = map[string]string{".png": "image/png", ".jpg": "image/jpeg"}

// storeImage keeps the picture of an organization, a group or a user and
// returns its address. Only what could be decoded as a PNG, JPEG or GIF is
// kept, and never the bytes that were sent: the picture is encoded anew, so
// that nothing else hides in it. What a browser would run is refused with 415,
// all else that is no picture with CKAN's own validation error.
func (s *Server) storeImage(ctx context.Context, f *multipart.FileHeader) (url string, err error) {
	if s.blobs == nil || s.records == nil {
		return "", catalog.Errorf(catalog.Unavailable, "there is no place for files").Italian("non c'è spazio per i file")
	}
	raw, err := readImage(f)
	if err != nil {
		return "", err
	}
	out, ext, err := encodeAnew(raw)
	if err != nil {
		return "", err
	}
	hash, _, err := s.blobs.Put(ctx, bytes.NewReader(out), 0)
	if err != nil {
		return "", fmt.Errorf("keep a picture: %w", err)
	}
	// The record says that this blob is a picture for everybody to see: the
	// hash of any other file is no address.
	err = s.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordPicture, Key: hash + ext})
	if err != nil {
		return "", fmt.Errorf("note a picture: %w", err)
	}
	return s.site.Link("/uploads/group/" + hash + ext), nil
}

func readImage(f *multipart.FileHeader) ([]byte, error) {
	if f.Size > maxImageBytes {
		return nil, tooLarge(imageField)
	}
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("open the uploaded picture: %w", err)
	}
	defer func() { _ = in.Close() }()
	raw, err := io.ReadAll(io.LimitReader(in, maxImageBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read the uploaded picture: %w", err)
	}
	if len(raw) > maxImageBytes {
		return nil, tooLarge(imageField)
	}
	return raw, nil
}

// encodeAnew decodes a picture and encodes it again, as PNG or, if it was one,
// as JPEG.
func encodeAnew(raw []byte) (out []byte, ext string, err error) {
	sniff, _, _ := strings.Cut(http.DetectContentType(raw), ";")
	head := raw[:min(len(raw), sniffed)]
	if active(head) {
		return nil, "", unsupportedUpload(http.StatusUnsupportedMediaType, sniffedPage(sniff))
	}
	decode, config := decoderOf(sniff)
	if decode == nil {
		return nil, "", unsupportedUpload(http.StatusConflict, sniff)
	}
	size, err := config(bytes.NewReader(raw))
	if err != nil {
		return nil, "", unsupportedUpload(http.StatusUnsupportedMediaType, sniff)
	}
	if size.Width > maxImageSide || size.Height > maxImageSide || size.Width*size.Height > maxImagePixels {
		return nil, "", tooLarge(imageField)
	}
	img, err := decode(bytes.NewReader(raw))
	if err != nil {
		return nil, "", unsupportedUpload(http.StatusUnsupportedMediaType, sniff)
	}
	var b bytes.Buffer
	if sniff == "image/jpeg" {
		const quality = 88
		err, ext = jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}), ".jpg"
	} else {
		err, ext = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, img), ".png"
	}
	if err != nil {
		return nil, "", fmt.Errorf("encode a picture: %w", err)
	}
	return b.Bytes(), ext, nil
}

func decoderOf(mediaType string) (func(io.Reader) (image.Image, error), func(io.Reader) (image.Config, error)) {
	switch mediaType {
	case "image/png":
		return png.Decode, png.DecodeConfig
	case "image/jpeg":
		return jpeg.Decode, jpeg.DecodeConfig
	case "image/gif":
		return gif.Decode, gif.DecodeConfig
	}
	return nil, nil
}

// unsupportedUpload refuses a picture in CKAN's words.
func unsupportedUpload(status int, mediaType string) error {
	message := "Unsupported upload type: " + mediaType
	if status == http.StatusConflict {
		return invalidField(imageField, message)
	}
	return &fault{status: status, typ: "Validation Error", message: message}
}

// picture answers /uploads/group/HASH.EXT. What it sends is a picture to every
// browser, whatever the bytes look like.
func (s *Server) picture(c *gin.Context) {
	ctx, file := c.Request.Context(), c.Param("file")
	ext := path.Ext(file)
	mediaType, ok := imageTypes[ext]
	if !ok || s.blobs == nil || s.records == nil || len(file) > maxRef {
		s.failPage(c, pageError(http.StatusNotFound))
		return
	}
	r, err := s.records.Record(ctx, catalog.RecordPicture, file)
	if err != nil {
		s.failPage(c, err)
		return
	}
	f, err := s.blobs.Open(ctx, strings.TrimSuffix(file, ext))
	if err != nil {
		s.failPage(c, err)
		return
	}
	defer func() { _ = f.Close() }()
	const year = 365 * 24 * 3600
	h := c.Writer.Header()
	h.Set("Content-Type", mediaType)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "public, max-age="+strconv.Itoa(year)+", immutable")
	h.Set("ETag", `"`+file+`"`)
	http.ServeContent(c.Writer, c.Request, "", r.Created, f)
}
