// Package tunnel brings deliveries from the internet to a program on this computer.
package tunnel

import (
	"context"
	"net"

	"bellhop/engine"
)

// Tunnel is a way in from the internet.
type Tunnel interface {
	// Run keeps the tunnel up until ctx ends. Each time it has come up, serve is called in a goroutine of its
	// own with what arrives; it returns when the listener is closed, and Run after it. tell is called with each
	// change, the last time with LinkOff, and must not block.
	Run(ctx context.Context, serve func(net.Listener), tell func(engine.Link))
	// Again has it tried at once and anew: after sleep, or when the network has come or changed.
	Again()
}
