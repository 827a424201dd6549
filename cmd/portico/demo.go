package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portico/catalog"
	"portico/cmd/portico/demo"
	"portico/harvester"
)

type demoCmd struct{}

// Run serves, and harvests the invented municipality through the real
// connectors once it does.
func (c *demoCmd) Run(ctx context.Context, e *env) error {
	if e.SiteTitle == "Portico" {
		e.SiteTitle = "Dati aperti di Valdoria"
		e.PublisherName, e.PublisherCode = "Comune di Valdoria", "c_vd00"
		e.SiteEmail = "opendata@comune.valdoria.example"
	}
	if terminal(e.stderr) {
		e.log = e.quiet() // whoever looks wants the address, not the log
	}
	return e.serve(ctx, c.begin)
}

// terminal reports whether a person looks at w.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// begin harvests the sources, and then says where to look.
func (c *demoCmd) begin(ctx context.Context, h *house, origin string) error {
	e := h.env
	folder := filepath.Join(e.Data, "demo", "uffici")
	if err := demo.Unpack(folder); err != nil {
		return err
	}
	abs, err := filepath.Abs(folder)
	if err != nil {
		return fmt.Errorf("find the office files: %w", err)
	}
	ln, err := c.listen(ctx, filepath.Join(e.Data, "demo", "address"))
	if err != nil {
		return err
	}
	sources := "http://" + ln.Addr().String()
	srv := &http.Server{Handler: demo.Handler(sources), ReadHeaderTimeout: readHeaderTimeout}
	go func() {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			h.log.ErrorContext(ctx, "the demo's sources stopped", "err", err)
		}
	}()
	defer func() {
		if err := srv.Close(); err != nil {
			h.log.WarnContext(ctx, "the demo's sources did not close", "err", err)
		}
	}()
	for _, src := range demo.Sources(abs, sources) {
		if err := c.harvest(ctx, h, src); err != nil {
			return err
		}
	}
	fmt.Fprintf(e.stdout, "\nPortico è pronto / is ready:\n\n    %s/\n\nCtrl-C per fermarlo / to stop it.\n", origin)
	<-ctx.Done()
	return nil
}

// listen gives the demo's sources the address that they had at the last start,
// if it is free: with other addresses the records would not be the same.
func (c *demoCmd) listen(ctx context.Context, file string) (net.Listener, error) {
	var lc net.ListenConfig
	if b, err := os.ReadFile(file); err == nil {
		if ln, err := lc.Listen(ctx, "tcp", strings.TrimSpace(string(b))); err == nil {
			return ln, nil
		}
	}
	ln, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("serve the demo's sources: %w", err)
	}
	if err := os.WriteFile(file, []byte(ln.Addr().String()+"\n"), 0o640); err != nil {
		return nil, errors.Join(fmt.Errorf("keep the address of the demo's sources: %w", err), ln.Close())
	}
	return ln, nil
}

// harvest harvests one source, and tells the terminal how it goes.
func (c *demoCmd) harvest(ctx context.Context, h *house, src catalog.Source) error {
	old, err := h.Source(ctx, src.Name)
	if err == nil {
		src.ID, src.Created = old.ID, old.Created
	}
	if err := h.PutSource(ctx, &src); err != nil {
		return err
	}
	out := h.env.stdout
	fmt.Fprintf(out, "%-48s ", src.Title+" …")
	start := time.Now()
	rep, err := h.harvester().Run(ctx, src, harvester.Options{})
	if err != nil {
		fmt.Fprintln(out, "non riuscito / failed")
		return err
	}
	fmt.Fprintf(out, "%d dataset: %d cambiati, %d uguali, %d scartati (%.1f s)\n",
		rep.Read.Datasets, rep.Changed, rep.Same, rep.Failed, time.Since(start).Seconds())
	return nil
}
