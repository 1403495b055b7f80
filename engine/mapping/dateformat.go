package mapping

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/language"

	"bellhop/engine"
)

// formatTime writes t in a named format or a pattern, with the locale's names.
func formatTime(t time.Time, format string, locale language.Tag) (string, error) {
	if format == "iso" {
		return t.Format("2006-01-02T15:04:05Z07:00"), nil
	}
	style := calendarOf(locale)
	pattern, ok := style.formats[format]
	if !ok {
		pattern = format
	}
	return style.format(t, pattern)
}

// checkFormat says whether a format is a name or a pattern that makes sense.
func checkFormat(format string) error {
	_, err := formatTime(time.Time{}, format, language.English)
	return err
}

const longestPattern = 200

// format writes a pattern of CLDR's date fields (unicode.org/reports/tr35/tr35-dates.html); text
// stands in single quotes, and a single quote is two of them.
func (c *calendar) format(t time.Time, pattern string) (string, error) {
	if len(pattern) > longestPattern || pattern == "" {
		return "", mistakef("A date's format is one to %d characters long.", longestPattern)
	}
	var b strings.Builder
	for i := 0; i < len(pattern); {
		letter := pattern[i]
		if letter == '\'' {
			length, text, ok := quotedText(pattern[i:])
			if !ok {
				return "", mistakef("The date format %s has a quote that is not closed.", show(pattern))
			}
			b.WriteString(text)
			i += length
			continue
		}
		if letter|0x20 < 'a' || letter|0x20 > 'z' {
			_, size := utf8.DecodeRuneInString(pattern[i:])
			b.WriteString(pattern[i : i+size])
			i += size
			continue
		}
		length := 1
		for i+length < len(pattern) && pattern[i+length] == letter {
			length++
		}
		text, ok := c.part(t, letter, length)
		if !ok {
			return "", badPattern(pattern, pattern[i:i+length])
		}
		b.WriteString(text)
		i += length
	}
	return b.String(), nil
}

// quotedText reads a quoted text at the beginning of s and says how long it was with its quotes.
func quotedText(s string) (length int, text string, ok bool) {
	if strings.HasPrefix(s, "''") {
		return 2, "'", true
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] != '\'':
			b.WriteByte(s[i])
		case strings.HasPrefix(s[i:], "''"):
			b.WriteByte('\'')
			i++
		default:
			return i + 1, b.String(), true
		}
	}
	return 0, "", false
}

func badPattern(pattern, part string) error {
	m := &mistake{message: fmt.Sprintf("The date format %s is not known: %q has no meaning in it. Use a name such as medium, or a pattern such as yyyy-MM-dd HH:mm with text in single quotes.", show(pattern), part)}
	if strings.Contains(pattern, "%") {
		m.message = fmt.Sprintf("The date format %s is not known. Patterns are written like yyyy-MM-dd HH:mm.", show(pattern))
	}
	m.suggestion = engine.Suggest(pattern, formatNames)
	return m
}

var formatNames = []string{"short", "medium", "long", "time", "datetime", "iso"}

func (c *calendar) part(t time.Time, letter byte, length int) (string, bool) {
	switch letter {
	case 'y':
		if length == 2 {
			return padded(t.Year()%100, 2), true
		}
		return padded(t.Year(), length), length <= 4
	case 'M':
		switch length {
		case 3:
			return c.shortMonths[t.Month()-1], true
		case 4:
			return c.months[t.Month()-1], true
		}
		return padded(int(t.Month()), length), length <= 2
	case 'E':
		if length == 4 {
			return c.days[t.Weekday()], true
		}
		return c.shortDays[t.Weekday()], length <= 3
	case 'd':
		return padded(t.Day(), length), length <= 2
	case 'H':
		return padded(t.Hour(), length), length <= 2
	case 'h':
		return padded((t.Hour()+11)%12+1, length), length <= 2
	case 'm':
		return padded(t.Minute(), length), length <= 2
	case 's':
		return padded(t.Second(), length), length <= 2
	case 'S':
		if length > 9 {
			return "", false
		}
		return padded(t.Nanosecond(), 9)[:length], true
	case 'a':
		return t.Format("PM"), length == 1
	case 'X':
		return t.Format("Z07:00"), length <= 3
	}
	return "", false
}

func padded(n, length int) string {
	s := strconv.Itoa(n)
	return strings.Repeat("0", max(0, length-len(s))) + s
}
