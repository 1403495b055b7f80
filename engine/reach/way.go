package reach

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"bellhop/engine"
)

const (
	// patience is how long the way stays open for deliveries that are under way when it closes.
	patience = 2 * time.Second
	// brokenAgain is when a keyring is asked again that could not be read.
	brokenAgain = 30 * time.Second
)

// keepWay keeps one way after the other, as they are wanted.
func (k *Keeper) keepWay(ctx context.Context) {
	for ctx.Err() == nil {
		k.mu.Lock()
		w, changed := k.want, k.changed
		k.mu.Unlock()
		way, stop := context.WithCancel(context.WithoutCancel(ctx))
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			if w.way == engine.WayNgrok {
				k.keepTunnel(way, w)
			}
		}()
		select {
		case <-ctx.Done():
		case <-changed:
		}
		k.finish()
		stop()
		<-ended
	}
}

// finish waits for the answers to what has come in.
func (k *Keeper) finish() {
	end := time.NewTimer(patience)
	defer end.Stop()
	for k.inside.Load() > 0 {
		select {
		case <-k.quiet:
		case <-end.C:
			return
		}
	}
}

// keepTunnel keeps a tunnel until ctx ends.
func (k *Keeper) keepTunnel(ctx context.Context, w want) {
	switch {
	case w.broken != "":
		k.linked(w, engine.Link{State: engine.LinkConnecting, Problem: w.broken})
		retry := time.NewTimer(brokenAgain)
		defer retry.Stop()
		select {
		case <-ctx.Done():
		case <-retry.C:
			if err := k.Reload(ctx, false); err != nil {
				k.Log.Warn("how deliveries come in cannot be read", "error", err)
			}
			k.stillBroken(w)
		}
		return
	case w.token == "":
		k.linked(w, engine.Link{
			State: engine.LinkRefused, Fix: engine.FixToken,
			Problem: "Bellhop has no token of your ngrok account yet. Copy it from your ngrok dashboard and paste it here.",
		})
		return
	}
	t := k.Tunnel(Setup{Token: w.token, Domain: w.address, Proxy: w.proxy})
	k.mu.Lock()
	k.tunnel = t
	k.mu.Unlock()
	defer func() {
		k.mu.Lock()
		k.tunnel = nil
		k.mu.Unlock()
	}()
	server := k.Server(http.HandlerFunc(k.throughTunnel))
	defer func() { _ = server.Close() }() // the tunnel is gone, and with it its visitors
	t.Run(ctx, func(l net.Listener) {
		if err := server.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, net.ErrClosed) && ctx.Err() == nil {
			k.Log.Info("the tunnel's listener ended", "cause", engine.Cause(err))
		}
	}, func(link engine.Link) { k.linked(w, link) })
}

// stillBroken has a way begun anew whose token could not be read again.
func (k *Keeper) stillBroken(w want) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.want == w {
		close(k.changed)
		k.changed = make(chan struct{})
	}
}

// linked takes up how the tunnel of a way stands.
func (k *Keeper) linked(w want, link engine.Link) {
	if link.Since.IsZero() {
		link.Since = k.Now()
	}
	k.mu.Lock()
	if k.want != w {
		k.mu.Unlock()
		return // it is that of a way that is being left
	}
	before := k.state.link
	k.state.link = link
	if link.URL != "" {
		k.addressLocked(link.URL)
	}
	switch link.State {
	case engine.LinkUp:
		if before.State != engine.LinkUp {
			k.hurry()
		}
	case engine.LinkRefused:
		k.answerHopelessLocked()
	case engine.LinkLost, engine.LinkConnecting, engine.LinkOff:
		k.endCallLocked() // it cannot come through
	}
	k.mu.Unlock()
	if link.State != before.State || link.Code != before.Code {
		k.Log.Info("the tunnel stands differently", "state", link.State, "address", link.URL, "code", link.Code, "problem", link.Problem)
	}
	k.tell()
}

// addressLocked takes up what the public address is.
func (k *Keeper) addressLocked(url string) {
	before, was := k.state.url, k.kept
	k.state.url = url
	if k.kept.move(k.want, url, k.Now()) {
		k.state.worked = time.Time{}
		if k.kept.Before != "" {
			k.Log.Warn("the public address is another now: apps that were told the old one must be told the new one", "address", url, "before", k.kept.Before)
		}
	}
	if k.kept.Way != was.Way || k.kept.Address != was.Address || k.kept.URL != was.URL {
		k.dirty = true
		poke(k.soon)
	}
	if url != before {
		go k.Moved()
	}
}
