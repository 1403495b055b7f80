package boot

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/jeandeaual/go-locale"
	"golang.org/x/text/language"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// region is the time zone that times of day are meant in and the language that pills write in. It may be read
// by many while it changes. The zero value is the computer's.
type region struct{ zone atomic.Pointer[time.Location] }

// Zone returns the time zone that a person chose; the computer's until then.
func (r *region) Zone() *time.Location {
	if zone := r.zone.Load(); zone != nil {
		return zone
	}
	return time.Local
}

// Now returns the time as the clocks of that zone show it.
func (r *region) Now() time.Time { return time.Now().In(r.Zone()) }

// Locale returns the computer's language and the chosen time zone, in which pills write money, numbers and
// dates. The window's language does not count: what a recipe writes is for others.
func (r *region) Locale() mapping.Env {
	env := mapping.Env{Locale: language.English, Zone: r.Zone()}
	if name, err := locale.GetLocale(); err == nil {
		if tag, err := language.Parse(name); err == nil && tag != language.Und {
			env.Locale = tag
		}
	}
	return env
}

// read takes up what a person chose. changed says whether it was another before.
func (r *region) read(ctx context.Context, settings engine.SettingReader) (changed bool, err error) {
	s, err := engine.ReadSettings(ctx, settings)
	if err != nil {
		return false, err
	}
	before := r.Zone()
	r.zone.Store(s.Location())
	return r.Zone().String() != before.String(), nil
}

// zoneChosen makes schedules go by the time zone that is chosen now.
func (s *System) zoneChosen(ctx context.Context) error {
	changed, err := s.region.read(ctx, s.Store)
	if err != nil || !changed {
		return err
	}
	return s.poller.Reload(ctx)
}
