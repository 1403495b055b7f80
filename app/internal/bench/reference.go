package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"time"

	_ "bellhop/store/sqlite" // registers the driver
)

// The reference is the least that does the job durably: check the signature, store by group commit,
// answer, filter, POST, record the outcome. It has no recipes, pills, steps, history or retries that
// outlast it. How close the engine comes to it says what all those cost.

type entry struct {
	id   int64
	body []byte
	err  error
	done chan struct{}
}

type outcome struct {
	id     int64
	status int
}

// reference serves until the process ends. With post empty it stores only.
func reference(dir, post string) error {
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "reference.db")+"?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=5000&_txlock=immediate")
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE IF NOT EXISTS event (id INTEGER PRIMARY KEY, came INTEGER NOT NULL, state INTEGER NOT NULL,
		done INTEGER, status INTEGER, body BLOB NOT NULL) STRICT; CREATE INDEX IF NOT EXISTS open ON event (id) WHERE state = 0`); err != nil {
		return err
	}
	entries, outcomes, work := make(chan *entry, 4096), make(chan outcome, 65536), make(chan *entry, 1_000_000)
	errs := make(chan error, 2)
	go func() { errs <- commit(db, entries, outcomes, work, post != "") }()
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}}
	if post != "" {
		for range 64 {
			go func() {
				for e := range work {
					for {
						if status, err := act(client, post, e.body); err == nil && status/100 == 2 {
							outcomes <- outcome{e.id, status}
							break
						}
						time.Sleep(100 * time.Millisecond)
					}
				}
			}()
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("ready http://" + listener.Addr().String())
	go func() {
		errs <- http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil || !hmac.Equal([]byte(sign(body)), []byte(r.Header.Get("X-Shopify-Hmac-Sha256"))) {
				http.Error(w, "refused", http.StatusUnauthorized)
				return
			}
			e := &entry{body: body, done: make(chan struct{})}
			entries <- e
			<-e.done
			if e.err != nil {
				http.Error(w, e.err.Error(), http.StatusServiceUnavailable)
			}
			// An empty 200 is enough.
		}))
	}()
	return <-errs
}

// act is the recipe: read, filter, fill in, POST.
func act(client *http.Client, url string, body []byte) (int, error) {
	var order map[string]any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&order); err != nil {
		return 0, err
	}
	price, _ := order["total_price"].(string)
	if total, err := strconv.ParseFloat(price, 64); err != nil || total <= 10 {
		return 200, err
	}
	text, err := json.Marshal(map[string]string{"text": fmt.Sprintf("New order #%v for $%s", order["number"], price)})
	if err != nil {
		return 0, err
	}
	answer, err := client.Post(url, "application/json", bytes.NewReader(text))
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	_, err = io.Copy(io.Discard, answer.Body)
	return answer.StatusCode, err
}

// commit is the one writer: what waits while a commit is under way is the next one. Outcomes ride along.
func commit(db *sql.DB, entries chan *entry, outcomes chan outcome, work chan *entry, works bool) error {
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	var statements [4]*sql.Stmt
	for i, text := range []string{`BEGIN IMMEDIATE`, `COMMIT`, `INSERT INTO event (came, state, body) VALUES (?, 0, ?)`,
		`UPDATE event SET state = 1, done = ?, status = ? WHERE id = ?`} {
		s, err := conn.PrepareContext(ctx, text)
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }()
		statements[i] = s
	}
	begin, end, insert, update := statements[0], statements[1], statements[2], statements[3]
	tick := time.NewTicker(20 * time.Millisecond)
	for {
		var batch []*entry
		select {
		case e := <-entries:
			batch = append(batch, e)
		case <-tick.C:
			if len(outcomes) == 0 {
				continue
			}
		}
		for len(entries) > 0 && len(batch) < 512 {
			batch = append(batch, <-entries)
		}
		now := time.Now().UnixMicro()
		_, err := begin.Exec()
		for _, e := range batch {
			if err == nil {
				var r sql.Result
				if r, err = insert.Exec(now, e.body); err == nil {
					e.id, err = r.LastInsertId()
				}
			}
		}
		for n := len(outcomes); n > 0 && err == nil; n-- {
			o := <-outcomes
			_, err = update.Exec(now, o.status, o.id)
		}
		if err == nil {
			_, err = end.Exec()
		}
		for _, e := range batch {
			e.err = err
			close(e.done)
			if works && err == nil {
				work <- e
			}
		}
		if err != nil {
			return err
		}
	}
}
