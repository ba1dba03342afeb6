package model

import (
	"testing"
	"time"
)

func TestExpiryWord(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	past := now.Add(-41 * day)
	for _, c := range []struct {
		about               string
		notBefore, notAfter time.Time
		word                string
		look                bool
	}{
		{"no limits", time.Time{}, time.Time{}, "", false},
		{"begun, never expires", past, time.Time{}, "", false},
		{"the demo's CA", past, now.Add(23*day + 6*time.Hour), "in 23d", true},
		{"minutes", past, now.Add(40*time.Minute + 59*time.Second), "in 40m", true},
		{"hours", past, now.Add(5 * time.Hour), "in 5h", true},
		{"seconds", past, now.Add(45 * time.Second), "in 45s", true},
		{"years", past, now.Add(3438 * day), "in 9y", false},
		{"just under 30 days", past, now.Add(30*day - 1), "in 29d", true},
		{"30 days", past, now.Add(30 * day), "in 30d", false},
		{"expired", past, now.Add(-12 * day), "expired", true},
		{"expires now", past, now, "expired", true},
		{"not yet", now.Add(time.Second), now.Add(year), "not yet", true},
		{"begins now", now, now.Add(year), "in 1y", false},
		{"not yet, without end", now.Add(day), time.Time{}, "not yet", true},
	} {
		word, look := ExpiryWord(c.notBefore, c.notAfter, now)
		if word != c.word || look != c.look {
			t.Errorf("%s: %q, %v; want %q, %v", c.about, word, look, c.word, c.look)
		}
	}
}

func TestAgeWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		age  time.Duration
		want string
	}{
		{-time.Hour, "0s"},
		{0, "0s"},
		{45 * time.Second, "45s"},
		{12*time.Minute + 59*time.Second, "12m"},
		{5*time.Hour + 59*time.Minute, "5h"},
		{24*time.Hour - 1, "23h"},
		{24 * time.Hour, "1d"},
		{41 * day, "41d"},
		{364 * day, "364d"},
		{365 * day, "1y"},
		{760 * day, "2y"},
		{1100 * day, "3y"},
	} {
		if got := AgeWord(c.age); got != c.want {
			t.Errorf("AgeWord(%v) = %q, want %q", c.age, got, c.want)
		}
	}
}

func TestSizeWord(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		bytes int
		want  string
	}{
		{0, "0B"}, {96, "96B"}, {660, "660B"}, {1023, "1023B"},
		{1024, "1.0K"}, {1180, "1.2K"}, {1307, "1.3K"}, {1679, "1.6K"}, {2826, "2.8K"},
		{10188, "9.9K"}, {10189, "10K"}, // 9.95 is where 9.9 becomes 10
		{24 * 1024, "24K"}, {24*1024 + 512, "25K"}, {1023*1024 + 511, "1023K"},
		{1024*1024 - 1, "1.0M"}, {1 << 20, "1.0M"}, {32 << 20, "32M"}, {5 << 30, "5.0G"},
	} {
		if got := SizeWord(c.bytes); got != c.want {
			t.Errorf("SizeWord(%d) = %q, want %q", c.bytes, got, c.want)
		}
	}
}

func TestCountWord(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 2000: "2,000", 10000: "10,000",
		123456: "123,456", 1234567: "1,234,567", -1307: "-1,307", -100: "-100",
	} {
		if got := CountWord(n); got != want {
			t.Errorf("CountWord(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestBytesWord(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0 bytes", 1: "1 byte", 1679: "1,679 bytes"} {
		if got := BytesWord(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
