package engine

// Limits are how much an app takes from one connection. Zero means no limit of that kind, but for
// AtOnce, which then is DefaultAtOnce.
type Limits struct {
	PerSecond float64 `json:"per_second,omitempty"`
	PerMinute float64 `json:"per_minute,omitempty"`
	// AtOnce is how many requests may be on their way at the same time.
	AtOnce int `json:"at_once,omitempty"`
}

// DefaultAtOnce is how many requests of a connection may be on their way where nobody says: an app that
// hangs must leave half of the workers to the others, and one that is quick is not to wait for itself.
const DefaultAtOnce = 64

// Over returns l with what it leaves open taken from defaults.
func (l Limits) Over(defaults Limits) Limits {
	if l.PerSecond == 0 {
		l.PerSecond = defaults.PerSecond
	}
	if l.PerMinute == 0 {
		l.PerMinute = defaults.PerMinute
	}
	if l.AtOnce == 0 {
		l.AtOnce = defaults.AtOnce
	}
	if l.AtOnce == 0 {
		l.AtOnce = DefaultAtOnce
	}
	return l
}
