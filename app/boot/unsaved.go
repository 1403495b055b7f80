package boot

import "time"

// unsavedFor is how long after a change could not be saved it counts as being so still: without work nobody tries.
const unsavedFor = 30 * time.Second

// Unsaved returns why nothing can be saved now, such as a full disk or a data folder that has gone; nil if all is
// well.
func (s *System) Unsaved() error {
	at, err := s.Store.Fault()
	if err == nil || time.Since(at) > unsavedFor {
		return nil
	}
	return err
}
