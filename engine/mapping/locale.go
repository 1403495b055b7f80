package mapping

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

func (e Env) locale() language.Tag {
	if e.Locale == language.Und {
		return language.English
	}
	return e.Locale
}

// numberStyle is how a locale writes numbers. It is read off a number that x/text formats, for x/text
// formats floats only, and money must keep every digit.
type numberStyle struct {
	minus, group, point string
	zero                rune
	// last is the size of the group next to the point, others that of all other groups.
	last, others int
}

var styles sync.Map // language.Tag → *numberStyle

func styleOf(locale language.Tag) *numberStyle {
	if s, ok := styles.Load(locale); ok {
		return s.(*numberStyle)
	}
	s := readStyle(message.NewPrinter(locale).Sprint(number.Decimal(-1234567890.5)))
	styles.Store(locale, s)
	return s
}

// readStyle takes -1234567890.5, as written in some locale, apart: signs and runs of digits.
func readStyle(written string) *numberStyle {
	var signs []string
	var sizes []int
	sign, size := "", 0
	s := &numberStyle{zero: '0'}
	for _, r := range written {
		if !unicode.IsDigit(r) {
			if size > 0 {
				sizes, size = append(sizes, size), 0
			}
			sign += string(r)
			continue
		}
		if size == 0 {
			signs, sign = append(signs, sign), ""
		}
		if len(signs) == 1 && size == 0 {
			s.zero = r - 1 // the number begins with a 1
		}
		size++
	}
	n := len(signs)
	s.minus, s.point = signs[0], signs[n-1]
	if n > 2 {
		s.group, s.last, s.others = signs[1], sizes[n-2], sizes[n-3]
		if n == 3 {
			s.others = s.last
		}
	}
	return s
}

func (s *numberStyle) format(d Decimal) string {
	negative, whole, fraction := d.split()
	var b strings.Builder
	b.Grow(2*len(whole) + len(fraction) + 8)
	if negative {
		b.WriteString(s.minus)
	}
	for i := range len(whole) {
		left := len(whole) - i
		if i > 0 && s.last > 0 && (left == s.last || left > s.last && (left-s.last)%s.others == 0) {
			b.WriteString(s.group)
		}
		b.WriteRune(s.zero + rune(whole[i]-'0'))
	}
	if fraction != "" {
		b.WriteString(s.point)
		for i := range len(fraction) {
			b.WriteRune(s.zero + rune(fraction[i]-'0'))
		}
	}
	return b.String()
}

type symbolKey struct {
	locale language.Tag
	unit   currency.Unit
}

var symbols sync.Map // symbolKey → string

func symbolOf(unit currency.Unit, locale language.Tag) string {
	key := symbolKey{locale, unit}
	if s, ok := symbols.Load(key); ok {
		return s.(string)
	}
	s := message.NewPrinter(locale).Sprint(currency.Symbol(unit))
	symbols.Store(key, s)
	return s
}

// nbsp keeps an amount and its currency on one line; CLDR has it in its patterns too.
const nbsp = "\u00a0"

// formatMoney rounds to the currency's decimals (JPY has none) and writes amount and symbol in the
// locale's order.
func formatMoney(amount Decimal, unit currency.Unit, locale language.Tag) string {
	decimals, _ := currency.Standard.Rounding(unit)
	style, symbol := styleOf(locale), symbolOf(unit, locale)
	amount = amount.round(decimals)
	minus := ""
	if amount.unscaled.Sign() < 0 {
		minus, amount = style.minus, amount.negated()
	}
	digits := style.format(amount)
	switch placeOf(locale) {
	case symbolAfter:
		return minus + digits + nbsp + symbol
	case symbolApart:
		return minus + symbol + nbsp + digits
	}
	if last, _ := utf8.DecodeLastRuneInString(symbol); unicode.IsLetter(last) {
		symbol += nbsp // CHF 189.00, as CLDR's currency spacing has it
	}
	return minus + symbol + digits
}

type symbolPlace int

const (
	symbolBefore symbolPlace = iota // €189.00
	symbolApart                     // € 189.00
	symbolAfter                     // 189.00 €
)

// Where CLDR's standard currency patterns put the symbol (unicode.org/cldr, numbers/*.xml); x/text
// keeps these patterns to itself. Languages that are not here have it before the number.
var (
	placeByLanguage = map[string]symbolPlace{
		"nl": symbolApart, "fil": symbolApart, "fy": symbolApart, "lo": symbolApart, "ne": symbolApart, "sw": symbolApart,
	}
	placeByLocale = map[string]symbolPlace{
		"de-AT": symbolApart, "de-CH": symbolApart, "de-LI": symbolApart, "it-CH": symbolApart, "pt-BR": symbolApart,
		"es-ES": symbolAfter, "es": symbolAfter, "es-GQ": symbolAfter, "es-IC": symbolAfter, "es-EA": symbolAfter,
		"es-AR": symbolApart, "es-CO": symbolApart, "es-UY": symbolApart, "es-PY": symbolApart,
	}
)

func init() {
	for _, l := range strings.Fields("ar az be bg bs ca cs da de el et eu fi fo fr gl he hr hu hy is it ka kk ky lt lv mk nb nn no pl pt ro ru se sk sl sq sr sv uk uz vi") {
		placeByLanguage[l] = symbolAfter
	}
}

func placeOf(locale language.Tag) symbolPlace {
	// Raw does not guess a region: pt alone is any Portuguese, not Brazil's.
	base, _, region := locale.Raw()
	name := base.String()
	if region.String() != "ZZ" {
		name += "-" + region.String()
	}
	if place, ok := placeByLocale[name]; ok {
		return place
	}
	return placeByLanguage[base.String()]
}
