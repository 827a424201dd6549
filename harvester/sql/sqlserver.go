package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strconv"
	"strings"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"portico/catalog"
)

// sqlserver is of Microsoft SQL Server, which knows no read-only transactions:
// a query is looked at word by word, and its transaction is always undone.
func sqlserver() dialect {
	return dialect{
		port: 1433, name: wideName,
		connector: func(src catalog.Source, at endpoint, o Options) (driver.Connector, error) {
			conf, err := sqlserverConfig(src, at, o)
			if err != nil {
				return nil, err
			}
			conn := mssql.NewConnectorConfig(conf)
			conn.Dialer = named{dialer(src, at), at.host}
			return conn, nil
		},
		settings: func(seconds int) []string {
			return []string{"SET LOCK_TIMEOUT " + strconv.Itoa(seconds*1000), "SET DATEFORMAT ymd"}
		},
		account: func(ctx context.Context, db *sql.DB) (super, writes bool, err error) {
			const ask = `SELECT CAST(COALESCE(IS_SRVROLEMEMBER('sysadmin'), 0) AS BIT), CAST(CASE WHEN IS_ROLEMEMBER('db_owner') = 1 OR EXISTS (
				SELECT 1 FROM fn_my_permissions(NULL, 'DATABASE') WHERE permission_name IN ('INSERT', 'UPDATE', 'DELETE', 'ALTER', 'EXECUTE', 'CREATE TABLE'))
				THEN 1 ELSE 0 END AS BIT)`
			err = db.QueryRowContext(ctx, ask).Scan(&super, &writes)
			return super, writes, err
		},
		refuses: func(q string) bool { return doesMore(q) },
		said: func(err error) (string, bool) {
			if e, ok := errors.AsType[mssql.Error](err); ok {
				return e.Message, true
			}
			return "", false
		},
	}
}

// sqlserverConfig makes a configuration of typed fields alone, for TCP alone:
// no named pipe, no shared memory, no browser, no other server to fail over to.
func sqlserverConfig(src catalog.Source, at endpoint, o Options) (msdsn.Config, error) {
	secure, err := encryption(at, o)
	if err != nil {
		return msdsn.Config{}, err
	}
	conf := msdsn.Config{
		Host: at.host, Port: uint64(at.port), Database: at.database, User: src.Credential.User, Password: src.Credential.Password,
		Encryption: msdsn.EncryptionRequired, TLSConfig: secure, ReadOnlyIntent: true, DisableRetry: true, AppName: "portico", Workstation: "portico",
		DialTimeout: connectTimeout, ConnTimeout: 0, PacketSize: 4096, Protocols: []string{"tcp"},
		Parameters: map[string]string{}, ProtocolParameters: map[string]any{},
	}
	if secure == nil {
		conf.Encryption = msdsn.EncryptionDisabled
	}
	return conf, nil
}

// named is a dialer that looks names up itself, as the policy wants.
type named struct {
	line
	host string
}

// HostName implements mssql.HostDialer.
func (n named) HostName() string { return n.host }

// doing are the words that begin what is no reading, or end the transaction
// that would undo it.
var doing = map[string]bool{
	"INSERT": true, "UPDATE": true, "DELETE": true, "MERGE": true, "TRUNCATE": true, "INTO": true, "DROP": true, "ALTER": true, "CREATE": true, "EXEC": true,
	"EXECUTE": true, "GRANT": true, "REVOKE": true, "DENY": true, "OPENROWSET": true, "OPENQUERY": true, "OPENDATASOURCE": true, "BULK": true, "WAITFOR": true,
	"SHUTDOWN": true, "COMMIT": true, "ROLLBACK": true, "BEGIN": true, "SAVE": true, "USE": true, "DBCC": true, "BACKUP": true, "RESTORE": true, "KILL": true,
	"SET": true, "DECLARE": true, "WRITETEXT": true, "UPDATETEXT": true, "RECONFIGURE": true, "GOTO": true, "IF": true, "WHILE": true, "PRINT": true, "RAISERROR": true,
}

// doesMore reports whether a query in T-SQL, where statements may follow one
// another without a sign between them, holds a word of doing outside of
// strings, names in brackets and comments. One that does not come to its end
// does, too.
func doesMore(query string) bool {
	words, whole := plainWords(query)
	if !whole {
		return true
	}
	for _, w := range words {
		if doing[strings.ToUpper(w)] {
			return true
		}
	}
	return false
}

// plainWords returns the words of a query that are neither in quotes nor in
// comments. It is false when one of those has no end.
func plainWords(q string) (words []string, whole bool) {
	var b strings.Builder
	for i := 0; i < len(q); {
		n, hides := hidden(q[i:])
		if !hides {
			b.WriteByte(q[i])
			i++
			continue
		}
		if n <= 0 {
			return nil, false
		}
		b.WriteByte(' ')
		i += n
	}
	return strings.FieldsFunc(b.String(), func(r rune) bool { return !inWord(r) }), true
}

// hidden reports whether s begins with quotes or a comment, whose words do
// nothing, and how long that is; 0 when it has no end.
func hidden(s string) (n int, hides bool) {
	switch {
	case s[0] == '\'' || s[0] == '"':
		return quoted(s, s[0]), true
	case s[0] == '[':
		return quoted(s, ']'), true
	case strings.HasPrefix(s, "--"):
		if n := strings.IndexByte(s, '\n'); n >= 0 {
			return n, true
		}
		return len(s), true
	case strings.HasPrefix(s, "/*"):
		return commented(s), true
	}
	return 0, false
}

// inWord holds for what a name of T-SQL is made of. All that is not ASCII is
// of it: a letter that is left out would cut a word in two.
func inWord(r rune) bool {
	return r > 0x7f || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("_@#$", r)
}

// quoted returns how long what s begins with is, up to its end, which is
// written twice where it stands for itself; 0 when there is no end.
func quoted(s string, end byte) int {
	for i := 1; i < len(s); i++ {
		if s[i] != end {
			continue
		}
		if i+1 < len(s) && s[i+1] == end {
			i++
			continue
		}
		return i + 1
	}
	return 0
}

// commented returns how long the comment is that s begins with; they nest.
func commented(s string) int {
	depth := 0
	for i := 0; i+1 < len(s); i++ {
		switch s[i : i+2] {
		case "/*":
			depth++
			i++
		case "*/":
			depth--
			i++
			if depth == 0 {
				return i + 1
			}
		}
	}
	return 0
}
