package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// secret is the table that no statement of the self-test may read.
const secret = `"22222222-2222-4222-8222-222222222222"`

// refusedAtStart must all be refused before anybody's statement is run: one of
// every way to leave the fence.
var refusedAtStart = []string{
	``, `SELECT 1; SELECT 2`, `SELECT 1 /* ; */ ; /* */ SELECT 2`, `DROP TABLE ` + secret, `INSERT INTO ` + secret + ` VALUES (1)`, `UPDATE ` + secret + ` SET a = 1`,
	`DELETE FROM ` + secret, `CREATE TABLE a AS SELECT 1`, `CREATE TEMP TABLE a AS SELECT 1`, `CREATE MACRO f(x) AS x`, `ALTER TABLE a RENAME TO b`, `SELECT * INTO a FROM ` + secret,
	`WITH d AS (DELETE FROM ` + secret + ` RETURNING *) SELECT * FROM d`, `SET threads = 64`, `RESET memory_limit`, `PRAGMA database_list`, `PRAGMA version`, `CALL pragma_version()`,
	`COPY (SELECT 1) TO '/tmp/portico-self-test'`, `EXPORT DATABASE '/tmp/portico-self-test'`, `ATTACH ':memory:' AS m`, `DETACH memory`, `USE memory`, `INSTALL httpfs`, `LOAD httpfs`,
	`CHECKPOINT`, `BEGIN`, `COMMIT`, `PREPARE p AS SELECT 1`, `EXECUTE p`, `EXPLAIN SELECT 1`, `EXPLAIN ANALYZE SELECT 1`, `SHOW ALL TABLES`, `DESCRIBE a`, `SUMMARIZE a`, `VACUUM`,
	`SELECT getenv('HOME')`, `SELECT current_setting('threads')`, `SELECT version()`, `SELECT pg_sleep(1)`, `SELECT sleep_ms(1)`, `SELECT repeat('x', 1000000000)`, `SELECT lpad('x', 1000000000, 'y')`,
	`SELECT nextval('a')`, `SELECT write_log('a')`, `SELECT json_execute_serialized_sql('{}')`, `SELECT list_sort(range(1000000000))`, `SELECT main.getenv('HOME')`, `SELECT system.main.version()`,
	`SELECT * FROM read_csv('/etc/passwd')`, `SELECT * FROM read_text('/etc/passwd')`, `SELECT * FROM read_blob('/proc/self/environ')`, `SELECT * FROM read_parquet('/dev/fd/40')`, `SELECT * FROM glob('/*')`,
	`SELECT * FROM query('SELECT 1')`, `SELECT * FROM query_table('a')`, `SELECT * FROM duckdb_settings()`, `SELECT * FROM duckdb_tables()`, `SELECT * FROM pragma_table_info('a')`, `SELECT * FROM range(10)`,
	`SELECT * FROM generate_series(1, 10)`, `SELECT * FROM json_execute_serialized_sql('{}')`, `SELECT * FROM information_schema.tables`, `SELECT * FROM pg_catalog.pg_class`, `SELECT * FROM pg_class`,
	`SELECT * FROM main.` + secret, `SELECT * FROM memory.main.` + secret, `WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT * FROM r`, `SELECT * FROM a TABLESAMPLE 1%`,
	`SELECT COLUMNS('.*') FROM a`, `SELECT $1`, `SELECT ?`, `SELECT [x FOR x IN [1, 2]]`, `SELECT list_transform([1], x -> x)`, `SELECT {'a': 1}`, `SELECT 'a'::regclass`, `VALUES (1)`, `TABLE a; TABLE b`,
	`SELECT * FROM (VALUES (1)) t`, `PIVOT a ON b USING sum(c)`, `SELECT (SELECT * FROM read_text('/etc/passwd'))`, `SELECT 1 LIMIT (SELECT getenv('HOME'))`, `SELECT 1 ORDER BY getenv('HOME')`,
	`SELECT sum(1) FILTER (WHERE getenv('HOME') = '')`, `SELECT row_number() OVER (ORDER BY getenv('HOME'))`, `SELECT 1 WHERE EXISTS (SELECT * FROM glob('/*'))`, `SELECT 1 GROUP BY getenv('HOME')`,
}

// passedAtStart shows that the gate is no wall.
var passedAtStart = []string{
	`SELECT 1`, `SELECT a, count(*) AS n FROM t GROUP BY a HAVING count(*) > 1 ORDER BY n DESC LIMIT 10 OFFSET 5`,
	`WITH t AS (SELECT 1 AS a) SELECT upper(a::text) || 'x' FROM t WHERE a IN (1, 2) AND a IS NOT NULL`,
}

// Start tries the gate on statements that it must refuse and some that it must
// pass. Before it has ended well nothing is run; if it ends otherwise, nothing
// ever is.
func (p *Pool) Start(ctx context.Context) error {
	err := p.selfTest(ctx)
	p.sound.Store(err == nil)
	close(p.started)
	if err != nil {
		p.o.Log.ErrorContext(ctx, "SQL stays off: its self-test failed", "err", err)
		return err
	}
	go p.keep()
	return nil
}

func (p *Pool) selfTest(ctx context.Context) error {
	const patience = 20 * time.Second
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	began := time.Now()
	c, err := p.begin(ctx)
	if err != nil {
		return err
	}
	defer c.end()
	defer context.AfterFunc(ctx, c.kill)()
	readings, err := c.check(append(refusedAtStart[:len(refusedAtStart):len(refusedAtStart)], passedAtStart...))
	if err != nil {
		return errors.Join(errUnsound, fmt.Errorf("the child: %w", err), c.died(ctx, p.o, err))
	}
	for i, r := range readings {
		if refused := r.Refused != nil; refused != (i < len(refusedAtStart)) {
			return fmt.Errorf("%w: statement %d, refused: %t", errUnsound, i, refused)
		}
	}
	if err := p.tryOne(ctx); err != nil {
		return fmt.Errorf("%w: %w", errUnsound, err)
	}
	p.o.Log.InfoContext(ctx, "SQL is on", "refused", len(refusedAtStart), "passed", len(passedAtStart), "duration", time.Since(began))
	return nil
}

// tryOne runs a statement as anybody's is run.
func (p *Pool) tryOne(ctx context.Context) error {
	c, err := p.begin(ctx)
	if err != nil {
		return err
	}
	a, err := c.ask(ctx, p.o, `SELECT 1 + 1 AS two`, func(context.Context, []string) ([]Table, error) { return nil, nil })
	if err != nil {
		return err
	}
	if want := `[{"two": 2}]`; !json.Valid(a.Records) || string(a.Records) != want {
		return fmt.Errorf("it answers %.40s", a.Records)
	}
	return nil
}
