package webhook

import (
	"log/slog"
	"net/http"
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
)

// NewServer returns the server that faces the outside: h behind limits on time and size.
func NewServer(h *Handler, log *slog.Logger) *http.Server {
	return &http.Server{
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
}
