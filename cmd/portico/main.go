// Command portico is the open-data platform of a municipality, of a union of
// municipalities or of a region: web site, CKAN-compatible API, DCAT-AP_IT
// feed and harvester in one program.
//
// This package only wires: it reads settings, opens engines and hands them to
// the packages that do the work.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"

	"portico/catalog"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == sqlWorker {
		os.Exit(runSQLWorker(os.Args[2:]))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// version is the program's own; `make build` sets it.
var version = "0.1.0"

// cli is the command line: ../shared/spec/command-line.md is its law.
type cli struct {
	Settings `embed:"" group:"Settings:"`

	Config  kong.ConfigFlag  `help:"YAML file with settings." placeholder:"FILE"`
	JSON    bool             `help:"Print one JSON object on standard output and nothing else there."`
	Verbose bool             `short:"v" help:"Log more."`
	Version kong.VersionFlag `help:"Print the version and exit."`

	Serve       serveCmd       `cmd:"" help:"Run the site, the API and the jobs."`
	Worker      workerCmd      `cmd:"" help:"Run the jobs alone."`
	Demo        demoCmd        `cmd:"" help:"Run everything with the data of an invented municipality."`
	Harvest     harvestCmd     `cmd:"" help:"Harvest a catalogue or files, once, now."`
	Source      sourceCmd      `cmd:"" help:"Manage the sources that are harvested."`
	Table       tableCmd       `cmd:"" help:"Look into a table as Portico reads it."`
	Geo         geoCmd         `cmd:"" help:"Look into geodata as Portico reads them."`
	TableWorker tableWorkerCmd `cmd:"" hidden:"" help:"Read a table for another process."`
	Hold        holdCmd        `cmd:"" help:"Decide on data that wait for they seem to be personal."`
	Dataset     datasetCmd     `cmd:"" help:"Show, publish, withdraw or purge a dataset."`
	User        userCmd        `cmd:"" help:"Manage users."`
	Token       tokenCmd       `cmd:"" help:"Manage API tokens."`
	Validate    validateCmd    `cmd:"" help:"Validate DCAT-AP_IT, DCAT-AP and HVD."`
	Links       linksCmd       `cmd:"" help:"Check which addresses of data answer, or list those that do not."`
	Vocab       vocabCmd       `cmd:"" help:"Import registers of bodies and places."`
	Moderation  moderationCmd  `cmd:"" help:"Decide on what people sent: ratings, reports, requests for data."`
	Pages       pagesCmd       `cmd:"" help:"Change the texts of the site: privacy, legal notes, accessibility and the like."`
	Avvisi      alertsCmd      `cmd:"" help:"See who receives alerts by e-mail, forget an address, send what is new."`
	Numbers     numbersCmd     `cmd:"" help:"Work out the openness index, and refresh the datasets about the catalogue, now."`
	Bulk        bulkCmd        `cmd:"" help:"Make the files of the whole catalogue (N-Triples, Parquet, CSV) now."`
	Index       indexCmd       `cmd:"" help:"Rebuild or check the search index."`
	Migrate     migrateCmd     `cmd:"" help:"Bring the database up to date."`
	Backup      backupCmd      `cmd:"" help:"Write database, files and settings to one archive."`
	Restore     restoreCmd     `cmd:"" help:"Restore an archive, or check that it can be restored."`

	Export laterCmd `cmd:"" help:"Export the catalogue (a later version)."`
}

// Exit statuses.
const (
	exitDone  = 0
	exitFail  = 1
	exitUsage = 2
)

// errUsage is wrapped by errors of a command that was called wrongly.
var errUsage = errors.New("wrong usage")

// errReported is the error of a command that has told what failed already.
var errReported = errors.New("reported")

// An exit is what kong panics with when a flag such as --help ends the program.
type exit int

// run is the program; it returns its exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if e, ok := recover().(exit); ok {
			code = int(e)
		}
	}()
	var c cli
	parser, err := kong.New(&c,
		kong.Name("portico"),
		kong.Description("Open data of municipalities: harvest, store, search, publish."),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(exit(code)) }),
		kong.Configuration(yamlResolver),
		kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}), // the commands first: the settings are many
		kong.Vars{"version": "portico " + version},
	)
	if err != nil {
		fmt.Fprintln(stderr, "portico:", err)
		return exitFail
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "portico: %v\nTry / prova: portico --help\n", err)
		return exitUsage
	}
	if err := c.complete(); err != nil {
		tell(stderr, err)
		return exitUsage
	}
	env := newEnv(&c, stdout, stderr)
	k.BindTo(catalog.WithActor(ctx, catalog.System), (*context.Context)(nil))
	k.Bind(env)
	switch err := k.Run(); {
	case err == nil:
		return exitDone
	case errors.Is(err, errReported):
		return exitFail
	case errors.Is(err, errUsage):
		tell(stderr, err)
		return exitUsage
	default:
		tell(stderr, err)
		return exitFail
	}
}

// tell prints err for a person: in Italian and English where it has both.
func tell(w io.Writer, err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			tell(w, e)
		}
		return
	}
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.MsgIT != "" {
		fmt.Fprintf(w, "portico: %s\n         %s\n", e.MsgIT, err)
		return
	}
	fmt.Fprintf(w, "portico: %v\n", err)
}

// buildVersion returns the version with the commit that it was built from.
func buildVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 7 {
			return version + "+" + s.Value[:7]
		}
	}
	return version
}
