package logic

import (
	"encoding/json"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bellhop/engine/mapping"
)

// textSplit makes a list of the parts of `text` between a `separator`, or of its lines. Spaces around parts
// and empty parts are left out.
func textSplit(c Call) (Outcome, error) {
	separator := c.separator("\n")
	var parts []any
	for part := range strings.SplitSeq(mapping.Text(c.With["text"]), separator) {
		if part = strings.TrimSpace(part); part != "" {
			parts = append(parts, part)
		}
		if len(parts) > mostEntries {
			return Outcome{}, mistake("The text has more than %d parts.", mostEntries)
		}
	}
	return listed(parts, counted(len(parts), "part", "parts")), nil
}

// What texts are looked through for. An e-mail address is what people write as one, not all that
// RFC 5321 allows.
var (
	eMail      = regexp.MustCompile(`[\p{L}\p{N}._%+-]+@[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+`)
	webAddress = regexp.MustCompile(`https?://[^\s<>"]+[^\s<>".,;:!?)'\]]`)
	numeral    = regexp.MustCompile(`[-+]?[0-9](?:[0-9.,'’\x{00a0}\x{202f}]*[0-9])?`)
	// Plain spaces mark thousands only where one number is expected.
	spaced = regexp.MustCompile(`[-+]?\b[0-9]{1,3}(?: [0-9]{3}\b)+(?:[.,][0-9]+)?`)
)

// mostFound bounds how many parts are taken from a text.
const mostFound = 1000

// textFind finds in `text` what is between two texts (`after`, `before`), or each `what`: email, address or
// number. The result has the first as `found`, and `all`.
func textFind(c Call) (Outcome, error) {
	text := mapping.Text(c.With["text"])
	if len(text) > mapping.MaxText {
		return Outcome{}, mistake("The text is longer than the %d characters that can be looked through.", mapping.MaxText)
	}
	var found []string
	switch what := c.text("what"); what {
	case "email":
		found = eMail.FindAllString(text, mostFound)
	case "address":
		found = webAddress.FindAllString(text, mostFound)
	case "number":
		found = numerals(text)
	case "", "between":
		after, before := mapping.Text(c.With["after"]), mapping.Text(c.With["before"])
		if after == "" && before == "" {
			return Outcome{}, mistake("The step does not say what stands before or after the part that is looked for.")
		}
		found = between(text, after, before)
	default:
		return Outcome{}, mistake("%s cannot be looked for. Choose one of between, email, address and number.", show(what))
	}
	all := make([]any, len(found))
	for i, part := range found {
		all[i] = part
	}
	output := map[string]any{"found": nil, "all": all, "count": number(len(all))}
	if len(all) == 0 {
		return Outcome{Output: output, Note: "nothing found"}, nil
	}
	output["found"] = all[0]
	return Outcome{Output: output, Note: "found " + show(all[0])}, nil
}

// numerals returns what reads as numbers in a text. A hyphen after a letter or digit is no minus.
func numerals(text string) (found []string) {
	for _, at := range numeral.FindAllStringIndex(text, mostFound) {
		one := text[at[0]:at[1]]
		before, _ := utf8.DecodeLastRuneInString(text[:at[0]])
		if strings.ContainsAny(one[:1], "+-") && (unicode.IsLetter(before) || unicode.IsDigit(before)) {
			one = one[1:]
		}
		found = append(found, one)
	}
	return found
}

// between returns the parts of a text that begin after one text and end before another. An empty one
// stands for the text's begin or end.
func between(text, after, before string) (parts []string) {
	for len(parts) < mostFound {
		_, rest, ok := strings.Cut(text, after)
		if !ok {
			return parts
		}
		if before == "" {
			return append(parts, strings.TrimSpace(rest))
		}
		part, rest, ok := strings.Cut(rest, before)
		if !ok {
			return parts
		}
		parts = append(parts, strings.TrimSpace(part))
		if text = rest; after == "" {
			return parts
		}
	}
	return parts
}

// numberRead makes a number of `text` as people write it, such as "€ 1.234,50"; `decimal` is the sign before
// the decimals: comma, point, or found out where that is certain.
func numberRead(c Call) (Outcome, error) {
	text := c.text("text")
	digits := spaced.FindString(text)
	if all := numerals(text); digits == "" && len(all) > 0 {
		digits = all[0]
	}
	// A sign may stand apart: "- 5 €".
	negative := strings.HasPrefix(digits, "-") || strings.HasPrefix(strings.TrimLeftFunc(text, isCurrency), "-")
	digits = strings.TrimLeft(digits, "+-")
	digits = strings.Map(func(r rune) rune {
		if r == '\'' || r == '’' || unicode.IsSpace(r) {
			return -1
		}
		return r
	}, digits)
	whole, fraction, err := decimals(digits, c.text("decimal"))
	if err != nil {
		return Outcome{}, err
	}
	whole = strings.TrimLeft(whole, "0")
	if whole == "" {
		whole = "0"
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if negative {
		whole = "-" + whole
	}
	n, ok := mapping.ParseDecimal(whole)
	if digits == "" || !ok {
		return Outcome{}, mistake("There is no number in %s.", show(text))
	}
	return Outcome{Output: map[string]any{"number": json.Number(n.String())}}, nil
}

func isCurrency(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Sc, r) || unicode.IsLetter(r)
}

// decimals parts a number's digits where its decimals begin.
func decimals(digits, sign string) (whole, fraction string, err error) {
	points, commas := strings.Count(digits, "."), strings.Count(digits, ",")
	decimal := ""
	switch {
	case sign == "comma":
		decimal = ","
	case sign == "point":
		decimal = "."
	case sign != "" && sign != "auto":
		return "", "", mistake("The sign before decimals is comma, point or auto; %s is none of these.", show(sign))
	case points > 0 && commas > 0: // the last one
		decimal = digits[strings.LastIndexAny(digits, ".,"):][:1]
	case points+commas == 1:
		decimal = digits[strings.IndexAny(digits, ".,"):][:1]
		if before, after, _ := strings.Cut(digits, decimal); len(after) == 3 && strings.Trim(before, "0") != "" {
			return "", "", mistake("%s can be read in two ways: as thousands, or with three decimals. Say which sign stands before the decimals.", show(digits))
		}
	}
	whole = digits
	if decimal != "" {
		if strings.Count(digits, decimal) > 1 {
			return "", "", mistake("%s has several signs for decimals, so it is no number.", show(digits))
		}
		whole, fraction, _ = strings.Cut(digits, decimal)
	}
	if strings.ContainsAny(fraction, ".,") {
		return "", "", mistake("%s is no number: thousands are marked after the decimals.", show(digits))
	}
	return strings.NewReplacer(".", "", ",", "").Replace(whole), fraction, nil
}

// dateMove moves `date` by `by` `unit`s, back if that is below 0; months and years end with the month:
// 31 January and a month is the last of February. The result is `date`, RFC 3339, and `day` alone.
func dateMove(c Call) (Outcome, error) {
	t, ok := mapping.ParseTime(c.With["date"], c.Env)
	if !ok {
		return Outcome{}, mistake("%s is not a date that Bellhop can read. Write it like 2026-03-05 or 2026-03-05 14:07.", show(c.With["date"]))
	}
	n, err := c.whole("by", 0, -1_000_000, 1_000_000)
	if err != nil {
		return Outcome{}, err
	}
	switch unit := c.text("unit"); unit {
	case "minutes", "hours":
		t = t.Add(time.Duration(n) * units[unit])
	case "days":
		t = t.AddDate(0, 0, n)
	case "weeks":
		t = t.AddDate(0, 0, 7*n)
	case "months":
		t = addMonths(t, n)
	case "years":
		t = addMonths(t, 12*n)
	default:
		return Outcome{}, mistake("A date is moved by minutes, hours, days, weeks, months or years; %s is none of these.", show(unit))
	}
	if t.Year() < 1 || t.Year() > 9999 {
		return Outcome{}, mistake("The date would leave the years 1 to 9999.")
	}
	return Outcome{Output: map[string]any{"date": t.Format(time.RFC3339), "day": t.Format(time.DateOnly)}}, nil
}

func addMonths(t time.Time, n int) time.Time {
	moved := t.AddDate(0, n, 0)
	if moved.Day() != t.Day() {
		moved = moved.AddDate(0, 0, -moved.Day()) // the last day of the month before
	}
	return moved
}
