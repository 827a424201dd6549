package ui

import (
	"embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

//go:embed locales/*.json
var localeFiles embed.FS

// locales are the languages that pages speak.
var locales = []string{"it", "en"}

// messages are the words of one language by key. A key that counts has two
// forms, key.one and key.other, and may have key.zero: that is all that Italian
// and English need.
type messages map[string]string

func readMessages(locale string) (messages, error) {
	b, err := localeFiles.ReadFile("locales/" + locale + ".json")
	if err != nil {
		return nil, err
	}
	m := make(messages)
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("locale %s: %w", locale, err)
	}
	return m, nil
}

// text returns the message of key with {0}, {1} and so on replaced. A key that
// is not there stands for itself, so that its absence can be seen.
func (m messages) text(key string, args ...any) string {
	s, ok := m[key]
	if !ok {
		return key
	}
	for i, a := range args {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", fmt.Sprint(a))
	}
	return s
}
