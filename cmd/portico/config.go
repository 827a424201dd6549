package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"portico/catalog"
	"portico/datastore"
	"portico/ui"
)

// Settings are what an operator can set, each as a flag, as PORTICO_NAME and
// as a key of the YAML file: defaults < file < environment < flags.
// docs/operator.md is checked against this struct.
type Settings struct {
	Data            string `default:"./data" env:"PORTICO_DATA" help:"Folder of everything that Portico keeps." placeholder:"DIR"`
	DatabaseURL     string `env:"PORTICO_DATABASE_URL" help:"sqlite:FILE or postgres://… (default: portico.db in the data folder)." placeholder:"URL"`
	SearchURL       string `env:"PORTICO_SEARCH_URL" help:"http://… of Meilisearch; empty = in memory." placeholder:"URL"`
	SearchKey       string `env:"PORTICO_SEARCH_KEY" help:"Key of Meilisearch." placeholder:"KEY"`
	SearchLanguage  string `default:"it" enum:"it,en" env:"PORTICO_SEARCH_LANGUAGE" help:"Language of the words that are searched: it or en." placeholder:"LANG"`
	Synonyms        string `env:"PORTICO_SYNONYMS" help:"File of more synonyms for the search (default: synonyms.txt in the data folder, if it is there)." placeholder:"FILE"`
	Listen          string `default:"127.0.0.1:8080" env:"PORTICO_LISTEN" help:"Address of the site and the API." placeholder:"ADDR"`
	AdminListen     string `default:"" env:"PORTICO_ADMIN_LISTEN" help:"Address of metrics and pprof (default 127.0.0.1:8081 if it is free; off = none)." placeholder:"ADDR"`
	SiteURL         string `env:"PORTICO_SITE_URL" help:"Public origin; every absolute address is made of it." placeholder:"URL"`
	SiteTitle       string `default:"Portico" env:"PORTICO_SITE_TITLE" help:"Title of the site." placeholder:"TEXT"`
	SiteDescription string `env:"PORTICO_SITE_DESCRIPTION" help:"What the catalogue is, in a sentence (default: made of the publisher's name)." placeholder:"TEXT"`
	SiteEmail       string `env:"PORTICO_SITE_EMAIL" help:"Address of the office to write to." placeholder:"EMAIL"`
	ThemeColor      string `env:"PORTICO_THEME_COLOR" help:"Colour of the site, such as #006b3c; darkened until white can be read on it." placeholder:"#RRGGBB"`
	Crest           string `env:"PORTICO_CREST" help:"SVG or PNG file of the crest (default: crest.svg or crest.png in the data folder, if it is there)." placeholder:"FILE"`
	ParentName      string `env:"PORTICO_PARENT_NAME" help:"Body that the site belongs to, at the top of pages (default: the publisher)." placeholder:"NAME"`
	ParentURL       string `name:"parent-url" env:"PORTICO_PARENT_URL" help:"Its site." placeholder:"URL"`
	AccessURL       string `name:"accessibility-url" env:"PORTICO_ACCESSIBILITY_URL" help:"Accessibility declaration, at form.agid.gov.it." placeholder:"URL"`
	PrivacyURL      string `name:"privacy-url" env:"PORTICO_PRIVACY_URL" help:"Privacy notice (default: our page)." placeholder:"URL"`
	LegalURL        string `name:"legal-url" env:"PORTICO_LEGAL_URL" help:"Legal notes (default: our page)." placeholder:"URL"`
	TransparencyURL string `name:"transparency-url" env:"PORTICO_TRANSPARENCY_URL" help:"Amministrazione trasparente (default: no link)." placeholder:"URL"`
	FAQURL          string `name:"faq-url" env:"PORTICO_FAQ_URL" help:"Frequent questions (default: no link)." placeholder:"URL"`
	ReportURL       string `name:"report-url" env:"PORTICO_REPORT_URL" help:"Where people report what does not work (default: the office's e-mail)." placeholder:"URL"`
	AppointmentURL  string `name:"appointment-url" env:"PORTICO_APPOINTMENT_URL" help:"Where people book an appointment (default: no link)." placeholder:"URL"`
	LoginURL        string `name:"login-url" env:"PORTICO_LOGIN_URL" help:"Personal area of the body's site (default: no link)." placeholder:"URL"`
	PublisherName   string `env:"PORTICO_PUBLISHER_NAME" help:"Body that runs the catalogue (default: the site's title)." placeholder:"NAME"`
	PublisherCode   string `env:"PORTICO_PUBLISHER_CODE" help:"IPA code of that body." placeholder:"CODE"`
	Locale          string `default:"it" enum:"it,en" env:"PORTICO_LOCALE" help:"Language of pages and messages without a prefix: it or en." placeholder:"LANG"`
	Languages       string `default:"it,en" env:"PORTICO_LANGUAGES" help:"Languages that pages are shown in, parted by commas: it, en (complete), de, fr, sl (begun; the rest in English)." placeholder:"LIST"`
	SQLSearch       string `name:"sql-search" default:"off" enum:"on,off" env:"PORTICO_SQL_SEARCH" help:"Whether anybody may ask tables in SQL: on or off." placeholder:"on|off"`
	SQLMemory       int64  `name:"sql-memory" default:"256" env:"PORTICO_SQL_MEMORY" help:"Memory that one statement of SQL may use, in MiB." placeholder:"MIB"`
	SQLTime         int    `name:"sql-time" default:"4" env:"PORTICO_SQL_TIME" help:"Time that one statement of SQL may take, in seconds." placeholder:"SECONDS"`
	CKANVersion     string `name:"ckan-version" default:"2.12.0" env:"PORTICO_CKAN_VERSION" help:"Version of CKAN that status_show tells." placeholder:"V"`
	PublicUsers     string `name:"public-users" default:"on" enum:"on,off" env:"PORTICO_PUBLIC_USERS" help:"Whether anybody sees the names of users, as in CKAN, never their e-mail: on or off." placeholder:"on|off"`
	UserBodies      string `name:"user-bodies" default:"on" enum:"on,off" env:"PORTICO_USER_BODIES" help:"Whether any user may create organizations and groups, as in CKAN: on or off." placeholder:"on|off"`
	PersonalData    string `name:"personal-data" default:"hold" enum:"hold,warn,off" env:"PORTICO_PERSONAL_DATA" help:"What is done with data that seem to be personal: hold (until somebody decides), warn (publish, and log) or off." placeholder:"hold|warn|off"`
	RNDTInFeeds     string `name:"rndt-in-feeds" default:"off" enum:"on,off" env:"PORTICO_RNDT_IN_FEEDS" help:"Whether RDF feeds hold geodata that the RNDT describes, which dati.gov.it takes from there: on or off." placeholder:"on|off"`
	BulkAt          string `default:"03:00" env:"PORTICO_BULK_AT" help:"When the files of the whole catalogue are made every night, such as 03:00; off = never." placeholder:"HH:MM"`
	AlertsAt        string `default:"07:00" env:"PORTICO_ALERTS_AT" help:"When who asked for alerts is written to, at most once a day, such as 07:00; off = nobody is; needs SMTP_URL and SITE_EMAIL." placeholder:"HH:MM"`
	OwnDatasets     string `name:"own-datasets" default:"on" enum:"on,off" env:"PORTICO_OWN_DATASETS" help:"Whether numbers of use, ratings, reports and the openness index are datasets of the catalogue: on or off." placeholder:"on|off"`
	MaxUpload       int64  `default:"10" env:"PORTICO_MAX_UPLOAD" help:"Largest file that may be uploaded, in MiB." placeholder:"MIB"`
	LinkCheck       string `default:"daily" enum:"off,daily,weekly,monthly" env:"PORTICO_LINK_CHECK" help:"How often to try whether the addresses of data answer: off, daily, weekly or monthly." placeholder:"WHEN"`
	LoadUploads     string `name:"load-uploads" default:"on" enum:"on,off" env:"PORTICO_LOAD_UPLOADS" help:"Whether the rows of uploaded files are read, so that they can be asked for: on or off." placeholder:"on|off"`
	KeepSnapshots   string `default:"5,90d" env:"PORTICO_KEEP_SNAPSHOTS" help:"Which earlier snapshots of a table stay: the newest 5, and those of the last 90 days." placeholder:"N,DAYSd"`
	RateLimit       string `default:"50/s" env:"PORTICO_RATE_LIMIT" help:"Requests of one address, such as 50/s; never for loopback, unless it ends in !; off = no limit." placeholder:"N/s"`
	TrustedProxies  string `env:"PORTICO_TRUSTED_PROXIES" help:"Networks whose X-Forwarded-For is believed, parted by commas." placeholder:"CIDR"`
	SMTPURL         string `name:"smtp-url" env:"PORTICO_SMTP_URL" help:"smtp://USER:PASSWORD@HOST:587 or smtps://…, for mail." placeholder:"URL"`
	S3URL           string `name:"s3-url" env:"PORTICO_S3_URL" help:"Where files are kept instead of the data folder (a later version)." placeholder:"URL"`
	MapWMS          string `name:"map-wms" env:"PORTICO_MAP_WMS" help:"WMS under the maps: https://HOST/path;layers;attribution (another host: the privacy page tells of it)." placeholder:"WMS"`
	MapPMTiles      string `name:"map-pmtiles" env:"PORTICO_MAP_PMTILES" help:"PMTiles file under the maps, in the data folder, with the schema of Protomaps or of pictures." placeholder:"FILE"`
	MapPMTilesBy    string `name:"map-pmtiles-by" default:"© OpenStreetMap, ODbL" env:"PORTICO_MAP_PMTILES_BY" help:"Whom the tiles of that file are by." placeholder:"TEXT"`
	SecretFile      string `env:"PORTICO_SECRET_FILE" help:"File of the instance's secret (default: secret in the data folder, made at the first start)." placeholder:"FILE"`
}

// defaultUpload is the largest file that CKAN takes, in MiB.
const defaultUpload = 10

// What a statement of SQL may take: MiB and seconds.
const (
	defaultSQLMemory = 256
	defaultSQLTime   = 4
)

// complete fills what follows from other settings, and tells all that is
// wrong at once.
func (s *Settings) complete() error {
	if s.DatabaseURL == "" {
		s.DatabaseURL = "sqlite:" + filepath.Join(s.Data, "portico.db")
	}
	if s.SecretFile == "" {
		s.SecretFile = filepath.Join(s.Data, "secret")
	}
	if s.MaxUpload == 0 {
		s.MaxUpload = defaultUpload
	}
	var errs []error
	for _, check := range []func() error{s.checkDatabase, s.checkURLs, s.checkListen, s.checkLimits, s.checkBulk, s.checkLanguages, s.checkMap, s.checkTheme} {
		errs = append(errs, check())
	}
	return errors.Join(errs...)
}

func (s *Settings) checkDatabase() error {
	scheme, _, _ := strings.Cut(s.DatabaseURL, ":")
	switch scheme {
	case "sqlite", "postgres", "postgresql":
		return nil
	}
	return setting("DATABASE_URL", s.DatabaseURL, "comincia con sqlite: o postgres://", "begins with sqlite: or postgres://")
}

func (s *Settings) checkURLs() error {
	var errs []error
	for _, u := range []struct{ name, value, schemes string }{
		{"SITE_URL", s.SiteURL, "http https"},
		{"SEARCH_URL", s.SearchURL, "http https"},
		{"SMTP_URL", s.SMTPURL, "smtp smtps"},
		{"PARENT_URL", s.ParentURL, "http https"},
		{"ACCESSIBILITY_URL", s.AccessURL, "http https"},
		{"PRIVACY_URL", s.PrivacyURL, "http https"},
		{"LEGAL_URL", s.LegalURL, "http https"},
		{"TRANSPARENCY_URL", s.TransparencyURL, "http https"},
		{"FAQ_URL", s.FAQURL, "http https"},
		{"REPORT_URL", s.ReportURL, "http https"},
		{"APPOINTMENT_URL", s.AppointmentURL, "http https"},
		{"LOGIN_URL", s.LoginURL, "http https"},
	} {
		if u.value == "" {
			continue
		}
		p, err := url.Parse(u.value)
		if err != nil || p.Host == "" || !strings.Contains(" "+u.schemes+" ", " "+p.Scheme+" ") {
			schemes := strings.ReplaceAll(u.schemes, " ", ":// / ") + "://"
			errs = append(errs, setting(u.name, redact(u.value), "è un indirizzo assoluto, "+schemes, "is an absolute address, "+schemes))
		}
	}
	if s.S3URL != "" {
		errs = append(errs, setting("S3_URL", "…", "arriva con una versione successiva: lascialo vuoto", "comes with a later version: leave it empty"))
	}
	s.SiteURL = strings.TrimRight(s.SiteURL, "/")
	return errors.Join(errs...)
}

func (s *Settings) checkListen() error {
	var errs []error
	for _, l := range []struct{ name, value string }{{"LISTEN", s.Listen}, {"ADMIN_LISTEN", s.AdminListen}} {
		if l.value == "" || l.value == "off" {
			continue
		}
		if _, _, err := net.SplitHostPort(l.value); err != nil {
			errs = append(errs, setting(l.name, l.value, "ha la forma HOST:PORTA", "has the form HOST:PORT"))
		}
	}
	return errors.Join(errs...)
}

// languages is the setting LANGUAGES, read.
func (s *Settings) languages() []string {
	return strings.FieldsFunc(strings.ToLower(s.Languages), func(r rune) bool { return r == ',' || r == ' ' })
}

func (s *Settings) checkLanguages() error {
	all := ui.Locales()
	for _, l := range s.languages() {
		if !slices.Contains(all, l) {
			list := strings.Join(all, ", ")
			return setting("LANGUAGES", s.Languages, "è un elenco di "+list, "is a list of "+list)
		}
	}
	return nil
}

func (s *Settings) checkLimits() error {
	var errs []error
	const mostUpload = 10 << 10
	if s.MaxUpload < 1 || s.MaxUpload > mostUpload {
		errs = append(errs, setting("MAX_UPLOAD", strconv.FormatInt(s.MaxUpload, 10), "va da 1 a 10240 MiB", "is from 1 to 10240 MiB"))
	}
	const leastSQL, mostSQL, mostSeconds = 32, 64 << 10, 600
	if s.SQLMemory = cmp.Or(s.SQLMemory, defaultSQLMemory); s.SQLMemory < leastSQL || s.SQLMemory > mostSQL {
		errs = append(errs, setting("SQL_MEMORY", strconv.FormatInt(s.SQLMemory, 10), "va da 32 a 65536 MiB", "is from 32 to 65536 MiB"))
	}
	if s.SQLTime = cmp.Or(s.SQLTime, defaultSQLTime); s.SQLTime < 1 || s.SQLTime > mostSeconds {
		errs = append(errs, setting("SQL_TIME", strconv.Itoa(s.SQLTime), "va da 1 a 600 secondi", "is from 1 to 600 seconds"))
	}
	if _, err := s.retention(); err != nil {
		errs = append(errs, setting("KEEP_SNAPSHOTS", s.KeepSnapshots, "ha la forma 5,90d", "has the form 5,90d"))
	}
	if _, err := s.rate(); err != nil {
		errs = append(errs, setting("RATE_LIMIT", s.RateLimit, "ha la forma 50/s, oppure off", "has the form 50/s, or is off"))
	}
	if _, err := s.proxies(); err != nil {
		errs = append(errs, setting("TRUSTED_PROXIES", s.TrustedProxies, "è un elenco di reti come 10.0.0.0/8", "is a list of networks such as 10.0.0.0/8"))
	}
	return errors.Join(errs...)
}

// retention is the setting KEEP_SNAPSHOTS, read: a number, and of days.
func (s *Settings) retention() (datastore.Retention, error) {
	number, days, _ := strings.Cut(cmp.Or(s.KeepSnapshots, "5,90d"), ",")
	n, err := strconv.Atoi(strings.TrimSpace(number))
	d, bad := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(cmp.Or(days, "0")), "d"))
	const most = 100_000
	if err != nil || bad != nil || n < 1 || n > most || d < 0 || d > most {
		return datastore.Retention{}, fmt.Errorf("snapshots %q", s.KeepSnapshots)
	}
	return datastore.Retention{Newest: n, Young: time.Duration(d) * 24 * time.Hour}, nil
}

// A rateLimit is the setting RATE_LIMIT, read. PerSecond 0 means no limit.
type rateLimit struct {
	PerSecond float64
	Loopback  bool // loopback addresses are limited, too
}

func (s *Settings) rate() (rateLimit, error) {
	v, loopback := strings.CutSuffix(s.RateLimit, "!")
	if v == "off" || v == "" {
		return rateLimit{}, nil
	}
	n, err := strconv.ParseFloat(strings.TrimSuffix(v, "/s"), 64)
	if err != nil || n <= 0 {
		return rateLimit{}, fmt.Errorf("rate %q", s.RateLimit)
	}
	return rateLimit{PerSecond: n, Loopback: loopback}, nil
}

func (s *Settings) proxies() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for f := range strings.FieldsFuncSeq(s.TrustedProxies, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(f)
		if err != nil {
			a, err := netip.ParseAddr(f)
			if err != nil {
				return nil, err
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		out = append(out, p)
	}
	return out, nil
}

// site returns the site that s describes, served at listen. The profile asks
// for an identifier of the publisher: without its IPA code the name serves.
func (s *Settings) site(listen string) catalog.Site {
	origin := s.SiteURL
	if origin == "" {
		origin = "http://" + listen
	}
	name := s.PublisherName
	if name == "" {
		name = s.SiteTitle
	}
	return catalog.Site{
		Title: s.SiteTitle, Origin: origin, Locale: s.Locale, Email: s.SiteEmail,
		Description: s.SiteDescription, Declaration: s.AccessURL,
		Publisher: catalog.Agent{Name: catalog.It(name), Identifier: cmp.Or(strings.ToLower(s.PublisherCode), catalog.Slug(name, 60))},
	}
}

func setting(name, value, it, en string) error {
	return catalog.Errorf(catalog.Invalid, "setting %s: %q: it %s", name, value, en).
		Italian("impostazione %s: %q: %s", name, value, it)
}

// redact takes the password out of a URL that is shown.
func redact(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "…"
	}
	return u.Redacted()
}

// yamlResolver gives kong the values of the YAML file, for flags that neither
// the command line nor the environment sets. Keys are the names of the
// settings in lower case: site_url or site-url.
func yamlResolver(r io.Reader) (kong.Resolver, error) {
	values := map[string]any{}
	if err := yaml.NewDecoder(io.LimitReader(r, 1<<20)).Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the settings: %w", err)
	}
	norm := make(map[string]any, len(values))
	for k, v := range values {
		norm[strings.ReplaceAll(strings.ToLower(k), "_", "-")] = v
	}
	return kong.ResolverFunc(func(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
		for _, env := range flag.Envs {
			if _, ok := os.LookupEnv(env); ok {
				return nil, nil
			}
		}
		v, ok := norm[flag.Name]
		if !ok {
			return nil, nil
		}
		return fmt.Sprint(v), nil
	}), nil
}
