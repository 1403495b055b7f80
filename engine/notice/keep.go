package notice

import (
	"context"
	"encoding/json"
	"time"

	"bellhop/engine"
)

// settingNotices is the setting that holds what is kept.
const settingNotices = "notices"

// kept is what survives a restart.
type kept struct {
	// Pending is what is to be told, oldest first. Of runs there are only the ids: what is wrong with them is
	// looked up when it is told, and what needs nobody any more is not told.
	Pending []engine.Notice `json:"pending,omitempty"`
	// More counts those that were too many for Pending.
	More int `json:"more,omitempty"`
	// Through is up to when runs that came to need a person are in Pending, or were told of.
	Through time.Time `json:"through,omitzero"`
	// Shown is when notices of a recipe were shown within the last hour.
	Shown map[int64][]time.Time `json:"shown,omitempty"`
	// Away is an absence of which is not told yet; nil if there is none.
	Away *absence `json:"away,omitempty"`
	// Unreached is true if it was told that deliveries cannot arrive.
	Unreached bool `json:"unreached,omitempty"`
	// Address is the public address of which was told that it is another than before.
	Address string `json:"address,omitempty"`
	// Needy are the connections of which was told that they need a person.
	Needy []string `json:"needy,omitempty"`
	// Quiet is how long recipes have not run, by id.
	Quiet map[int64]*silence `json:"quiet,omitempty"`
}

// mostPending bounds what is kept to be told.
const mostPending = 500

func (n *Notices) readLocked(ctx context.Context) {
	if n.read {
		return
	}
	text, err := n.Store.Setting(ctx, settingNotices)
	if err != nil {
		n.Log.Error("what was left to tell cannot be read", "error", err)
		return
	}
	n.read = true
	if text != "" {
		if err := json.Unmarshal([]byte(text), &n.kept); err != nil {
			n.Log.Error("what was left to tell makes no sense and is forgotten", "error", err)
			n.kept = kept{}
		}
	}
	n.alive.saved = text
	if now := n.Now(); n.kept.Through.IsZero() || n.kept.Through.After(now) {
		n.kept.Through = now
	}
}

// keepLocked keeps what there is to tell, if it is something else than what is kept already.
func (n *Notices) keepLocked(ctx context.Context) error {
	data, err := json.Marshal(n.kept)
	if err != nil {
		return err
	}
	text := string(data)
	if text == n.alive.saved {
		return nil
	}
	if err := n.Store.Update(ctx, func(tx engine.Tx) error { return tx.SetSetting(settingNotices, text) }); err != nil {
		n.Log.Error("what is to be told cannot be kept", "error", err)
		return err
	}
	n.alive.saved = text
	return nil
}

// addLocked puts something among what is to be told. When that is full, runs are counted only.
func (n *Notices) addLocked(notice engine.Notice) {
	switch {
	case len(n.kept.Pending) < mostPending:
		n.kept.Pending = append(n.kept.Pending, notice)
	case ofRun(notice):
		n.kept.More++
	}
}
