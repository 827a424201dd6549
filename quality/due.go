package quality

import "time"

// The check of links runs in the small hours of the machine's time zone, when
// few need the servers that it asks.
const (
	firstHour, lastHour = 1, 5
	usualGap            = 18 * time.Hour
	longestGap          = 36 * time.Hour // after that, at any hour
)

// LinksDue reports whether the check of links is to begin, given how the latest
// went. It runs each day, whatever Every is, for what fails is tried each day;
// the first waits for the night.
func LinksDue(last LinkRun, now time.Time) bool {
	night := now.Hour() >= firstHour && now.Hour() < lastHour
	if last.Begun.IsZero() {
		return night
	}
	gap := now.Sub(last.Begun)
	return night && gap >= usualGap || gap >= longestGap
}
