package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"log/slog"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"portico/catalog"
)

// mysqlDialect is of MySQL and MariaDB.
func mysqlDialect() dialect {
	return dialect{
		port: 3306, name: plainName, readOnly: true,
		connector: func(src catalog.Source, at endpoint, o Options) (driver.Connector, error) {
			conf, err := mysqlConfig(src, at, o)
			if err != nil {
				return nil, err
			}
			return mysql.NewConnector(conf)
		},
		// The first comment is run by MySQL from 5.7.8 on and by no MariaDB, the
		// second one by MariaDB alone.
		settings: func(seconds int) []string {
			return []string{"SET SESSION time_zone = '+00:00' /*!50708 , SESSION MAX_EXECUTION_TIME = " + strconv.Itoa(seconds*1000) +
				" */ /*M!100101 , SESSION max_statement_time = " + strconv.Itoa(seconds) + " */"}
		},
		account: mysqlAccount,
		refuses: func(q string) bool { return writesFile.MatchString(q) },
		said: func(err error) (string, bool) {
			if e, ok := errors.AsType[*mysql.MySQLError](err); ok {
				return e.Message, true
			}
			return "", false
		},
	}
}

// writesFile matches what a SELECT writes with on the server's disk, which a
// read-only transaction does not hold back, and the comments that are run. It
// is looked for in strings, too: where they end is a setting of the server.
var writesFile = regexp.MustCompile(`(?i)\binto\s+(outfile|dumpfile|@)|/\*M?!`)

// mysqlConfig makes a configuration of typed fields alone. The server may not
// ask for files of ours (LOAD DATA LOCAL INFILE), for the password in clear,
// or to go on without encryption.
func mysqlConfig(src catalog.Source, at endpoint, o Options) (*mysql.Config, error) {
	secure, err := encryption(at, o)
	if err != nil {
		return nil, err
	}
	conf := mysql.NewConfig()
	conf.User, conf.Passwd, conf.DBName = src.Credential.User, src.Credential.Password, at.database
	conf.Net, conf.Addr = "tcp", net.JoinHostPort(at.host, strconv.Itoa(int(at.port)))
	conf.TLS, conf.Timeout, conf.ReadTimeout, conf.WriteTimeout = secure, connectTimeout, time.Duration(maxSeconds)*time.Second, connectTimeout
	conf.AllowAllFiles, conf.AllowCleartextPasswords, conf.AllowFallbackToPlaintext, conf.AllowOldPasswords = false, false, false, false
	conf.MultiStatements, conf.InterpolateParams = false, false
	conf.ParseTime, conf.Loc = true, time.UTC
	conf.Logger = slog.NewLogLogger(slog.DiscardHandler, slog.LevelInfo) // what it would log comes as an error, too
	conf.DialFunc = dialer(src, at).DialContext
	return conf, nil
}

// mysqlAccount reads the account's grants. FILE counts as anything at all: by
// it a SELECT writes files of the server.
func mysqlAccount(ctx context.Context, db *sql.DB) (super, writes bool, err error) {
	rows, err := db.QueryContext(ctx, "SHOW GRANTS")
	if err != nil {
		return false, false, err
	}
	defer rows.Close()
	for rows.Next() {
		var grant string
		if err := rows.Scan(&grant); err != nil {
			return false, false, err
		}
		what, where := granted(grant)
		for _, p := range what {
			switch p {
			case "SUPER", "FILE", "SHUTDOWN", "CREATE USER", "GRANT OPTION":
				super = true
			case "ALL", "ALL PRIVILEGES":
				super, writes = super || where == "*.*", true
			case "INSERT", "UPDATE", "DELETE", "DROP", "CREATE", "ALTER", "INDEX", "EXECUTE", "TRIGGER", "EVENT":
				writes = true
			}
		}
	}
	return super, writes, rows.Err()
}

// granted reads a line of SHOW GRANTS: the privileges, and on what.
func granted(line string) (privileges []string, where string) {
	rest, ok := strings.CutPrefix(strings.ToUpper(line), "GRANT ")
	if !ok {
		return nil, ""
	}
	list, target, _ := strings.Cut(rest, " ON ")
	where, _, _ = strings.Cut(target, " TO ")
	for p := range strings.SplitSeq(list, ",") {
		p, _, _ = strings.Cut(strings.TrimSpace(p), " (") // of some columns
		privileges = append(privileges, p)
	}
	if strings.HasSuffix(rest, "WITH GRANT OPTION") {
		privileges = append(privileges, "GRANT OPTION")
	}
	return privileges, strings.ReplaceAll(where, "`", "")
}
