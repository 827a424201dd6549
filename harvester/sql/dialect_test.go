package sql

import (
	"bytes"
	"database/sql"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/harvester"
)

// What ends the transaction, or cannot be undone by it, is refused; the same
// words in strings, names and comments are not.
func TestQueriesOfServersWithoutReadOnlyTransactionsAreLookedAt(t *testing.T) {
	for query, refused := range map[string]bool{
		"SELECT id, [update], 'drop table x' AS \"delete\" FROM vie -- insert\n /* exec /* commit */ */ ORDER BY id": false,
		"WITH x AS (SELECT 1 AS a) SELECT a FROM x": false, "SELECT creato, updated FROM t WHERE a = 'it''s; into'": false, "SELECT N'ì' AS settore": false,
		"SELECT 1 DROP TABLE vie": true, "SELECT * INTO copia FROM vie": true, "SELECT 1 COMMIT": true, "SELECT 1 EXEC xp_cmdshell 'dir'": true,
		"SELECT * FROM OPENROWSET('SQLNCLI', '', '')": true, "SELECT 1 WAITFOR DELAY '1:00'": true, "SELECT 'a' + ''' ' DELETE FROM vie": true,
		"SELECT /* */ 1 /**/INSERT/**/ x": true, "SELECT 'no end": true, "SELECT /* no end": true, "SELECT [no end": true, "SELECT 1 -- x\nUPDATE t SET a=1": true,
		"SELECT ']' AS a, [x]]y] FROM t": false, "select 1;": false,
	} {
		if got := doesMore(query); got != refused {
			t.Errorf("%q: %t", query, got)
		}
	}
	for address, query := range map[string]string{
		"sqlserver://db/gis": "SELECT 1 DROP TABLE vie", "mysql://db/gis": `SELECT '\\'' INTO OUTFILE '/tmp/x' -- '`, "mariadb://db/gis": "SELECT 1 /*!50000 INTO DUMPFILE 'x' */",
		"oracle://db/xe": "WITH FUNCTION f RETURN NUMBER IS PRAGMA AUTONOMOUS_TRANSACTION; BEGIN RETURN 1; END; SELECT f FROM dual",
	} {
		o := `{"queries":[{"name":"a","title":"A","sql":` + quote(query) + `}]}`
		if _, err := open(catalog.Source{URL: address, Options: []byte(o)}, http.DefaultClient); err == nil {
			t.Errorf("%s takes %s", address, query)
		}
	}
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(s) + `"`
}

func TestGrantsOfMySQL(t *testing.T) {
	for line, want := range map[string]struct {
		privileges []string
		where      string
	}{
		"GRANT SELECT ON `gis`.`vie` TO `lettura`@`%`":                   {[]string{"SELECT"}, "GIS.VIE"},
		"GRANT ALL PRIVILEGES ON *.* TO `root`@`%` WITH GRANT OPTION":    {[]string{"ALL PRIVILEGES", "GRANT OPTION"}, "*.*"},
		"GRANT SELECT (id, nome), INSERT ON `gis`.* TO `a`@`%`":          {[]string{"SELECT", "NOME)", "INSERT"}, "GIS.*"},
		"GRANT FILE ON *.* TO `a`@`localhost` IDENTIFIED BY PASSWORD ''": {[]string{"FILE"}, "*.*"},
	} {
		privileges, where := granted(line)
		if d := cmp.Diff(want.privileges, privileges); d != "" || where != want.where {
			t.Errorf("%s: %s %q", line, d, where)
		}
	}
}

// fakeMySQL is a server that lets everybody in and answers the first statement
// by asking for a file of the client's, as a hostile one does. There is no real
// MySQL here: what it says is its protocol as far as the attack goes.
func fakeMySQL(t *testing.T) (address string, heard *[]string, done chan struct{}) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	heard, done = new([]string), make(chan struct{})
	go func() {
		defer close(done)
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(10 * time.Second))
		seq := byte(0)
		send := func(payload string) {
			_, _ = c.Write(append([]byte{byte(len(payload)), byte(len(payload) >> 8), 0, seq}, payload...))
			seq++
		}
		receive := func() []byte {
			head := make([]byte, 4)
			if _, err := io.ReadFull(c, head); err != nil {
				return nil
			}
			seq = head[3] + 1
			body := make([]byte, binary.LittleEndian.Uint32(append(head[:3:3], 0)))
			_, _ = io.ReadFull(c, body)
			return body
		}
		// Protocol 10, with LOCAL FILES, the protocol of 4.1 and plugins.
		send("\x0a8.0.0\x00\x01\x00\x00\x0012345678\x00\x80\xa2\xff\x02\x00\x08\x00\x15" + strings.Repeat("\x00", 10) + "123456789012\x00mysql_native_password\x00")
		receive()
		ok := "\x00\x00\x00\x02\x00\x00\x00"
		send(ok)
		for range 20 {
			body := receive()
			if body == nil {
				return
			}
			if body[0] == 0x03 && strings.HasPrefix(string(body[1:]), "SHOW GRANTS") {
				send("\xfb/etc/passwd")
				*heard = append(*heard, string(receive()))
			}
			send(ok)
		}
	}()
	return l.Addr().String(), heard, done
}

// HRV-022: a server of MySQL that asks for a file gets none.
func TestAServerThatAsksForAFileGetsNone(t *testing.T) {
	address, heard, done := fakeMySQL(t)
	conn, err := open(catalog.Source{
		URL: "mysql://" + address + "/gis", AllowPrivate: true, Credential: catalog.Credential{User: "lettura", Password: "x"},
		Options: []byte(`{"tls":"off","queries":[` + query + `]}`),
	}, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range conn.Records(t.Context()) {
		if rec.ID != "" || err == nil {
			t.Errorf("%+v, %v", rec, err)
		}
	}
	<-done
	if len(*heard) != 1 || (*heard)[0] != "" {
		t.Errorf("the server was told %q, want an empty packet", *heard)
	}
}

// A server that does not speak TLS is not spoken to, and hears no password.
func TestMySQLWithoutEncryptionIsRefused(t *testing.T) {
	address, _, done := fakeMySQL(t)
	conn, err := open(catalog.Source{URL: "mysql://" + address + "/gis", AllowPrivate: true, Options: []byte(`{"queries":[` + query + `]}`)}, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	for rec, err := range conn.Records(t.Context()) {
		if rec.ID != "" || catalog.KindOf(err) != catalog.Unavailable {
			t.Errorf("%+v, %v", rec, err)
		}
	}
	<-done
}

func TestAFileOfSQLite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gis.db")
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE vie (id INT, nome TEXT); INSERT INTO vie VALUES (1, 'Via Po'), (2, NULL)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	src := catalog.Source{URL: "sqlite://" + path, AllowPrivate: true, Options: []byte(`{"queries":[{"name":"vie","title":"Vie","sql":"SELECT * FROM vie ORDER BY id"},
		{"name":"scrive","title":"x","sql":"WITH x AS (SELECT 1) INSERT INTO vie SELECT 3, 'x'"},{"name":"altro","title":"x","sql":"SELECT * FROM pragma_database_list d JOIN no.vie"}]}`)}
	conn, err := open(src, http.DefaultClient)
	if err != nil {
		t.Fatal(err)
	}
	var good []string
	for rec, err := range conn.Records(t.Context()) {
		if err == nil {
			good = append(good, rec.ID)
		}
	}
	if d := cmp.Diff([]string{"vie"}, good); d != "" {
		t.Error(d)
	}
	body, err := conn.(harvester.Opener).Open(t.Context(), "sql:vie.csv")
	if err != nil {
		t.Fatal(err)
	}
	if text, _ := io.ReadAll(body); string(text) != "id,nome\n1,Via Po\n2,\n" {
		t.Errorf("%q", text)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed, %v", err)
	}
	src.AllowPrivate = false
	if _, err := open(src, http.DefaultClient); err == nil {
		t.Error("a file is read for a source that may not be inside")
	}
}

func FuzzPlainWords(f *testing.F) {
	for _, s := range []string{"SELECT 'a''b' [c]]] /* /* */ */ -- x\n\"d\"", "'", "/*", "["} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		words, whole := plainWords(s)
		if !whole && len(words) > 0 {
			t.Error("words of what has no end")
		}
	})
}
