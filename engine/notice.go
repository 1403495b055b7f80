package engine

import "time"

// Notice is something that a person is told outside of the window.
type Notice struct {
	Kind        NoticeKind
	Title, Text string
	// RecipeID and RunID are what it is about; 0 if it is about none, or several.
	RecipeID, RunID int64
	At              time.Time
}

// NoticeKind says what a notice is about.
type NoticeKind string

// The kinds.
const (
	NoticeFailed NoticeKind = "failed" // a run failed, is held or unsure
	NoticeAway   NoticeKind = "away"   // what was caught up after sleep or an outage
	NoticeSilent NoticeKind = "silent" // a recipe that is on has not run as expected
	NoticeReach  NoticeKind = "reach"  // deliveries cannot arrive, or can again
	NoticeStep   NoticeKind = "step"   // a recipe's own notification
	// NoticeConnection is a connection that needs a person before the runs that wait for it go on.
	NoticeConnection NoticeKind = "connection"
)
