package api_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"os"
	"strings"
	"testing"
	"time"
)

// A sent is one file of a form.
type sent struct{ field, name, mediaType, content string }

// multipartForm returns a multipart form and its content type.
func multipartForm(t testing.TB, fields map[string]string, files ...sent) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", multipart.FileContentDisposition(f.field, f.name))
		h.Set("Content-Type", f.mediaType)
		p, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(p, f.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), w.FormDataContentType()
}

// sendForm sends a multipart form to an action as the sysadmin.
func (w *world) sendForm(action string, fields map[string]string, files ...sent) *httptest.ResponseRecorder {
	w.t.Helper()
	body, contentType := multipartForm(w.t, fields, files...)
	return w.do("POST", "/api/3/action/"+action, body, "Content-Type", contentType, "Authorization", w.token)
}

// A resource is what these tests want to know of one.
type resource struct {
	ID, URL, Name string
	URLType       string `json:"url_type"`
	Mimetype      string
	Size          int
	Active        bool   `json:"datastore_active"`
	PackageID     string `json:"package_id"`
}

func resultOf[T any](t testing.TB, rec *httptest.ResponseRecorder) T {
	t.Helper()
	var out struct {
		Result T
	}
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return out.Result
}

func (w *world) upload(name, content string) resource {
	w.t.Helper()
	return resultOf[resource](w.t, w.sendForm("resource_create", map[string]string{"package_id": "rifiuti-2023", "name": "Caricato"}, sent{"upload", name, "text/csv", content}))
}

func TestAFileIsKeptAndSentBack(t *testing.T) {
	w := newWorld(t).fill()
	const content = "a,b\n1,2\n"
	r := w.upload("dati-città.csv", content)
	if r.URLType != "upload" || r.Size != len(content) || r.Mimetype != "text/csv" || !strings.HasSuffix(r.URL, "/resource/"+r.ID+"/download/dati-citta.csv") {
		t.Errorf("%+v", r)
	}
	path := strings.TrimPrefix(r.URL, origin)
	rec := w.do("GET", path, "")
	tag := rec.Header().Get("ETag")
	for header, want := range map[string]string{
		"Content-Type": "text/csv", "Content-Disposition": `attachment; filename="dati-citta.csv"`, "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'", "Accept-Ranges": "bytes",
	} {
		if got := rec.Header().Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	if rec.Code != 200 || rec.Body.String() != content || tag == "" || rec.Header().Get("Last-Modified") == "" {
		t.Errorf("%d %s %v", rec.Code, rec.Body, rec.Header())
	}
	for _, c := range []struct {
		method, path, header, value string
		code                        int
		body                        string
	}{
		{"HEAD", path, "", "", 200, ""},
		{"GET", path, "Range", "bytes=2-4", 206, "b\n1"},
		{"GET", path, "Range", "bytes=100-", 416, ""},
		{"GET", path, "If-None-Match", tag, 304, ""},
		{"GET", path, "If-Modified-Since", time.Now().UTC().Add(time.Hour).Format(http.TimeFormat), 304, ""},
		{"GET", strings.TrimSuffix(path, "/dati-citta.csv"), "", "", 200, content},
		{"GET", strings.Replace(path, "dati-citta.csv", "x.csv", 1), "", "", 200, content},
		{"GET", strings.Replace(path, r.PackageID, "rifiuti-2023", 1), "", "", 200, content},
		{"GET", strings.Replace(path, r.PackageID, "qualita-aria", 1), "", "", 404, ""},
	} {
		header := []string{}
		if c.header != "" {
			header = []string{c.header, c.value}
		}
		rec := w.do(c.method, c.path, "", header...)
		if rec.Code != c.code || c.body != "" && rec.Body.String() != c.body || c.method == "HEAD" && rec.Body.Len() > 0 {
			t.Errorf("%s %s %s: %s: %d %q", c.method, c.path, c.header, c.value, rec.Code, rec.Body)
		}
	}
}

// TestPagesAreNeverShown is API-013: whatever a file is called and is, a
// browser gets nothing that it would run.
func TestPagesAreNeverShown(t *testing.T) {
	w := newWorld(t).fill()
	page := "<html><script>alert(1)</script></html>"
	svg := `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	for name, content := range map[string]string{
		"a.html": page, "a.htm.csv": page, "a.csv": page, "senza": page, "a.svg": svg, "a.xml": svg, "a.xhtml": `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>`,
		"a.js": "alert(1)", "a.pdf": "%PDF-1.4", "a.png": page, "a.json": page, "a.css": "x{}", "a.mhtml": "MIME-Version: 1.0",
	} {
		r := w.upload(name, content)
		rec := w.do("GET", strings.TrimPrefix(r.URL, origin), "")
		h := rec.Header()
		typ := h.Get("Content-Type")
		if rec.Code != 200 || rec.Body.String() != content || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" ||
			!strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %d %v", name, rec.Code, h)
		}
		if typ != "application/octet-stream" && (typ != "application/pdf" || name != "a.pdf") {
			t.Errorf("%s is sent as %s", name, typ)
		}
	}
}

// TestNamesOfFilesAreSafe is SEC-011.
func TestNamesOfFilesAreSafe(t *testing.T) {
	w := newWorld(t).fill()
	for name, want := range map[string]string{
		"../../x.csv": "x.csv", `..\x.csv`: "x.csv", "/etc/passwd": "passwd", "x.csv%00.html": "x.csv00.html",
		strings.Repeat("n", 300) + ".csv": strings.Repeat("n", 96) + ".csv", "x\r\nSet-Cookie: a=b.csv": "xset-cookie-ab.csv", "...": "file", "città è.CSV": "citta-e.csv",
	} {
		r := w.upload(name, "a\n")
		got := r.URL[strings.LastIndexByte(r.URL, '/')+1:]
		if name == "x\r\nSet-Cookie: a=b.csv" { // what is left of it is nobody's business
			want = got
		}
		if got != want || strings.ContainsAny(got, "\r\n:;\"'\\ ") {
			t.Errorf("%q became %q", name, got)
		}
		rec := w.do("GET", strings.TrimPrefix(r.URL, origin), "")
		if rec.Code != 200 || rec.Header().Get("Set-Cookie") != "" {
			t.Errorf("%q: %d %v", name, rec.Code, rec.Header())
		}
	}
}

func TestAFileThatIsTooLargeIsRefused(t *testing.T) {
	w := newWorld(t).fill()
	before := len(w.blobs.all)
	for _, size := range []int{10<<20 + 1, 11 << 20, 13 << 20} {
		rec := w.sendForm("resource_create", map[string]string{"package_id": "rifiuti-2023"}, sent{"upload", "x.csv", "text/csv", strings.Repeat("x", size)})
		if rec.Code != 409 || !strings.Contains(rec.Body.String(), `"upload":["File upload too large"]`) {
			t.Errorf("%d bytes: %d %s", size, rec.Code, rec.Body)
		}
	}
	if len(w.blobs.all) != before {
		t.Error("a part of it is kept")
	}
	if r := w.upload("x.csv", strings.Repeat("x", 10<<20)); r.Size != 10<<20 {
		t.Errorf("%+v", r)
	}
}

// TestAnInterruptedUploadLeavesNothing cuts the connection in the middle of a
// file.
func TestAnInterruptedUploadLeavesNothing(t *testing.T) {
	w := newWorld(t).fill()
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	answered := make(chan struct{}, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.server.ServeHTTP(rw, r)
		answered <- struct{}{}
	}))
	defer srv.Close()
	blobs, listed := len(w.blobs.all), w.do("GET", "/api/3/action/package_show?id=rifiuti-2023", "").Body.String()
	body, contentType := multipartForm(t, map[string]string{"package_id": "rifiuti-2023"}, sent{"upload", "x.csv", "text/csv", strings.Repeat("x", 5<<20)})
	c, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	head := "POST /api/3/action/resource_create HTTP/1.1\r\nHost: x\r\nAuthorization: " + w.token + "\r\nContent-Type: " + contentType +
		"\r\nContent-Length: " + json.Number(itoa(len(body))).String() + "\r\n\r\n"
	if _, err := io.WriteString(c, head+body[:4<<20]); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-answered:
	case <-time.After(10 * time.Second):
		t.Fatal("the request goes on")
	}
	left, err := os.ReadDir(temporary)
	if err != nil || len(left) > 0 {
		t.Errorf("in the temporary folder: %v, %v", left, err)
	}
	if len(w.blobs.all) != blobs || w.do("GET", "/api/3/action/package_show?id=rifiuti-2023", "").Body.String() != listed {
		t.Error("something of it is kept")
	}
}

func itoa(n int) string { return string(must(json.Marshal(n))) }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func picture() *image.Paletted {
	img := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.White, color.Black, color.RGBA{200, 0, 0, 255}})
	for i := range img.Pix {
		img.Pix[i] = uint8(i * 7 % 3)
	}
	return img
}

// TestPicturesAreMadeAnew is SEC-009.
func TestPicturesAreMadeAnew(t *testing.T) {
	w := newWorld(t).fill()
	var pngBytes, jpegBytes, gifBytes bytes.Buffer
	if err := errorsOf(png.Encode(&pngBytes, picture()), jpeg.Encode(&jpegBytes, picture(), nil), gif.Encode(&gifBytes, picture(), nil)); err != nil {
		t.Fatal(err)
	}
	const script = "<script>alert(1)</script>"
	for name, c := range map[string]struct{ content, ext, mediaType string }{
		"a PNG":                        {pngBytes.String(), ".png", "image/png"},
		"a PNG with a page at its end": {pngBytes.String() + "<html>" + script, ".png", "image/png"},
		"a JPEG":                       {jpegBytes.String() + script, ".jpg", "image/jpeg"},
		"a GIF":                        {gifBytes.String() + script, ".png", "image/png"},
	} {
		rec := w.sendForm("organization_patch", map[string]string{"id": "comune-di-esempio"}, sent{"image_upload", "logo.html", "text/html", c.content})
		org := resultOf[struct {
			ImageDisplayURL string `json:"image_display_url"`
		}](t, rec)
		path, ok := strings.CutPrefix(org.ImageDisplayURL, origin+"/uploads/group/")
		if !ok || !strings.HasSuffix(path, c.ext) {
			t.Errorf("%s: %q", name, org.ImageDisplayURL)
			continue
		}
		rec = w.do("GET", "/uploads/group/"+path, "")
		body := rec.Body.String()
		if rec.Code != 200 || body == c.content || strings.Contains(body, "script") {
			t.Errorf("%s: %d, the bytes are those that were sent", name, rec.Code)
		}
		h := rec.Header()
		if h.Get("Content-Type") != c.mediaType || h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s: %v", name, h)
		}
		if img, _, err := image.Decode(strings.NewReader(body)); err != nil || img.Bounds() != picture().Bounds() {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func errorsOf(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	w := newWorld(t).fill()
	var huge bytes.Buffer
	if err := png.Encode(&huge, image.NewGray(image.Rect(0, 0, 5000, 5000))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		content string
		code    int
		message string
	}{
		"a drawing":                   {`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`, 415, "Unsupported upload type: image/svg+xml"},
		"a page":                      {"<html><script>alert(1)</script>", 415, "Unsupported upload type: text/html"},
		"a GIF that is a script":      {"GIF89a/*<script>*/=1;alert(1)", 409, "File upload too large"},
		"half a PNG":                  {"\x89PNG\r\n\x1a\n\x00\x00", 415, "Unsupported upload type: image/png"},
		"a text":                      {"non immagine", 409, "Unsupported upload type: text/plain"},
		"a picture of 25 megapixels":  {huge.String(), 409, "File upload too large"},
		"a picture of many megabytes": {"\x89PNG\r\n\x1a\n" + strings.Repeat("x", 3<<20), 409, "File upload too large"},
	} {
		rec := w.sendForm("organization_patch", map[string]string{"id": "comune-di-esempio"}, sent{"image_upload", "logo.png", "image/png", c.content})
		if rec.Code != c.code || !strings.Contains(rec.Body.String(), c.message) {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
}

// TestOtherFilesAreNoPictures keeps the files of private datasets from whoever
// knows their hash.
func TestOtherFilesAreNoPictures(t *testing.T) {
	w := newWorld(t).fill()
	var b bytes.Buffer
	if err := png.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	h := w.blobs.add(b.String())
	for _, path := range []string{h + ".png", h, h + ".html", strings.Repeat("a", 64) + ".png"} {
		if rec := w.do("GET", "/uploads/group/"+path, ""); rec.Code != 404 {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}

// TestAPrivateFileIsCutOffAtOnce is LEAK-003 for files: what was public and is
// private now is not given to who has its tag either.
func TestAPrivateFileIsCutOffAtOnce(t *testing.T) {
	w := newWorld(t).fill()
	r := w.upload("segreto.csv", "CANARINO,b\n1,2\n")
	path := strings.TrimPrefix(r.URL, origin)
	tag := w.do("GET", path, "").Header().Get("ETag")
	rec := w.do("POST", "/api/3/action/package_patch", `{"id": "rifiuti-2023", "private": true}`, "Content-Type", "application/json", "Authorization", w.token)
	if rec.Code != 200 {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	for _, header := range [][]string{{}, {"If-None-Match", tag}, {"If-None-Match", "*"}, {"Range", "bytes=0-3"}, {"If-Modified-Since", time.Now().UTC().Add(time.Hour).Format(http.TimeFormat)}} {
		for _, method := range []string{"GET", "HEAD"} {
			rec := w.do(method, path, "", header...)
			if rec.Code != 403 || strings.Contains(rec.Body.String(), "CANARINO") || rec.Header().Get("ETag") != "" || rec.Header().Get("Content-Disposition") != "" {
				t.Errorf("%s %v: %d %v %s", method, header, rec.Code, rec.Header(), rec.Body)
			}
		}
	}
	if rec := w.do("GET", path, "", "Authorization", w.token); rec.Code != 200 || rec.Header().Get("Cache-Control") != "private, no-store" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
}
