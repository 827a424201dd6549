package duck

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/datastore/sql"
)

// TestStatementsOfPostgreSQLAreUnderstood is the list of docs/sql.md: what is
// written for PostgreSQL and answered as it would.
func TestStatementsOfPostgreSQLAreUnderstood(t *testing.T) {
	s := newShelf(t, sql.Options{Time: 30 * time.Second})
	day := time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)
	s.put("multe", true, []catalog.Column{
		{Name: "comune", Type: catalog.String},
		{Name: "importo", Type: catalog.Decimal, Scale: 2},
		{Name: "punti", Type: catalog.Integer},
		{Name: "lat", Type: catalog.Decimal},
		{Name: "giorno", Type: catalog.Day},
		{Name: "quando", Type: catalog.Timestamp},
		{Name: "ora", Type: catalog.TimeOfDay},
		{Name: "pagata", Type: catalog.Boolean},
		{Name: "user", Type: catalog.String},
	}, []string{"text", "numeric", "int4", "float8", "date", "timestamp", "time", "bool", "text"}, [][]any{
		{"Lecce", 42.5, int64(2), 40.38516, day, day.Add(9*time.Hour + 8*time.Minute), 90 * time.Minute, true, "anna"},
		{"Lecce", 100.25, int64(3), 40.4, day.AddDate(0, 1, 0), day, time.Hour, false, nil},
		{"San Donato di Lecce", nil, nil, nil, nil, nil, nil, nil, nil},
	})
	for text, want := range map[string]string{
		`SELECT comune, sum(importo), avg(punti), sum(punti) FROM multe GROUP BY comune ORDER BY 2`:   `text numeric numeric int8 [{"comune": "Lecce", "avg": 2.5, "sum": 5}, {"comune": "San Donato di Lecce", "avg": null, "sum": null}]`,
		`SELECT sum(importo), avg(punti) AS media, sum(punti) AS p FROM multe`:                        `numeric numeric int8 [{"sum": 142.75, "media": 2.5, "p": 5}]`,
		`SELECT 7/2 AS a, 7.0/2 AS b, -7/2 AS c, 7%2 AS d, 2^3 AS e`:                                  `int4 numeric int4 int4 float8 [{"a": 3, "b": 3.5, "c": -3, "d": 1, "e": 8}]`,
		`SELECT comune FROM multe WHERE comune ~ 'cce$' ORDER BY _id LIMIT 1`:                         `text [{"comune": "Lecce"}]`,
		`SELECT count(*) FROM multe WHERE comune ~* 'LECCE'`:                                          `int8 [{"count": 3}]`,
		`SELECT count(*) FROM multe WHERE comune !~* '^lecce'`:                                        `int8 [{"count": 1}]`,
		`SELECT count(*) FROM multe WHERE comune !~ 'San'`:                                            `int8 [{"count": 2}]`,
		`SELECT count(*) FROM multe WHERE comune ILIKE 'san%'`:                                        `int8 [{"count": 1}]`,
		`SELECT to_char(giorno, 'DD/MM/YYYY') FROM multe LIMIT 1`:                                     `text [{"to_char": "06/05/2024"}]`,
		`SELECT to_char(quando, 'YYYY-MM-DD"T"HH24:MI') AS m FROM multe LIMIT 1`:                      `text [{"m": "2024-05-06T09:08"}]`,
		`SELECT to_date('06.05.2024', 'DD.MM.YYYY') AS d`:                                             `date [{"d": "2024-05-06"}]`,
		`SELECT punti::text, '3'::int AS n, '2024-05-06'::date AS d FROM multe LIMIT 1`:               `text int4 date [{"punti": "2", "n": 3, "d": "2024-05-06"}]`,
		`SELECT giorno, quando, ora, pagata, lat FROM multe LIMIT 1`:                                  `date timestamp time bool float8 [{"giorno": "2024-05-06", "quando": "2024-05-06T09:08:00", "ora": "01:30:00", "pagata": true, "lat": 40.38516}]`,
		`SELECT punti FROM multe ORDER BY punti DESC LIMIT 1`:                                         `int4 [{"punti": null}]`, // nulls are the largest
		`SELECT punti FROM multe ORDER BY punti LIMIT 1`:                                              `int4 [{"punti": 2}]`,
		`SELECT initcap('via del mare'), char_length('perché'), btrim('  a '), every(true)`:           `text int4 text bool [{"initcap": "Via Del Mare", "char_length": 6, "btrim": "a", "every": true}]`,
		`SELECT CASE WHEN true THEN 1 END, coalesce(NULL, 2), EXISTS (SELECT 1), ARRAY[1, 2], true`:   `int4 int4 bool _int4 bool [{"case": 1, "coalesce": 2, "exists": true, "array": [1, 2], "bool": true}]`,
		`SELECT count FROM (SELECT count(*) FROM multe) x`:                                            `int8 [{"count": 3}]`,
		`SELECT upper(comune) FROM multe GROUP BY upper(comune) ORDER BY upper`:                       `text [{"upper": "LECCE"}, {"upper": "SAN DONATO DI LECCE"}]`,
		`SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY punti) FROM multe`:                        `float8 [{"percentile_cont": 2.5}]`,
		`SELECT DISTINCT ON (comune) comune, punti FROM multe ORDER BY comune, punti DESC NULLS LAST`: `text int4 [{"comune": "Lecce", "punti": 3}, {"comune": "San Donato di Lecce", "punti": null}]`,
		`SELECT _id FROM multe WHERE _full_text @@ to_tsquery('lecce & !san') ORDER BY _id`:           `int4 [{"_id": 1}, {"_id": 2}]`,
		`SELECT _id FROM multe WHERE _full_text @@ plainto_tsquery('english', 'donato')`:              `int4 [{"_id": 3}]`,
		`SELECT "user" FROM multe LIMIT 1`:                                                            `text [{"user": "anna"}]`,
		`SELECT 1/0 AS a, 'NaN'::float8 AS b`:                                                         `int4 float8 [{"a": null, "b": null}]`,
		`SELECT interval '1 day' AS a, interval '36 hours' AS b, interval '90 minutes' AS c`:          `interval interval interval [{"a": "1 day, 0:00:00", "b": "1 day, 12:00:00", "c": "1:30:00"}]`,
		`SELECT count(*) FROM multe LIMIT NULL`:                                                       `int8 [{"count": 3}]`,
		// And what is not.
		`SELECT comune FROM multe WHERE comune SIMILAR TO 'L%'`: `! Invalid query AST element: A_Expr SIMILAR`,
		`SELECT to_char(punti, '999') FROM multe`:               `! The pattern of to_char is none that is known`,
		`SELECT user`:                       `! Not authorized to call function user`,
		`SELECT nope FROM multe`:            `! column "nope" does not exist`,
		`SELECT multe FROM multe`:           `! The type of a column cannot be shown`,
		`SELECT comune::int FROM multe`:     `! The query cannot be run on these values`,
		`SELECT rowid FROM multe`:           `! column "rowid" does not exist`,
		`SELECT filename FROM multe`:        `! column "filename" does not exist`,
		`SELECT lower(punti, 3) FROM multe`: `! The query does not fit the tables: no function matches these types`,
	} {
		got := ""
		if a, err := s.ask(text); err != nil {
			got = "! " + err.Error()
		} else {
			for _, f := range a.Fields {
				got += f.Type + " "
			}
			got += string(a.Records)
		}
		if !strings.HasSuffix(got, want) {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestRowsBytesAndTimeAreBounded(t *testing.T) {
	s := newShelf(t, sql.Options{Rows: 3, Bytes: 200, Time: 2 * time.Second})
	if a, err := s.ask(`SELECT * FROM "` + public + `" LIMIT 40000`); err != nil || a.Rows != 3 || !a.Truncated {
		t.Errorf("%+v %v", a, err)
	}
	if a, err := s.ask(`SELECT nome FROM "` + public + `" LIMIT 3`); err != nil || a.Rows != 3 || a.Truncated {
		t.Errorf("%+v %v", a, err)
	}
	wide := strings.Repeat("x", 150)
	if a, err := s.ask(fmt.Sprintf(`SELECT '%s' AS a FROM "%s"`, wide, public)); err != nil || a.Rows > 2 || !a.Truncated {
		t.Errorf("%+v %v", a, err)
	}
	rows := make([][]any, 20_000)
	for i := range rows {
		rows[i] = []any{int64(i)}
	}
	s.put("many", true, []catalog.Column{{Name: "n", Type: catalog.Integer}}, []string{"int8"}, rows)
	began := time.Now()
	_, err := s.ask(`SELECT count(*) FROM many a, many b, many c WHERE a.n + b.n * c.n = -7`)
	if took := time.Since(began); err == nil || err.Error() != sql.ErrTooMuch.Text || took > 10*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	if got := s.rows(`SELECT count(*) FROM many`); got != `[{"count": 20000}]` {
		t.Errorf("afterwards: %s", got)
	}
	if got := s.pool.Stats(); got.Exceeded != 1 || got.Answered != 4 {
		t.Errorf("%+v", got)
	}
}
