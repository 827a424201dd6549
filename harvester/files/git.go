package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/memory"

	"portico/catalog"
	"portico/harvester/web"
)

// A gitDepot is the files of the latest commit of a branch, fetched without
// its history over HTTP. Nothing is checked out: no hook runs, no link is
// followed, and what is not a file of the tree is not there.
type gitDepot struct {
	at     *url.URL
	folder string // with a slash at its end; "" = all
	branch string
	auth   transport.AuthMethod
	wire   transport.Transport

	head plumbing.Hash
}

// Limits on a repository.
const (
	maxPack     = 200 << 20 // as it is sent
	maxUnpacked = 1 << 30   // all of its objects
	maxObjects  = 500_000
)

// newGit checks an address: https://host/path.git, or git+https for one whose
// path ends otherwise.
func newGit(src catalog.Source, client *http.Client, o Options) (depot, error) {
	raw := strings.TrimPrefix(strings.TrimSpace(src.URL), "git+")
	if rest, ok := strings.CutPrefix(raw, "git://"); ok {
		raw = "https://" + rest
	}
	u, err := web.Address(raw, "un repository Git", "a Git repository")
	if err != nil || u.RawQuery != "" {
		return nil, catalog.Errorf(catalog.Invalid, "the address of a Git repository is git+https://host/path").
			Italian("l'indirizzo di un repository Git è git+https://host/percorso").Because(err)
	}
	if u.Scheme == "http" && o.TLS != "off" {
		return nil, catalog.Errorf(catalog.Invalid, "a Git repository is read over https").Italian("un repository Git si legge via https")
	}
	d := &gitDepot{at: u, branch: o.Branch, wire: githttp.NewClient(client)}
	if folder := strings.Trim(path.Clean("/"+o.Folder), "/"); folder != "" {
		d.folder = folder + "/"
	}
	if c := src.Credential; c.Password != "" || c.Token != "" {
		// Servers take a token as the password of any account.
		d.auth = &githttp.BasicAuth{Username: cmp.Or(c.User, "portico"), Password: cmp.Or(c.Token, c.Password)}
	}
	return d, nil
}

// ask opens a session and finds the commit that the branch is at.
func (d *gitDepot) ask(ctx context.Context) (transport.UploadPackSession, *packp.AdvRefs, error) {
	at, err := transport.NewEndpoint(d.at.String())
	if err != nil {
		return nil, nil, unreached(d.at.Redacted(), err)
	}
	s, err := d.wire.NewUploadPackSession(at, d.auth)
	if err != nil {
		return nil, nil, unreached(d.at.Redacted(), err)
	}
	refs, err := s.AdvertisedReferencesContext(ctx)
	if err != nil {
		_ = s.Close() // what was asked says more
		return nil, nil, gitTrouble(d.at, err)
	}
	if d.head, err = d.tip(refs); err != nil {
		_ = s.Close() // nor here
		return nil, nil, err
	}
	return s, refs, nil
}

func gitTrouble(at *url.URL, err error) error {
	if errors.Is(err, transport.ErrRepositoryNotFound) || errors.Is(err, transport.ErrAuthenticationRequired) || errors.Is(err, transport.ErrAuthorizationFailed) {
		return catalog.Errorf(catalog.Unavailable, "there is no Git repository at %s, or it wants another credential", at.Redacted()).
			Italian("all'indirizzo %s non c'è un repository Git, o vuole altre credenziali", at.Redacted()).Because(err)
	}
	return unreached(at.Redacted(), err)
}

// tip returns the commit of the branch.
func (d *gitDepot) tip(refs *packp.AdvRefs) (plumbing.Hash, error) {
	if d.branch != "" {
		for _, prefix := range []string{"refs/heads/", "refs/tags/"} {
			if h, ok := refs.Peeled[prefix+d.branch]; ok {
				return h, nil
			}
			if h, ok := refs.References[prefix+d.branch]; ok {
				return h, nil
			}
		}
		return plumbing.ZeroHash, catalog.Errorf(catalog.Invalid, "the repository has no branch %.80q", d.branch).
			Italian("il repository non ha il ramo %.80q", d.branch)
	}
	if refs.Head == nil {
		return plumbing.ZeroHash, catalog.Errorf(catalog.Invalid, "the repository is empty").Italian("il repository è vuoto")
	}
	return *refs.Head, nil
}

// version implements depot: the commit, with the folder that is read of it.
func (d *gitDepot) version(ctx context.Context) (string, error) {
	s, _, err := d.ask(ctx)
	if err != nil {
		return "", err
	}
	return d.head.String() + ":" + d.folder, s.Close()
}

// close implements depot.
func (d *gitDepot) close() {}

// list implements depot.
func (d *gitDepot) list(ctx context.Context, s *shelf, enters func(folder string) bool) error {
	objects, err := d.fetch(ctx)
	if err != nil {
		return err
	}
	tree, err := d.tree(objects)
	if err != nil {
		return gitTrouble(d.at, err)
	}
	w := object.NewTreeWalker(tree, true, nil)
	defer w.Close()
	for n := 0; ; n++ {
		full, e, err := w.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil && !errors.Is(err, plumbing.ErrObjectNotFound) { // of a submodule, which lies elsewhere
			return gitTrouble(d.at, err)
		}
		name, inside := strings.CutPrefix(full, d.folder)
		if !inside || name == "" || n > maxObjects {
			continue
		}
		putEntry(s, objects, name, e, enters)
		if err := tooMany(len(s.items) + len(s.sheets) + len(s.refused)); err != nil {
			return err
		}
	}
}

// tree returns the files of the commit that the branch is at.
func (d *gitDepot) tree(objects *memory.Storage) (*object.Tree, error) {
	commit, err := object.GetCommit(objects, d.head)
	if err != nil {
		return nil, err
	}
	return commit.Tree()
}

// putEntry puts an entry of a tree on the shelf, to be read when it is opened.
// A link is refused aloud, for whoever put it there expects a file.
func putEntry(s *shelf, objects *memory.Storage, name string, e object.TreeEntry, enters func(folder string) bool) {
	switch {
	case e.Mode == filemode.Symlink:
		s.refused = append(s.refused, refusal{name, linkRefused(name)})
	case e.Mode.IsFile() && reached(name, enters):
		s.put(item{path: name, size: -1, stamp: e.Hash.String(), open: func(context.Context) (file, error) { return blobOf(objects, e.Hash, name) }})
	}
}

func blobOf(objects *memory.Storage, hash plumbing.Hash, name string) (file, error) {
	b, err := object.GetBlob(objects, hash)
	if err != nil {
		return nil, fmt.Errorf("read %.200s: %w", name, err)
	}
	r, err := b.Reader()
	if err != nil {
		return nil, fmt.Errorf("read %.200s: %w", name, err)
	}
	defer r.Close()
	return whole(r, name)
}

// fetch gets the one commit with its files.
func (d *gitDepot) fetch(ctx context.Context) (*memory.Storage, error) {
	s, refs, err := d.ask(ctx)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	req, err := d.request(refs)
	if err != nil {
		return nil, gitTrouble(d.at, err)
	}
	answer, err := s.UploadPack(ctx, req)
	if err != nil {
		return nil, gitTrouble(d.at, err)
	}
	defer answer.Close()
	return d.unpack(answer)
}

// request asks for the one commit, without its history where the server can
// leave that out, and in ways alone that the server has said it knows.
func (d *gitDepot) request(refs *packp.AdvRefs) (*packp.UploadPackRequest, error) {
	req := packp.NewUploadPackRequestFromCapabilities(refs.Capabilities)
	req.Wants = []plumbing.Hash{d.head}
	req.Capabilities.Delete(capability.Sideband) // the pack alone, without words of progress
	req.Capabilities.Delete(capability.Sideband64k)
	if refs.Capabilities.Supports(capability.NoProgress) {
		if err := req.Capabilities.Set(capability.NoProgress); err != nil {
			return nil, err
		}
	}
	if refs.Capabilities.Supports(capability.Shallow) {
		req.Depth = packp.DepthCommits(1)
		if err := req.Capabilities.Set(capability.Shallow); err != nil {
			return nil, err
		}
	}
	return req, nil
}

// unpack takes the objects out of a pack. It lies in a file meanwhile, since it
// is read twice: what it comes to is known before anything is kept in memory.
func (d *gitDepot) unpack(answer io.Reader) (*memory.Storage, error) {
	pack, err := os.CreateTemp("", "portico-git-*")
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = pack.Close()           // it is of no use any more
		_ = os.Remove(pack.Name()) // nor its name
	}()
	if n, err := io.Copy(pack, io.LimitReader(answer, maxPack+1)); err != nil || n > maxPack {
		return nil, gitTrouble(d.at, cmp.Or(err, errPack))
	}
	if err := weigh(pack); err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the repository is too large, or broken").Italian("il repository è troppo grande, o guasto").Because(err)
	}
	objects := memory.NewStorage()
	if _, err := pack.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	if err := packfile.UpdateObjectStorage(objects, pack); err != nil {
		return nil, gitTrouble(d.at, err)
	}
	return objects, nil
}

var errPack = errors.New("the pack holds more than it may")

// weigh reads a pack once and adds up what its objects come to when they are
// unpacked, of deltas too, whose size is in their first bytes: so that what is
// kept in memory afterwards is known before.
func weigh(pack io.ReadSeeker) error {
	if _, err := pack.Seek(0, io.SeekStart); err != nil {
		return err
	}
	s := packfile.NewScanner(pack)
	_, count, err := s.Header()
	if err != nil {
		return err
	}
	if count > maxObjects {
		return errPack
	}
	total := int64(0)
	for range count {
		size, err := weighNext(s)
		if err != nil {
			return err
		}
		if total += size; size > maxMember || total > maxUnpacked {
			return errPack
		}
	}
	return nil
}

// weighNext returns what the next object of a pack comes to. One that is longer
// than its header says is given up on at once.
func weighNext(s *packfile.Scanner) (int64, error) {
	h, err := s.NextObjectHeader()
	if err != nil {
		return 0, err
	}
	if h.Length < 0 || h.Length > maxMember {
		return 0, errPack
	}
	w := &weight{most: h.Length}
	if _, _, err := s.NextObject(w); err != nil {
		return 0, err
	}
	if h.Type == plumbing.OFSDeltaObject || h.Type == plumbing.REFDeltaObject {
		return max(w.n, w.target()), nil
	}
	return w.n, nil
}

// A weight counts what is written to it and keeps how it began.
type weight struct {
	n, most int64
	head    []byte
}

// Write implements io.Writer.
func (w *weight) Write(p []byte) (int, error) {
	if w.n += int64(len(p)); w.n > w.most {
		return 0, errPack
	}
	if room := 20 - len(w.head); room > 0 {
		w.head = append(w.head, p[:min(room, len(p))]...)
	}
	return len(p), nil
}

// target is how large a delta says that its outcome is: the second of two
// numbers of seven bits a byte.
func (w *weight) target() int64 {
	var n [2]int64
	i := 0
	for k := range n {
		for shift := 0; i < len(w.head) && shift < 56; shift += 7 {
			b := w.head[i]
			i++
			n[k] |= int64(b&0x7f) << shift
			if b&0x80 == 0 {
				break
			}
		}
	}
	return n[1]
}
