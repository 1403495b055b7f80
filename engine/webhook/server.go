package webhook

import (
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// Limits that a slow or greedy sender runs into. Real senders need a fraction of them: Shopify, the
// least patient, hangs up after 5 s.
const (
	headerTimeout  = 5 * time.Second
	requestTimeout = 15 * time.Second
	answerTimeout  = 30 * time.Second
	// storeTimeout is how long a delivery waits for a store that others keep locked; what is left of
	// answerTimeout is for telling the sender to come again.
	storeTimeout   = 10 * time.Second
	idleTimeout    = 2 * time.Minute
	maxHeaderBytes = 32 << 10
	// maxConnections is how many senders may be connected. Each takes some 40 KB, also if it says nothing.
	maxConnections = 2000
)

// NewServer returns the server that faces the outside: h behind limits on time and size.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	server := &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       requestTimeout,
		WriteTimeout:      answerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		// All that is not a recipe's address is answered alike, also OPTIONS *.
		DisableGeneralOptionsHandler: true,
		ErrorLog:                     slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	limitConnections(server, maxConnections)
	return server
}

// limitConnections hangs up on senders that come when so many are connected already. Those who are, and say
// nothing, are gone within the times above.
func limitConnections(server *http.Server, most int64) {
	var open atomic.Int64
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			if open.Add(1) > most {
				_ = conn.Close() // the server sees that, and tells of it as StateClosed
			}
		case http.StateHijacked, http.StateClosed:
			open.Add(-1)
		case http.StateActive, http.StateIdle:
		}
	}
}
