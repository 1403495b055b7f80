package queue

import (
	"slices"
	"time"

	"bellhop/engine"
)

// lane is what the queue knows of one recipe's runs.
type lane struct {
	recipe int64
	ready  []engine.Job // oldest first
	busy   int          // how many are being handled
	// orders are the order keys of those that are being handled: a cancelled run may still be at it
	// when the next one has its turn.
	orders  map[string]bool
	backlog bool      // the store may hold due runs that are not in ready
	looking bool      // the store is being read for it
	due     time.Time // when the store holds more of them; zero if nothing is known to come
}

// next takes the first job that can start now out of the lane, if there is room for so many at once.
func (l *lane) next(room int) (engine.Job, bool) {
	if l.busy >= room {
		return engine.Job{}, false
	}
	i := 0
	if len(l.orders) > 0 {
		i = slices.IndexFunc(l.ready, func(j engine.Job) bool { return !l.orders[j.OrderKey] })
		if i < 0 {
			return engine.Job{}, false
		}
	}
	job := l.ready[i]
	if i == 0 {
		l.ready[0] = engine.Job{} // it holds on to nothing
		l.ready = l.ready[1:]
	} else {
		l.ready = slices.Delete(l.ready, i, i+1)
	}
	l.busy++
	if job.OrderKey != "" {
		if l.orders == nil {
			l.orders = map[string]bool{}
		}
		l.orders[job.OrderKey] = true
	}
	return job, true
}

// done notes that a job is not being handled any more.
func (l *lane) done(job engine.Job) {
	l.busy--
	delete(l.orders, job.OrderKey)
}

func (l *lane) idle() bool {
	return len(l.ready) == 0 && l.busy == 0 && !l.backlog && !l.looking && l.due.IsZero()
}

func (q *Queue) laneLocked(recipeID int64) *lane {
	l, ok := q.lanes[recipeID]
	if !ok {
		l = &lane{recipe: recipeID}
		q.lanes[recipeID] = l
	}
	return l
}

// dropLocked forgets a recipe that has nothing to do.
func (q *Queue) dropLocked(l *lane) {
	if l.idle() {
		delete(q.lanes, l.recipe)
	}
}

// leastShare is how many jobs of a recipe are held at least, however many recipes there are.
const leastShare = 16

// shareLocked returns how many ready jobs one recipe may have.
func (q *Queue) shareLocked() int {
	return max(q.window/max(1, len(q.lanes)), min(leastShare, q.window))
}

// mostExtra is how many times as many workers as usual there may be when many recipes hang.
const mostExtra = 4

// roomLocked returns how many workers a recipe may have. One whose app does not answer must leave
// some to the others, an eighth of what it finds; and when many have taken all of them, each other
// one still gets a worker of its own.
func (q *Queue) roomLocked(l *lane) int {
	room := max(0, q.workers-len(q.running)) + l.busy
	room = max(1, room-room/8)
	if limit := q.limits(l.recipe); limit > 0 {
		room = min(room, limit)
	}
	return room
}

// mostFresh is how many bytes of fresh runs and events are kept in memory; those of other jobs are
// read again when their turn comes.
const mostFresh = 16 << 20

// weight is about how many bytes a job carries.
func weight(job engine.Job) int {
	if job.Fresh == nil {
		return 0
	}
	return len(job.Fresh.Event.Body) + 1024
}

// forgetFreshLocked lets handlers read the runs that are ready.
func (q *Queue) forgetFreshLocked() {
	for _, l := range q.ring {
		for i := range l.ready {
			l.ready[i].Fresh = nil
		}
	}
	q.fresh = 0
}

func (q *Queue) addLocked(l *lane, job engine.Job) {
	if q.held[job.RunID] {
		return
	}
	if r, ok := q.resting[job.RunID]; ok && r.until.After(time.Now()) {
		q.dueLocked(l, r.until)
		return
	}
	if q.fresh+weight(job) > mostFresh {
		job.Fresh = nil
	}
	q.fresh += weight(job)
	q.held[job.RunID] = true
	if len(l.ready) == 0 {
		q.ring = append(q.ring, l)
	}
	l.ready = append(l.ready, job)
}

// dueLocked notes that a recipe has a run due at a time; zero means none.
func (q *Queue) dueLocked(l *lane, at time.Time) {
	if at.IsZero() || !at.Before(engine.Never) {
		return
	}
	if l.due.IsZero() || at.Before(l.due) {
		l.due = at
	}
	if q.nextDue.IsZero() || at.Before(q.nextDue) {
		q.nextDue = at
	}
}
