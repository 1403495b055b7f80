package boot

// told returns where senders may have been told that this computer is: at its public address, at the one before,
// or, as the practice accounts and trials are, at the address where it listens.
func (s *System) told() []string { return append(s.reach.Told(), s.URL) }
