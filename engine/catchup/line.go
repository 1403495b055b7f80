package catchup

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/auth"
	"bellhop/engine/content"
	"bellhop/engine/recipe"
)

// errChanged says that a recipe is not any more what it was when something began to be done for it.
var errChanged error = engine.Errorf(engine.Conflict, "The recipe was changed while its app was asked. It is asked again.")

// line is a recipe that is on and whose trigger is a webhook about which its app can be asked.
type line struct {
	recipe    engine.Recipe
	trigger   engine.Trigger
	connector engine.Connector
	operation engine.Operation
	order     *recipe.Order
	// match is what an event must hold to be the trigger's.
	match content.Match
	// place tells whose events are listened to from everything else: elsewhere nothing was missed.
	place string
	// changed is when the connection was changed last.
	changed time.Time

	// What follows is guarded by the table's mutex.

	next time.Time // when to ask; zero is now
	busy bool
	// again is true since it was told to hurry while it was busy.
	again bool
	// asked are who wait for an answer, and answering those who get that of the visit under way.
	asked, answering []chan<- error

	// What follows is touched by the visit under way only, or under the mutex while there is none.

	more     bool // there is more to be had at once
	kept     bool // a secret was kept in this visit
	failures int  // visits that failed in a row
	// storeFailed is true since what was found could not be stored.
	storeFailed bool
}

func (f *Fetcher) newLine(
	r engine.Recipe, live engine.Definition, c engine.Connector, o engine.Operation, connections []engine.Connection,
) (*line, error) {
	order, err := recipe.NewOrder(live)
	if err != nil {
		return nil, err
	}
	l := &line{recipe: r, trigger: live.Trigger, connector: c, operation: o, order: order}
	var account engine.Connection
	if i := slices.IndexFunc(connections, func(c engine.Connection) bool { return strings.EqualFold(c.Name, live.Trigger.Connection) }); i >= 0 {
		account = connections[i]
		l.changed = account.UpdatedAt
	}
	if l.match, err = content.NewMatch(o.Webhook.MatchIn); err != nil {
		return nil, err
	}
	l.place, err = placeOf(live.Trigger, c, account)
	return l, err
}

// placeOf is a hash of whose events a trigger listens to: another shop's have another, the same shop's with
// another key have not.
func placeOf(t engine.Trigger, c engine.Connector, account engine.Connection) (string, error) {
	scheme, err := auth.Compile(c)
	if err != nil {
		return "", err
	}
	base := ""
	if u, err := scheme.Base(engine.Account{Connection: account}); err == nil {
		base = u.String()
	}
	data, err := json.Marshal([]any{t.Use, t.With, base})
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:8]), err
}

// same says whether l is what old is, so that old can go on.
func (l *line) same(old *line) bool {
	return l.recipe.Published == old.recipe.Published && l.recipe.Token == old.recipe.Token && l.place == old.place &&
		l.operation.CatchUp == old.operation.CatchUp && l.operation.Webhook == old.operation.Webhook && l.changed.Equal(old.changed)
}

// answer answers all who wait.
func (l *line) answer(err error) {
	for _, c := range l.asked {
		c <- err
	}
	l.asked = nil
}
