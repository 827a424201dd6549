package files

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"io/fs"
	"path"
	"strings"

	"portico/catalog"
)

func isArchive(name string, head []byte) bool {
	return bytes.HasPrefix(head, []byte("PK\x03\x04")) && (extension(name) == "zip" || !tableExtensions[extension(name)] && !dataExtensions[extension(name)])
}

// archive lists a ZIP. One entry that points outside, or a link, and the whole
// archive is refused: it is not what an office sends.
func archive(it item) (*shelf, error) {
	f, err := it.open(context.Background())
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zip.NewReader(f, it.size)
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the archive cannot be read").Italian("l'archivio non si legge").Because(err)
	}
	if err := tooMany(len(z.File)); err != nil {
		return nil, err
	}
	s := &shelf{}
	seen := make(map[string]bool)
	for i, e := range z.File {
		if strings.HasSuffix(e.Name, "/") || strings.HasPrefix(e.Name, "__MACOSX/") {
			continue
		}
		low := strings.ToLower(e.Name)
		if !harmless(e) || seen[low] {
			return nil, catalog.Errorf(catalog.Invalid, "the archive is refused because of the entry %.80q", e.Name).
				Italian("l'archivio è rifiutato a causa della voce %.80q", e.Name)
		}
		seen[low] = true
		s.put(item{path: e.Name, size: int64(e.UncompressedSize64), modified: e.Modified, open: func(ctx context.Context) (file, error) {
			return member(ctx, it, i)
		}})
	}
	return s.sorted(), nil
}

// harmless reports whether an entry is a file within the archive, under a name
// that means the same on every system.
func harmless(e *zip.File) bool {
	return e.Name == path.Clean(e.Name) && fs.ValidPath(e.Name) && !strings.ContainsAny(e.Name, "\\:\x00") &&
		e.Mode().IsRegular() && len(e.Name) <= 500
}

// member unpacks one file of an archive, within limits that do not trust what
// the archive says of itself.
func member(ctx context.Context, it item, i int) (file, error) {
	f, err := it.open(ctx)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := zip.NewReader(f, it.size)
	if err != nil || i >= len(z.File) {
		return nil, catalog.Errorf(catalog.Invalid, "the archive has changed").Italian("l'archivio è cambiato").Because(err)
	}
	r, err := z.File[i].Open()
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the archive's entry cannot be unpacked").Italian("la voce dell'archivio non si estrae").Because(err)
	}
	defer r.Close()
	most := min(int64(maxMember), max(1<<20, int64(z.File[i].CompressedSize64)*maxRatio))
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, most+1))
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the archive's entry cannot be unpacked").Italian("la voce dell'archivio non si estrae").Because(err)
	}
	if n > most {
		return nil, catalog.Errorf(catalog.Invalid, "the archive's entry unpacks to more than %d bytes", most).
			Italian("la voce dell'archivio si espande a più di %d byte", most)
	}
	return inMemory{bytes.NewReader(b.Bytes())}, nil
}
