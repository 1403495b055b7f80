package reach

// Told returns the public addresses that apps may have been told: the one that holds, and for a week the one
// before it. It does not block.
func (k *Keeper) Told() (all []string) {
	now := k.Now()
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, url := range []string{k.state.url, k.kept.before(k.state.url, now)} {
		if url != "" {
			all = append(all, url)
		}
	}
	return all
}
