package mapping

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// calendar is how a language writes dates. x/text keeps CLDR's dates to itself, so the languages that
// Bellhop speaks are here, taken from CLDR's Gregorian calendar (unicode.org/cldr, dates); all others
// are written as in English.
type calendar struct {
	months, shortMonths, days, shortDays []string
	// formats maps a format's name to its pattern.
	formats map[string]string
}

func newCalendar(months, shortMonths, days, shortDays, short, medium, long, clock string) *calendar {
	return &calendar{
		months: strings.Fields(months), shortMonths: strings.Fields(shortMonths), days: strings.Fields(days), shortDays: strings.Fields(shortDays),
		formats: map[string]string{"short": short, "medium": medium, "long": long, "time": clock, "datetime": medium + ", " + clock},
	}
}

// Days begin with Sunday, as time.Weekday does.
const (
	englishMonths      = "January February March April May June July August September October November December"
	englishShortMonths = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
	englishDays        = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday"
	englishShortDays   = "Sun Mon Tue Wed Thu Fri Sat"

	portugueseMonths      = "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
	portugueseShortMonths = "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez."
	portugueseDays        = "domingo segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado"
	portugueseShortDays   = "dom. seg. ter. qua. qui. sex. sáb."
)

// The first is for languages that are not here.
var calendars = []struct {
	tag      language.Tag
	calendar *calendar
}{
	{language.AmericanEnglish, newCalendar(englishMonths, englishShortMonths, englishDays, englishShortDays,
		"M/d/yy", "MMM d, y", "MMMM d, y", "h:mm a")},
	{language.BritishEnglish, newCalendar(englishMonths, strings.Replace(englishShortMonths, "Sep", "Sept", 1), englishDays, englishShortDays,
		"dd/MM/y", "d MMM y", "d MMMM y", "HH:mm")},
	{language.EuropeanPortuguese, newCalendar(portugueseMonths, portugueseShortMonths, portugueseDays, portugueseShortDays,
		"dd/MM/yy", "d 'de' MMM 'de' y", "d 'de' MMMM 'de' y", "HH:mm")},
	{language.BrazilianPortuguese, newCalendar(portugueseMonths, portugueseShortMonths, portugueseDays, portugueseShortDays,
		"dd/MM/y", "d 'de' MMM 'de' y", "d 'de' MMMM 'de' y", "HH:mm")},
	{language.German, newCalendar(
		"Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
		"Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
		"Sonntag Montag Dienstag Mittwoch Donnerstag Freitag Samstag", "So. Mo. Di. Mi. Do. Fr. Sa.",
		"dd.MM.yy", "dd.MM.y", "d. MMMM y", "HH:mm")},
	{language.Spanish, newCalendar(
		"enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
		"ene feb mar abr may jun jul ago sept oct nov dic",
		"domingo lunes martes miércoles jueves viernes sábado", "dom lun mar mié jue vie sáb",
		"d/M/yy", "d MMM y", "d 'de' MMMM 'de' y", "H:mm")},
	{language.French, newCalendar(
		"janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
		"janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
		"dimanche lundi mardi mercredi jeudi vendredi samedi", "dim. lun. mar. mer. jeu. ven. sam.",
		"dd/MM/y", "d MMM y", "d MMMM y", "HH:mm")},
	{language.Italian, newCalendar(
		"gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
		"gen feb mar apr mag giu lug ago set ott nov dic",
		"domenica lunedì martedì mercoledì giovedì venerdì sabato", "dom lun mar mer gio ven sab",
		"dd/MM/yy", "d MMM y", "d MMMM y", "HH:mm")},
	{language.Dutch, newCalendar(
		"januari februari maart april mei juni juli augustus september oktober november december",
		"jan. feb. mrt. apr. mei jun. jul. aug. sep. okt. nov. dec.",
		"zondag maandag dinsdag woensdag donderdag vrijdag zaterdag", "zo ma di wo do vr za",
		"dd-MM-y", "d MMM y", "d MMMM y", "HH:mm")},
}

var (
	calendarMatcher = func() language.Matcher {
		var tags []language.Tag
		for _, c := range calendars {
			tags = append(tags, c.tag)
		}
		return language.NewMatcher(tags)
	}()
	calendarCache sync.Map // language.Tag → *calendar
)

func calendarOf(locale language.Tag) *calendar {
	if c, ok := calendarCache.Load(locale); ok {
		return c.(*calendar)
	}
	_, i, confidence := calendarMatcher.Match(locale)
	if base, _ := locale.Base(); confidence == language.No || base != baseOf(calendars[i].tag) {
		i = 0
	}
	// Alone, pt is any Portuguese; the matcher takes it for Brazil's, and money does not either.
	if locale == language.Portuguese {
		return calendarOf(language.EuropeanPortuguese)
	}
	calendarCache.Store(locale, calendars[i].calendar)
	return calendars[i].calendar
}

func baseOf(tag language.Tag) language.Base {
	base, _ := tag.Base()
	return base
}
