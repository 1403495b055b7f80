package webhook

import (
	"math"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

const (
	// mostInMemory and mostOnDisk bound the bodies that are coming in at the same time, in bytes as they are
	// announced; those above engine.LargeBody go to the disk.
	mostInMemory = 64 << 20
	mostOnDisk   = 1 << 30
	// comeAgain is after how many seconds a sender is asked to come again when there is no room.
	comeAgain = 5
)

// room bounds how much comes in at the same time.
type room struct {
	most  int64
	taken atomic.Int64
}

// take takes so many bytes, of which one recipe may have half. False if there are too few.
func (r *room) take(n int64, own *atomic.Int64) bool {
	if own.Add(n) > r.most/2 {
		own.Add(-n)
		return false
	}
	if r.taken.Add(n) > r.most {
		r.give(n, own)
		return false
	}
	return true
}

func (r *room) give(n int64, own *atomic.Int64) {
	own.Add(-n)
	r.taken.Add(-n)
}

// door is what is kept of a recipe from one delivery to the next; it outlasts tables.
type door struct {
	perMinute int
	limiter   *rate.Limiter // nil for any number
	// onDisk and inMemory count the bytes that are coming in.
	onDisk, inMemory atomic.Int64
}

// renew returns the door of a recipe after its table was made anew.
func (d *door) renew(perMinute int) *door {
	if d != nil && d.perMinute == perMinute {
		return d
	}
	d = &door{perMinute: perMinute}
	if perMinute > 0 {
		d.limiter = rate.NewLimiter(rate.Limit(float64(perMinute)/60), perMinute)
	}
	return d
}

// open says whether the recipe accepts one more delivery now; if not, in how many seconds it will.
func (d *door) open(now time.Time) (bool, int) {
	if d.limiter == nil {
		return true, 0
	}
	tokens := d.limiter.TokensAt(now)
	if tokens >= 1 {
		return true, 0
	}
	return false, max(1, int(math.Ceil((1-tokens)/float64(d.limiter.Limit()))))
}

// pass counts a delivery that was let in.
func (d *door) pass(now time.Time) bool { return d.limiter == nil || d.limiter.AllowN(now, 1) }
