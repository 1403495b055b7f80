package instance

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"bellhop/app/internal/loopback"
	"bellhop/engine"
)

// Limits on what is asked and answered. Nobody but the same user's own processes has business
// here, and what they send is small.
const (
	maxRequest   = 4 << 10
	maxAnswer    = 4 << 20 // it may name all recipes
	maxHeader    = 8 << 10
	readTimeout  = 5 * time.Second
	reloadLimit  = 30 * time.Second
	drainTimeout = 2 * time.Second
)

// Status is what the owner says of itself.
type Status struct {
	PID     int    `json:"pid"`
	Version string `json:"version"`
	// Listen is the webhook listener's address, such as http://127.0.0.1:8420; empty until it listens.
	Listen string `json:"listen"`
}

// Handlers is what the owner does when asked. They run on goroutines of the control endpoint, and
// several at a time.
type Handlers struct {
	Version string
	// Listen returns the webhook listener's address; it may still be empty. Nil means never.
	Listen func() string
	// Show raises the window. Nil where there is none.
	Show func()
	// Changed makes the engine take up what another process changed in the store, and returns when
	// it has. Nil means there is nothing to reload.
	Changed func(ctx context.Context, change engine.Change) error
	// Reach returns how deliveries come in from the internet, after a call of the public address if check is
	// true; its error says why that did not come through. Nil where nobody knows.
	Reach func(ctx context.Context, check bool) (engine.Reach, error)
}

// control is the content of control.json: where the owner answers, and the proof that the asker
// may read the user's files.
type control struct {
	Address string `json:"address"` // 127.0.0.1:PORT, or [::1]:PORT
	Token   string `json:"token"`   // 128 random bits in hex
	PID     int    `json:"pid"`
}

// Serve starts answering other processes, and tells them where. It returns at once; Close ends it.
func (i *Instance) Serve(h Handlers) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.closed || i.served {
		return errors.New("instance: Serve on a closed or serving instance")
	}
	listener, err := loopback.Listen("0")
	if err != nil {
		return engine.Wrap(err, engine.Unavailable,
			"Bellhop cannot open a port on this computer for its own commands. Check whether a firewall or security program blocks it.")
	}
	token := make([]byte, 16)
	rand.Read(token) // never fails, see crypto/rand
	c := control{Address: listener.Addr().String(), Token: hex.EncodeToString(token), PID: os.Getpid()}
	server := &http.Server{
		Handler:        guard(c, handler(c, h)),
		ReadTimeout:    readTimeout,
		WriteTimeout:   reloadLimit + readTimeout,
		IdleTimeout:    readTimeout,
		MaxHeaderBytes: maxHeader,
		ErrorLog:       slog.NewLogLogger(slog.Default().Handler(), slog.LevelDebug),
	}
	if err := writeControl(i.dir, c); err != nil {
		_ = listener.Close()
		return unwritable(i.dir, err)
	}
	i.server, i.served = server, true
	go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed at Close
	return nil
}

// stop removes the address, so that nobody new comes, then lets those who came finish.
func (i *Instance) stop() {
	if i.server == nil {
		return
	}
	if err := os.Remove(filepath.Join(i.dir, controlFile)); err != nil && !os.IsNotExist(err) {
		slog.Warn("control file not removed", "error", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	if err := i.server.Shutdown(ctx); err != nil {
		_ = i.server.Close()
	}
	i.server = nil
}

// guard refuses whoever does not hold the token, and every request that a web page could have
// caused: pages send an Origin, or reach the port under a name of their own.
func guard(c control, next http.Handler) http.Handler {
	want := []byte("Bearer " + c.Token)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host != c.Address || r.Header.Get("Origin") != "":
			answer(w, http.StatusForbidden, failure{Code: engine.Unauthorized, Message: "Only Bellhop's own commands may ask here."})
		case subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), want) != 1:
			answer(w, http.StatusUnauthorized, failure{Code: engine.Unauthorized, Message: "The token is wrong. Start the command again."})
		default:
			next.ServeHTTP(w, r)
		}
	})
}

func handler(c control, h Handlers) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ping", func(w http.ResponseWriter, _ *http.Request) {
		s := Status{PID: c.PID, Version: h.Version}
		if h.Listen != nil {
			s.Listen = h.Listen()
		}
		answer(w, http.StatusOK, s)
	})
	mux.HandleFunc("POST /show", func(w http.ResponseWriter, _ *http.Request) {
		if h.Show == nil {
			answer(w, http.StatusConflict, failure{Code: engine.Conflict,
				Message: "Bellhop is running on this data without a window. Stop it first to open the window."})
			return
		}
		h.Show()
		answer(w, http.StatusOK, struct{}{})
	})
	mux.HandleFunc("POST /changed", func(w http.ResponseWriter, r *http.Request) {
		var change engine.Change
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&change); err != nil {
			answer(w, http.StatusBadRequest, failure{Code: engine.Invalid, Message: "The request is not what Bellhop's commands send."})
			return
		}
		if h.Changed != nil {
			ctx, cancel := context.WithTimeout(r.Context(), reloadLimit)
			defer cancel()
			if err := h.Changed(ctx, change); err != nil {
				slog.Error("reload after another process's change failed", "error", err)
				answer(w, http.StatusInternalServerError, failure{Code: engine.ErrorCode(err), Message: engine.ErrorMessage(err)})
				return
			}
		}
		answer(w, http.StatusOK, struct{}{})
	})
	mux.HandleFunc("POST /reach", func(w http.ResponseWriter, r *http.Request) { answerReach(w, r, h) })
	return mux
}

// failure is the answer to a request that was not done.
type failure struct {
	Code    engine.Code `json:"code"`
	Message string      `json:"message"`
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // an asker that has gone misses its answer
}

// writeControl puts control.json in place whole: a reader finds the old one, the new one or none.
// Only the lock's holder writes it, so the temporary name needs no randomness.
func writeControl(dir string, c control) error {
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	fresh := filepath.Join(dir, controlFile+".new")
	if err := os.Remove(fresh); err != nil && !os.IsNotExist(err) {
		return err
	}
	// O_EXCL: the file must be made here, with this mode, whatever lay there before.
	f, err := os.OpenFile(fresh, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(fresh, filepath.Join(dir, controlFile))
}

// readControl returns fs.ErrNotExist when nobody serves.
func readControl(dir string) (control, error) {
	data, err := os.ReadFile(filepath.Join(dir, controlFile))
	if err != nil {
		return control{}, err
	}
	var c control
	if err := json.Unmarshal(data, &c); err != nil {
		return control{}, fmt.Errorf("%s: %w", controlFile, err)
	}
	return c, nil
}
