// Package browser drives a Chromium of its own, with an empty profile, for the
// tests of the pages and for their pictures. It knows nothing of the pages: it
// opens tabs and remembers what the browser complained of and whom it asked.
package browser

import (
	"context"
	"fmt"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Find returns the path of this machine's Chromium, or "".
func Find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			return p
		}
	}
	return ""
}

// A Browser is a running Chromium.
type Browser struct{ ctx context.Context }

// Start starts the Chromium at path with a profile in a folder of its own. It
// ends with ctx, or when stop is called.
func Start(ctx context.Context, path, profile string) (b *Browser, stop func(), err error) {
	opts := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]),
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(profile), chromedp.WSURLReadTimeout(90*time.Second),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("disable-quic", true),
	)
	ctx, end := chromedp.NewExecAllocator(ctx, opts...)
	ctx, quit := chromedp.NewContext(ctx)
	stop = func() { quit(); end() }
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, nil, fmt.Errorf("start Chromium: %w", err)
	}
	return &Browser{ctx}, stop, nil
}

// Tab opens a tab of a size in pixels, with or without JavaScript. The visit
// tells what happens in it from now on.
func (b *Browser) Tab(width, height int64, js bool) (ctx context.Context, v *Visit, closes func(), err error) {
	ctx, closes = chromedp.NewContext(b.ctx)
	v = &Visit{}
	if err := chromedp.Listen(ctx, v.note); err != nil {
		closes()
		return nil, nil, nil, err
	}
	err = chromedp.Do(ctx, chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		v.answer = func() {
			_, _ = cdp.Call(ctx, tab, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{}) // it may be gone by itself
		}
		for _, on := range []func() error{
			func() error { _, err := cdp.Call(ctx, tab, network.Enable, network.EnableParams{}); return err },
			func() error { _, err := cdp.Call(ctx, tab, log.Enable, cdp.Empty{}); return err },
			func() error { _, err := cdp.Call(ctx, tab, runtime.Enable, cdp.Empty{}); return err },
			func() error {
				_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !js})
				return err
			},
		} {
			if err := on(); err != nil {
				return err
			}
		}
		return nil
	}))
	if err != nil {
		closes()
		return nil, nil, nil, fmt.Errorf("open a tab: %w", err)
	}
	return ctx, v, closes, nil
}

// A Visit is what the browser told while it showed pages in a tab.
type Visit struct {
	mu       sync.Mutex
	problems []string
	hosts    []string
	answer   func()
}

// Reset forgets what was told before.
func (v *Visit) Reset() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.problems, v.hosts = nil, nil
}

// Problems returns dialogs, errors and warnings of the console, exceptions, and
// violations of the pages' policy.
func (v *Visit) Problems() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.problems)
}

// Hosts returns whom the pages asked for something.
func (v *Visit) Hosts() []string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.hosts)
}

func (v *Visit) note(ev any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(ev.Request.URL); err == nil && u.Scheme != "data" && u.Scheme != "blob" && !slices.Contains(v.hosts, u.Host) {
			v.hosts = append(v.hosts, u.Host)
		}
	case *page.EventJavascriptDialogOpening:
		v.problems = append(v.problems, "dialog: "+ev.Message)
		go v.answer() // or the tab waits for ever
	default:
		if p := complaint(ev); p != "" {
			v.problems = append(v.problems, p)
		}
	}
}

// complaint is what an event complains of, or "".
func complaint(ev any) string {
	switch ev := ev.(type) {
	case *runtime.EventConsoleAPICalled:
		if ev.Type == runtime.ConsoleAPICalledTypeError || ev.Type == runtime.ConsoleAPICalledTypeWarning {
			return fmt.Sprintf("console: %s", ev.Args[0].Value)
		}
	case *runtime.EventExceptionThrown:
		return "exception: " + ev.ExceptionDetails.Text
	case *log.EventEntryAdded:
		if ev.Entry.Level == log.EntryLevelError || ev.Entry.Level == log.EntryLevelWarning {
			return strings.TrimSpace(fmt.Sprintf("%s: %s %s", ev.Entry.Source, ev.Entry.Text, ev.Entry.URL))
		}
	}
	return ""
}
