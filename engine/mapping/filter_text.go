package mapping

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"bellhop/engine"
)

var textFilters = []Filter{
	{
		Name: "upper", Label: "Upper case", Help: "Writes everything in capitals.", In: []string{KindText},
		apply: onText(func(e *evaluation, s string, _ []any) (any, error) { return upper(s, e.env.Locale), nil }),
	},
	{
		Name: "lower", Label: "Lower case", Help: "Writes everything in small letters.", In: []string{KindText},
		apply: onText(func(e *evaluation, s string, _ []any) (any, error) { return lower(s, e.env.Locale), nil }),
	},
	{
		Name: "capitalize", Label: "Capital first letter", Help: "Makes the first letter a capital and leaves the rest.", In: []string{KindText},
		apply: onText(func(e *evaluation, s string, _ []any) (any, error) {
			_, size := utf8.DecodeRuneInString(s)
			return upper(s[:size], e.env.Locale) + s[size:], nil
		}),
	},
	{
		Name: "trim", Label: "Trim", Help: "Takes away spaces and line breaks at both ends.", In: []string{KindText},
		apply: onText(func(_ *evaluation, s string, _ []any) (any, error) { return strings.TrimSpace(s), nil }),
	},
	{
		Name: "replace", Label: "Replace", Help: "Puts another text wherever a text occurs.", In: []string{KindText},
		Args: []Arg{
			{Name: "old", Label: "What to replace", Type: engine.FieldText, Required: true},
			{Name: "new", Label: "Replace it with", Type: engine.FieldText, Default: "nothing"},
		},
		check: func(args []any) error { return notEmpty(args[0], "What to replace") },
		apply: onText(func(_ *evaluation, s string, args []any) (any, error) {
			if err := notEmpty(args[0], "What to replace"); err != nil {
				return nil, err
			}
			from, to := Text(args[0]), argText(args, 1, "")
			if len(s)+strings.Count(s, from)*(len(to)-len(from)) > MaxText {
				return nil, errTooLong
			}
			return strings.ReplaceAll(s, from, to), nil
		}),
	},
	{
		Name: "truncate", Label: "Shorten", Help: "Cuts off what is longer than a number of characters; the end sign counts too.", In: []string{KindText},
		Args: []Arg{
			{Name: "length", Label: "Longest length", Type: engine.FieldNumber, Required: true},
			{Name: "end", Label: "End sign", Type: engine.FieldText, Default: "…"},
		},
		check: func(args []any) error { return intIfKnown(args, 0, 0, MaxText) },
		apply: onText(func(_ *evaluation, s string, args []any) (any, error) {
			length, err := argInt(args, 0, 0, 0, MaxText)
			return truncate(s, length, argText(args, 1, "…")), err
		}),
	},
	{
		Name: "split", Label: "Split into a list", Help: "Makes a list of the parts between a separator.", In: []string{KindText},
		Args:  []Arg{{Name: "separator", Label: "Separator", Type: engine.FieldText, Required: true}},
		check: func(args []any) error { return notEmpty(args[0], "The separator") },
		apply: onText(func(_ *evaluation, s string, args []any) (any, error) {
			if err := notEmpty(args[0], "The separator"); err != nil {
				return nil, err
			}
			if s == "" {
				return []any{}, nil
			}
			parts := strings.Split(s, Text(args[0]))
			list := make([]any, len(parts))
			for i, part := range parts {
				list[i] = part
			}
			return list, nil
		}),
	},
	{
		Name: "slug", Label: "For an address", Help: "Makes a text fit for web addresses and file names: crème brûlée becomes creme-brulee.", In: []string{KindText},
		apply: onText(func(_ *evaluation, s string, _ []any) (any, error) { return slug(s), nil }),
	},
}

// onText lets a filter see its value as the text it reads as.
func onText(f func(e *evaluation, s string, args []any) (any, error)) func(*evaluation, any, []any) (any, error) {
	return func(e *evaluation, in any, args []any) (any, error) {
		s, err := e.text(in)
		if err != nil {
			return nil, err
		}
		return f(e, s, args)
	}
}

func notEmpty(arg any, what string) error {
	if arg != nil && Text(arg) == "" {
		return mistakef("%s must not be empty.", what)
	}
	return nil
}

func intIfKnown(args []any, i, least, most int) error {
	if i >= len(args) || args[i] == nil {
		return nil
	}
	_, err := argInt(args, i, 0, least, most)
	return err
}

func upper(s string, locale language.Tag) string {
	if ascii(s) && !ownCase(locale) {
		return strings.ToUpper(s)
	}
	return cases.Upper(locale).String(s)
}

func lower(s string, locale language.Tag) string {
	if ascii(s) && !ownCase(locale) {
		return strings.ToLower(s)
	}
	return cases.Lower(locale).String(s)
}

func ascii(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// ownCase names the languages in which even a to z change case in their own way, as the Turkish i.
func ownCase(locale language.Tag) bool {
	base, _ := locale.Base()
	switch base.String() {
	case "tr", "az", "lt":
		return true
	}
	return false
}

// truncate never cuts between a letter and the marks on it, nor inside a joined emoji.
func truncate(s string, length int, end string) string {
	if len(s) <= length || utf8.RuneCountInString(s) <= length {
		return s
	}
	keep := max(0, length-utf8.RuneCountInString(end))
	cut, joined := 0, false
	for i, r := range s {
		extends := unicode.In(r, unicode.M) || r == joiner || r >= 0x1F3FB && r <= 0x1F3FF
		if !extends && !joined {
			cut = i
		}
		if keep == 0 {
			break
		}
		keep--
		joined = r == joiner
	}
	return strings.TrimRightFunc(s[:cut], unicode.IsSpace) + shortenedTo(end, length)
}

const joiner = '\u200d'

func shortenedTo(s string, length int) string {
	for i := range s {
		if length--; length < 0 {
			return s[:i]
		}
	}
	return s
}

// Spellings returns what the filters upper, lower, capitalize, trim and slug make of a text, without the text itself.
func Spellings(text string) []string {
	var all []string
	_, size := utf8.DecodeRuneInString(text)
	for _, one := range []string{strings.ToUpper(text), strings.ToLower(text), strings.ToUpper(text[:size]) + text[size:], strings.TrimSpace(text), slug(text)} {
		if one != text && !slices.Contains(all, one) {
			all = append(all, one)
		}
	}
	return all
}

// Letters that do not come apart into a Latin letter and a mark.
var slugLetters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ł", "l", "þ", "th", "ð", "d", "ı", "i", "'", "", "’", "")

func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFD.String(slugLetters.Replace(strings.ToLower(s))) {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // the accent that NFD took off
		default:
			gap = true
		}
	}
	// Letters of other scripts, such as Hangul, come together again.
	return norm.NFC.String(b.String())
}
