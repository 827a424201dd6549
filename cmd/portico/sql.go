package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"portico/api"
	"portico/catalog"
	"portico/datastore/sql"
	"portico/datastore/sql/duck"
)

// sqlWorker is the word by which the program is called to run one statement.
// It is looked for before the command line is read, for many are started.
const sqlWorker = "sql-worker"

// runSQLWorker runs one statement for another process; nobody calls it by hand.
func runSQLWorker(args []string) int {
	const words = 2
	if len(args) != words {
		return exitUsage
	}
	memory, err := strconv.ParseInt(args[0], 10, 64)
	most, errTime := strconv.Atoi(args[1])
	if err != nil || errTime != nil {
		return exitUsage
	}
	err = duck.Serve(context.Background(), os.NewFile(3, "wire"), duck.Options{ //nolint:mnd // the first after the standard ones
		Limits: sql.Limits(memory, time.Duration(most)*time.Millisecond), Memory: memory,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return exitFail
	}
	return exitDone
}

// sqlShelfBytes is how much of tables that are written through the API is kept
// as files for SQL.
const sqlShelfBytes = 2 << 30

// openSQL returns what runs SQL, or nothing when the settings say so. It starts
// to work once its self-test, which goes on beside, has ended well.
func (e *env) openSQL(ctx context.Context, m *metrics) (*sql.Pool, *sql.Shelf, error) {
	if e.SQLSearch != "on" {
		return nil, nil, nil
	}
	program, err := os.Executable()
	if err != nil {
		return nil, nil, catalog.Errorf(catalog.Internal, "the program does not find itself").Because(err)
	}
	shelf, err := sql.NewShelf(filepath.Join(e.Data, "sql"), sqlShelfBytes)
	if err != nil {
		return nil, nil, err
	}
	pool := sql.NewPool(sql.Options{
		Command: []string{program, sqlWorker}, Memory: e.SQLMemory << 20, Time: time.Duration(e.SQLTime) * time.Second, Log: e.log,
	})
	m.watchSQL(pool)
	go pool.Start(ctx) //nolint:errcheck // it logs what is wrong, and SQL stays off
	return pool, shelf, nil
}

// asking returns what gives the API its SQL, if there is any.
func asking(pool *sql.Pool, shelf *sql.Shelf) func(*api.Config) {
	return func(c *api.Config) {
		if pool != nil {
			c.SQL, c.Shelf = pool, shelf
		}
	}
}

// watchSQL adds what becomes of statements.
func (m *metrics) watchSQL(pool *sql.Pool) {
	gauge := func(name, help string, read func(sql.Stats) float64) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 { return read(pool.Stats()) }))
	}
	counter := func(outcome string, read func(sql.Stats) int64) {
		m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "portico_sql_statements_total", Help: "Statements of datastore_search_sql, by what became of them.", ConstLabels: prometheus.Labels{"outcome": outcome},
		}, func() float64 { return float64(read(pool.Stats())) }))
	}
	counter("answered", func(s sql.Stats) int64 { return s.Answered })
	counter("refused", func(s sql.Stats) int64 { return s.Refused })
	counter("exceeded", func(s sql.Stats) int64 { return s.Exceeded })
	counter("failed", func(s sql.Stats) int64 { return s.Failed })
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "portico_sql_seconds_total", Help: "Time that statements took.",
	}, func() float64 { return pool.Stats().Busy.Seconds() }))
	gauge("portico_sql_running", "Statements that run.", func(s sql.Stats) float64 { return float64(s.Running) })
	gauge("portico_sql_waiting_processes", "Processes that wait for a statement.", func(s sql.Stats) float64 { return float64(s.Waiting) })
	gauge("portico_sql_sound", "1 = the self-test has ended well; 0 = SQL is off.", func(sql.Stats) float64 {
		if pool.Sound() {
			return 1
		}
		return 0
	})
}
