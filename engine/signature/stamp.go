package signature

import (
	"cmp"
	"net/http"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
)

// stamp is the time of sending, as a signature covers it. Without it, whoever got hold of a delivery could
// send it again for ever.
type stamp struct {
	header    string // where it is; else it is in the signature's header, after part
	part      string
	tolerance time.Duration // negative takes any time
	now       func() time.Time
}

func newStamp(spec engine.SignatureSpec, now func() time.Time) *stamp {
	s := &stamp{tolerance: time.Duration(cmp.Or(spec.Tolerance, engine.DefaultTolerance)) * time.Second, now: now}
	if strings.HasSuffix(spec.Timestamp, "=") {
		s.part = spec.Timestamp
	} else {
		s.header = http.CanonicalHeaderKey(spec.Timestamp)
	}
	return s
}

// read returns the time as it is written.
func (s *stamp) read(headers http.Header, h *frame) (string, error) {
	if s.header != "" {
		if sent := headers.Get(s.header); sent != "" {
			return sent, nil
		}
		return "", missing(s.header)
	}
	for value := range h.values(headers) {
		if sent, ok := strings.CutPrefix(value, s.part); ok {
			return sent, nil
		}
	}
	return "", engine.Errorf(engine.Unauthorized, "The header %s does not say when the delivery was sent (%s…).", h.header, s.part)
}

// manySeconds tells milliseconds from seconds: as seconds it is a day in the year 5138.
const manySeconds = 100_000_000_000

// near returns an error if the time is not about now.
func (s *stamp) near(sent string) error {
	n, err := strconv.ParseInt(sent, 10, 64)
	if err != nil || n <= 0 {
		return engine.Errorf(engine.Unauthorized, "The delivery does not say in seconds since 1970 when it was sent.")
	}
	at := time.Unix(n, 0)
	if n > manySeconds {
		at = time.UnixMilli(n)
	}
	away := s.now().Sub(at)
	if s.tolerance < 0 || away.Abs() <= s.tolerance {
		return nil
	}
	when := "before"
	if away < 0 {
		when = "after"
	}
	return engine.Errorf(engine.Unauthorized,
		"The signature fits, but the delivery was sent %s %s this computer's time, and more than %s is not accepted, lest somebody sends an old one again. If this happens to all deliveries, set this computer's clock.",
		away.Abs().Round(time.Second), when, s.tolerance)
}

// write adds the time to headers, unless it is a part of the signature's.
func (s *stamp) write(headers http.Header) string {
	sent := strconv.FormatInt(s.now().Unix(), 10)
	if s.header != "" {
		headers.Set(s.header, sent)
	}
	return sent
}
