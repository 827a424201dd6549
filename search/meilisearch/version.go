package meilisearch

import (
	"context"
	"strconv"
	"strings"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/catalog"
)

// oldest is the first version whose filters compare texts, which ranges and
// beginnings of exact values need.
var oldest = [2]int{1, 15}

// CheckVersion refuses a Meilisearch that is older than the engine needs. One
// that does not answer is let through, as New does.
func CheckVersion(ctx context.Context, cfg Config) error {
	client := ms.New(strings.TrimSuffix(cfg.URL, "/"), ms.WithAPIKey(cfg.Key), ms.WithCustomClient(cfg.HTTP), ms.DisableRetries())
	v, err := client.VersionWithContext(ctx)
	if err != nil {
		return nil //nolint:nilerr // New tells what is wrong with the address or the key
	}
	if recent(v.PkgVersion) {
		return nil
	}
	return catalog.Errorf(catalog.Invalid, "Meilisearch %s is too old: Portico needs %d.%d or later", v.PkgVersion, oldest[0], oldest[1]).
		Italian("Meilisearch %s è troppo vecchio: Portico richiede la versione %d.%d o una successiva", v.PkgVersion, oldest[0], oldest[1])
}

// recent reports whether a version is new enough. What is no version is.
func recent(version string) bool {
	major, rest, _ := strings.Cut(version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, errA := strconv.Atoi(major)
	b, errB := strconv.Atoi(minor)
	if errA != nil || errB != nil {
		return true
	}
	return a > oldest[0] || a == oldest[0] && b >= oldest[1]
}
