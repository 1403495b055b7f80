package webhook

import (
	"encoding/json"
	"net/http"
	"sync"

	"bellhop/engine"
)

const (
	// mostWaiting is how many senders may wait for the results of runs at the same time.
	mostWaiting = 256
	// answersKept and answerBytesKept bound the answers that are remembered for senders that deliver again.
	answersKept     = 1000
	answerBytesKept = 4 << 20
)

// Answers hands the results of runs to the senders of their events, who wait for them. What is known of a
// run's answer is in memory only: after a crash, the sender has hung up anyway.
type Answers struct {
	mu      sync.Mutex
	byRun   map[int64]*wait
	byEvent map[eventName]*wait
	line    []*wait // oldest first
	waiting int
	bytes   int
}

var _ engine.Publisher = (*Answers)(nil)

// NewAnswers returns answers nobody waits for.
func NewAnswers() *Answers {
	return &Answers{byRun: map[int64]*wait{}, byEvent: map[eventName]*wait{}}
}

// eventName tells an event of a recipe.
type eventName struct {
	recipe int64
	key    string
}

// wait is for the answer of one run.
type wait struct {
	run     int64
	event   eventName
	done    chan struct{}
	answer  answer // once done is closed
	told    bool
	waiting int
}

// expect begins to wait for the answer of a run that is about to be committed.
func (a *Answers) expect(run int64, event eventName) *wait {
	w := &wait{run: run, event: event, done: make(chan struct{})}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.byRun[run], a.byEvent[event] = w, w
	a.line = append(a.line, w)
	a.bound()
	return w
}

// forget takes expect back, where the run was not committed.
func (a *Answers) forget(w *wait) {
	if w == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.remove(w)
}

func (a *Answers) remove(w *wait) {
	if a.byRun[w.run] == w {
		delete(a.byRun, w.run)
	}
	if a.byEvent[w.event] == w {
		delete(a.byEvent, w.event)
	}
	a.bytes -= len(w.answer.body)
	for i, other := range a.line {
		if other == w {
			a.line = append(a.line[:i], a.line[i+1:]...)
			break
		}
	}
}

// bound forgets the oldest answers, but none that somebody waits for.
func (a *Answers) bound() {
	for i := 0; i < len(a.line) && (len(a.line) > answersKept || a.bytes > answerBytesKept); {
		if w := a.line[i]; w.waiting == 0 {
			a.remove(w)
		} else {
			i++
		}
	}
}

// find returns the wait for an event's answer, or nil.
func (a *Answers) find(event eventName) *wait {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.byEvent[event]
}

// join counts a sender that waits. False if there are too many; else leave is called after.
func (a *Answers) join(w *wait) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.waiting >= mostWaiting {
		return false
	}
	a.waiting++
	w.waiting++
	return true
}

func (a *Answers) leave(w *wait) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting--
	w.waiting--
}

// Deliver gives a run's sender its answer. The first one counts; a run nobody waits for needs none. A
// status outside of 200 to 599 becomes 200. Headers that would change how the answer is sent are left
// out; a body above 1 MiB is not sent, and the sender told so.
func (a *Answers) Deliver(runID int64, status int, headers map[string]string, body string) {
	a.tell(runID, func(eventName) answer { return newAnswer(status, headers, body) })
}

// Publish answers for runs that end without having done so.
func (a *Answers) Publish(c engine.Change) {
	if c.Kind != engine.RunChanged || c.State == "" || c.State.Active() {
		return
	}
	a.tell(c.RunID, func(event eventName) answer { return ended(c.State, event.key) })
}

func (a *Answers) tell(run int64, make func(eventName) answer) {
	a.mu.Lock()
	defer a.mu.Unlock()
	w := a.byRun[run]
	if w == nil || w.told {
		return
	}
	w.answer, w.told = make(w.event), true
	a.bytes += len(w.answer.body)
	close(w.done)
	a.bound()
}

// ended is what the sender reads of a run that is over.
func ended(state engine.State, key string) answer {
	status, message := http.StatusOK, ""
	switch state {
	case engine.Failed:
		status, message = http.StatusInternalServerError, "The recipe could not do it all. The event is kept."
	case engine.Held, engine.Unsure:
		status, message = http.StatusAccepted, "A person has to look at it. The event is kept."
	}
	return say(status, reply{Status: string(state), Event: key, Message: message})
}

// reply is what a sender reads who is told nothing else.
type reply struct {
	// Status is "accepted", "duplicate", "ignored", "refused", or the state of a run.
	Status string `json:"status"`
	// Event is the event's key.
	Event   string `json:"event,omitempty"`
	Message string `json:"message,omitempty"`
}

func say(status int, r reply) answer {
	body, _ := json.Marshal(r) // texts cannot fail
	return answer{status: status, kind: "application/json", body: append(body, '\n')}
}
