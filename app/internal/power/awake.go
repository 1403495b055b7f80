package power

import "sync"

// Awake keeps the computer from falling asleep by itself. Closing the lid, and choosing sleep from a menu, still
// sends it to sleep. What holds it ends with the process, however that ends. The zero value lets it sleep, and is
// safe for concurrent use.
type Awake struct {
	// Hold begins to keep it awake, and returns what ends that; nil means the system's own way.
	Hold func() (release func(), err error)

	mu      sync.Mutex
	release func() // nil while it may sleep
}

// Keep keeps the computer awake from now on, or lets it sleep again. Doing twice the same does nothing. The
// error says why it cannot be kept awake.
func (a *Awake) Keep(on bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case on && a.release == nil:
		hold := a.Hold
		if hold == nil {
			hold = holdAwake
		}
		release, err := hold()
		if err != nil {
			return err
		}
		a.release = release
	case !on && a.release != nil:
		a.release()
		a.release = nil
	}
	return nil
}
