package logic

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// outcome is an Outcome as it is kept for a retry.
type outcome struct {
	Output json.RawMessage `json:"output"`
	Note   string          `json:"note,omitempty"`
	Ends   engine.State    `json:"ends,omitempty"`
}

// once lets a run change things once, however often the step is done: a retry that comes by with the
// same fields gets the outcome of the first time. An invoice that got its number keeps it.
func once(do Kept) Kept {
	return func(ctx context.Context, tx engine.Tx, c Call) (Outcome, error) {
		input, err := c.input()
		if err != nil {
			return Outcome{}, err
		}
		made, err := tx.ChangeMade(ctx, engine.ChangeMade{RunID: c.RunID, Step: c.Step, Round: c.Round, Input: input})
		if err != nil {
			return Outcome{}, err
		}
		if made.Outcome != nil {
			var kept outcome
			if err := json.Unmarshal(made.Outcome, &kept); err != nil {
				return Outcome{}, err
			}
			output, err := mapping.Decode(kept.Output)
			return Outcome{Output: output, Note: kept.Note, Ends: kept.Ends}, err
		}
		o, err := do(ctx, tx, c)
		if err != nil {
			return Outcome{}, err
		}
		output, err := json.Marshal(o.Output)
		if err != nil {
			return Outcome{}, err
		}
		if made.Outcome, err = json.Marshal(outcome{output, o.Note, o.Ends}); err != nil {
			return Outcome{}, err
		}
		return o, tx.SetChangeMade(made)
	}
}

// input tells the step's fields from others.
func (c Call) input() (string, error) {
	b, err := json.Marshal([]any{c.Logic, c.With}) // names of a group are in order
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16]), nil
}
