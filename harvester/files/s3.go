package files

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"portico/catalog"
)

// An s3Depot is what lies under a prefix in a bucket of an S3 store, at
// s3://host/bucket/prefix.
type s3Depot struct {
	c      *minio.Client
	at     *url.URL
	bucket string
	prefix string
	open   bool // without a credential, so that its addresses are of use to all
}

// newS3 checks an address; requests go by client's transport alone.
func newS3(src catalog.Source, client *http.Client, o Options) (depot, error) {
	u, err := depotAddress(src.URL, "an S3 bucket", "un bucket S3")
	if err != nil {
		return nil, err
	}
	bucket, prefix, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if prefix != "" {
		prefix += "/"
	}
	options := &minio.Options{
		Secure: o.TLS != "off", Region: o.Region, BucketLookup: minio.BucketLookupPath, MaxRetries: 1, // the transport tries again itself
		Creds: credentials.NewStaticV4(src.Credential.User, src.Credential.Password, src.Credential.Token),
	}
	if options.Region == "" {
		options.Region = "us-east-1"
	}
	if client != nil {
		options.Transport = client.Transport
	}
	d := &s3Depot{bucket: bucket, prefix: prefix, open: src.SecretFor == ""}
	if d.c, err = minio.New(u.Host, options); err != nil || bucket == "" {
		return nil, catalog.Errorf(catalog.Invalid, "the address of an S3 bucket is s3://host/bucket/prefix").
			Italian("l'indirizzo di un bucket S3 è s3://host/bucket/prefisso").Because(err)
	}
	d.at = d.c.EndpointURL()
	return d, nil
}

// version implements depot: a bucket tells none.
func (d *s3Depot) version(context.Context) (string, error) { return "", nil }

// close implements depot.
func (d *s3Depot) close() {}

// list implements depot.
func (d *s3Depot) list(ctx context.Context, s *shelf, enters func(folder string) bool) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop() // the listing goes on in a goroutine of the client's until then
	n := 0
	for o := range d.c.ListObjects(ctx, d.bucket, minio.ListObjectsOptions{Prefix: d.prefix, Recursive: true}) {
		if o.Err != nil {
			return unreached(d.at.Host+"/"+d.bucket, o.Err)
		}
		if n++; n > 10*maxFiles {
			return tooMany(n)
		}
		name, inside := strings.CutPrefix(o.Key, d.prefix)
		if !inside || name == "" || strings.HasSuffix(name, "/") || strings.ContainsAny(name, "\x00\\") || !reached(name, enters) {
			continue
		}
		it := item{path: name, size: o.Size, modified: o.LastModified, open: func(ctx context.Context) (file, error) { return d.read(ctx, o.Key) }}
		if etag := strings.Trim(o.ETag, `"`); etag != "" {
			it.stamp = etag
		}
		if d.open {
			u := *d.at
			u.Path = "/" + d.bucket + "/" + o.Key
			it.url = u.String()
		}
		s.put(it)
		if err := tooMany(len(s.items) + len(s.sheets)); err != nil {
			return err
		}
	}
	return nil
}

func (d *s3Depot) read(ctx context.Context, key string) (file, error) {
	o, err := d.c.GetObject(ctx, d.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, unreached(d.at.Host+"/"+d.bucket, err)
	}
	defer o.Close()
	return whole(o, key)
}
