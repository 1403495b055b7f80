package practice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// courier brings deliveries to addresses, and tries again what was not accepted.
type courier struct {
	waits      []time.Duration
	client     *http.Client
	log        *slog.Logger
	onDelivery func(Delivery)
	asleep     atomic.Bool

	ctx  context.Context // ends when the courier closes
	end  context.CancelFunc
	mu   sync.Mutex // held while work begins, so that none does after the end
	work sync.WaitGroup
}

// newCourier makes one that waits so long for a connection, and for the whole answer.
func newCourier(p Params, connecting, answering time.Duration) *courier {
	c := &courier{
		waits: p.Waits, log: p.Log, onDelivery: p.OnDelivery,
		client: &http.Client{
			Timeout: answering,
			Transport: &http.Transport{
				DialContext:         (&net.Dialer{Timeout: connecting}).DialContext,
				MaxIdleConnsPerHost: 16, IdleConnTimeout: 30 * time.Second,
			},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	c.ctx, c.end = context.WithCancel(context.Background())
	return c
}

func (c *courier) close() {
	c.mu.Lock()
	c.end()
	c.mu.Unlock()
	c.work.Wait()
	c.client.CloseIdleConnections()
}

// send makes the first try and returns how it went; further tries go on by themselves. sign makes the headers of a
// try, and giveUp is called when the last one has failed.
func (c *courier) send(ctx context.Context, d Delivery, body []byte, sign func() http.Header, giveUp func()) Delivery {
	c.try(ctx, &d, body, sign)
	if d.Over {
		return d
	}
	on := d
	c.begin(func(context.Context) { c.goOn(&on, body, sign, giveUp) })
	return d
}

// begin begins work that ends with the courier.
func (c *courier) begin(work func(ctx context.Context)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() == nil {
		c.work.Go(func() { work(c.ctx) })
	}
}

func (c *courier) goOn(d *Delivery, body []byte, sign func() http.Header, giveUp func()) {
	for !d.Over {
		wait := c.waits[d.Tries-1]
		if c.asleep.Load() {
			wait /= sleepPace
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-c.ctx.Done():
			timer.Stop()
			return
		}
		c.try(c.ctx, d, body, sign)
	}
	if !d.OK() && c.ctx.Err() == nil {
		giveUp()
	}
}

func (c *courier) try(ctx context.Context, d *Delivery, body []byte, sign func() http.Header) {
	d.Tries++
	d.Status, d.Error = c.post(ctx, d.Address, sign(), body)
	d.Over = d.OK() || d.Tries > len(c.waits)
	c.log.Info("pretend delivery", "of", d.Order, "topic", d.Topic, "try", d.Tries, "status", d.Status)
	if c.onDelivery != nil {
		c.onDelivery(*d)
	}
}

func (c *courier) post(ctx context.Context, address string, header http.Header, body []byte) (status int, failed string) {
	if c.asleep.Load() {
		return 0, "the computer sleeps"
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, "the address is not proper"
	}
	r.Header = header
	response, err := c.client.Do(r)
	if err != nil {
		if u, ok := errors.AsType[*url.Error](err); ok {
			err = u.Err // without the address, whose last part is a secret
		}
		return 0, err.Error()
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 64<<10))
	if response.StatusCode < 200 || response.StatusCode > 299 {
		failed = fmt.Sprintf("answered with status %d", response.StatusCode)
	}
	return response.StatusCode, failed
}
