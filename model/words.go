package model

import (
	"strconv"
	"time"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
)

// SoonExpiring is how long before its expiry a certificate or token needs a
// look.
const SoonExpiring = 30 * day

// ExpiryWord says when something expires, as the EXPIRES column does: "in
// 23d", "expired", "not yet", or "" when it never does. look tells that it
// needs a look: it expires within SoonExpiring, has expired, or is not valid
// yet. A zero time stands for no limit.
func ExpiryWord(notBefore, notAfter, now time.Time) (word string, look bool) {
	switch {
	case !notAfter.IsZero() && !notAfter.After(now):
		return "expired", true
	case notBefore.After(now):
		return "not yet", true
	case notAfter.IsZero():
		return "", false
	}
	left := notAfter.Sub(now)
	return "in " + AgeWord(left), left < SoonExpiring
}

// AgeWord is a duration in its largest whole unit, rounded down: "45s", "12m",
// "5h", "41d", "1y", where a year has 365 days. A negative one, of a clock that
// goes wrong, is "0s".
func AgeWord(d time.Duration) string {
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return whole(d, time.Second, "s")
	case d < time.Hour:
		return whole(d, time.Minute, "m")
	case d < day:
		return whole(d, time.Hour, "h")
	case d < year:
		return whole(d, day, "d")
	}
	return whole(d, year, "y")
}

func whole(d, unit time.Duration, letter string) string {
	return strconv.FormatInt(int64(d/unit), 10) + letter
}

// SizeWord is a number of bytes as a list shows it: "96B", "1.3K", "24K",
// "1.0M", where K is 1024. Under 10 units it has one decimal; both forms are
// rounded, halves up.
func SizeWord(bytes int) string {
	if bytes < 1024 {
		return strconv.Itoa(max(bytes, 0)) + "B"
	}
	const units = "KMGTPE"
	size := uint64(bytes)
	for i := range len(units) {
		unit := uint64(1) << (10 * (i + 1))
		tenths := size/unit*10 + (size%unit*10+unit/2)/unit
		if tenths < 100 {
			return strconv.FormatUint(tenths/10, 10) + "." + strconv.FormatUint(tenths%10, 10) + units[i:i+1]
		}
		rounded := size / unit
		if size%unit >= unit/2 {
			rounded++
		}
		if rounded < 1024 {
			return strconv.FormatUint(rounded, 10) + units[i:i+1]
		}
	}
	return strconv.Itoa(bytes) + "B"
}

// CountWord is a number with commas between its thousands: "2,000".
func CountWord(n int) string {
	// Built from the end, so that a number of any size costs one allocation.
	var room [27]byte
	at := len(room)
	left := uint64(max(n, -n)) //nolint:gosec // never negative but for the smallest number, whose bits are right
	for digits := 0; left > 0 || digits == 0; digits++ {
		if digits > 0 && digits%3 == 0 {
			at--
			room[at] = ','
		}
		at--
		room[at] = byte('0' + left%10)
		left /= 10
	}
	if n < 0 {
		at--
		room[at] = '-'
	}
	return string(room[at:])
}
