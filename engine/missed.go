package engine

// What a webhook's trigger remembers of the events that it may have missed, as keys of TriggerState.
const (
	// TriggerCaughtUp is up to where the app was asked for missed events; package catchup writes and reads it.
	TriggerCaughtUp = "caught_up"
	// TriggerUncaught tells why missed events cannot be had: a Trouble as JSON; empty if all is well.
	TriggerUncaught = "uncaught"
)

// CatchUpAnew is what is kept under TriggerCaughtUp of a recipe that was just switched on, or listens to
// something else: nothing was missed before TriggerThrough. Without it, as in data of an older Bellhop,
// nothing was missed before the first time that the app is asked.
const CatchUpAnew = "{}"

// Asks says whether the operation is a trigger whose app can be asked what was missed, or whether it still
// delivers.
func (o Operation) Asks() bool {
	return o.Webhook != nil && (o.CatchUp != nil || o.Webhook.Subscription != nil)
}
