package boot

import (
	"time"

	"github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"

	"bellhop/engine/mapping"
)

// Locale returns the computer's language and time zone, in which pills write money, numbers and
// dates.
func Locale() mapping.Env {
	env := mapping.Env{Locale: language.English, Zone: time.Local}
	if name, err := locale.GetLocale(); err == nil {
		if tag, err := language.Parse(name); err == nil && tag != language.Und {
			env.Locale = tag
		}
	}
	return env
}
