package reach

import (
	"context"
	"encoding/json"
	"time"

	"bellhop/engine"
)

const (
	settingKept = "reach"
	// tellBefore is for how long is told that the address is another than before.
	tellBefore = 7 * 24 * time.Hour
	// keepEvery is how often what was counted is written, and keepTime how long that may take at the end.
	keepEvery = time.Minute
	keepTime  = 2 * time.Second
)

// kept is what outlasts the program.
type kept struct {
	// Way and Address are of the settings with which URL was the public address.
	Way     engine.Way `json:"way,omitempty"`
	Address string     `json:"address,omitempty"`
	URL     string     `json:"url,omitempty"`
	// Before was the public address until Moved.
	Before string    `json:"before,omitempty"`
	Moved  time.Time `json:"moved,omitzero"`
	Worked time.Time `json:"worked,omitzero"`
	// Came is when a delivery last came in from the internet at a fixed address, and Despite the problem that calls of
	// that address had then: it keeps no delivery out. See oneWayLocked.
	Came    time.Time `json:"came,omitzero"`
	Despite string    `json:"despite,omitempty"`
	// Month is the month that counts now, and Months are those that counted before, the latest first.
	Month  engine.Usage   `json:"month,omitzero"`
	Months []engine.Usage `json:"months,omitempty"`
}

func readKept(ctx context.Context, r engine.SettingReader) (k kept, err error) {
	text, err := r.Setting(ctx, settingKept)
	if err != nil || text == "" {
		return k, err
	}
	if json.Unmarshal([]byte(text), &k) != nil {
		return kept{}, nil
	}
	return k, nil
}

// before returns the address before the one that holds, if there is one and that is worth telling still.
func (k kept) before(url string, now time.Time) string {
	// Also one that was moved ahead of now, by a clock that was wrong, is told no longer than that.
	if url != "" && url == k.URL && now.Sub(k.Moved).Abs() < tellBefore {
		return k.Before
	}
	return ""
}

// move notes the public address, and says whether it is another than before.
func (k *kept) move(w want, url string, now time.Time) bool {
	k.Way, k.Address = w.way, w.address
	if url == k.URL {
		return false
	}
	back := k.Before == url
	k.Before, k.Moved = k.URL, now.UTC()
	if back {
		k.Before = "" // who was told this one has it right
	}
	k.URL, k.Worked, k.Came, k.Despite = url, time.Time{}, time.Time{}, ""
	return true
}

// PublicURL returns the address that apps send to, for a program that keeps no way in itself: "" if there is
// none.
func PublicURL(ctx context.Context, r engine.SettingReader) (string, error) {
	reach, err := Last(ctx, r)
	return reach.URL, err
}

// Last returns what is known of the way in while nobody keeps it: which it is, the address, when it last
// worked, and the month's usage.
func Last(ctx context.Context, r engine.SettingReader) (engine.Reach, error) {
	settings, err := engine.ReadSettings(ctx, r)
	if err != nil {
		return engine.Reach{}, err
	}
	k, err := readKept(ctx, r)
	if err != nil {
		return engine.Reach{}, err
	}
	now := time.Now()
	var u usage
	u.restore(k.Month, k.Months, now)
	out := engine.Reach{Way: settings.Way, Link: engine.Link{State: engine.LinkOff}, Month: u.read(now)}
	switch w := wanted(settings); {
	case w.way == engine.WayAddress:
		out.URL = w.address
	case w.way == engine.WayNgrok && k.Way == w.way && k.Address == w.address:
		out.URL = k.URL
	}
	if out.URL != "" && out.URL == k.URL {
		out.Worked = k.Worked
	}
	out.Before = k.before(out.URL, now)
	return out, nil
}

// load reads what was kept, the first time.
func (k *Keeper) load(ctx context.Context) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.loaded {
		return nil
	}
	was, err := readKept(ctx, k.Store)
	if err != nil {
		return err
	}
	k.kept, k.loaded = was, true
	k.usage.restore(was.Month, was.Months, k.Now())
	return nil
}

// keepCount writes what there is to keep until ctx ends.
func (k *Keeper) keepCount(ctx context.Context) {
	ticker := time.NewTicker(keepEvery)
	defer ticker.Stop()
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-ticker.C:
			k.write(ctx)
		case <-k.soon:
			k.write(ctx)
		}
	}
}

// write keeps what is different from what is in the store.
func (k *Keeper) write(ctx context.Context) {
	k.mu.Lock()
	month := k.usage.read(k.Now())
	counted := month != k.kept.Month
	if !counted && !k.dirty {
		k.mu.Unlock()
		return
	}
	k.kept.Month, k.kept.Months, k.dirty = month, k.usage.before(), false
	text, err := json.Marshal(k.kept)
	k.mu.Unlock()
	if err == nil {
		err = k.Store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(settingKept, string(text)) })
	}
	if err != nil {
		k.mu.Lock()
		k.dirty = true
		k.mu.Unlock()
		if ctx.Err() == nil && engine.ErrorCode(err) != engine.Unavailable { // a full disk has been told of
			k.Log.Warn("how much came in cannot be noted", "error", err)
		}
		return
	}
	if counted {
		k.tell()
	}
}
