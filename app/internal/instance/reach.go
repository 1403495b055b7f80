package instance

import (
	"context"
	"encoding/json"
	"net/http"

	"bellhop/engine"
)

// reachQuestion is what is asked about reachability.
type reachQuestion struct {
	Check bool `json:"check,omitempty"`
}

// Reach asks how deliveries come in from the internet, after a call of the public address if check is true. The
// error says then why it did not come through.
func (c *Client) Reach(ctx context.Context, check bool) (engine.Reach, error) {
	var r engine.Reach
	err := c.ask(ctx, "/reach", reachQuestion{check}, &r)
	return r, err
}

func answerReach(w http.ResponseWriter, r *http.Request, h Handlers) {
	var asked reachQuestion
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&asked); err != nil {
		answer(w, http.StatusBadRequest, failure{Code: engine.Invalid, Message: "The request is not what Bellhop's commands send."})
		return
	}
	if h.Reach == nil {
		answer(w, http.StatusConflict, failure{Code: engine.Conflict, Message: "The Bellhop that runs on this data cannot tell. Start it anew."})
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), reloadLimit)
	defer cancel()
	reach, err := h.Reach(ctx, asked.Check)
	if err != nil {
		answer(w, http.StatusInternalServerError, failure{Code: engine.ErrorCode(err), Message: engine.ErrorMessage(err)})
		return
	}
	answer(w, http.StatusOK, reach)
}
