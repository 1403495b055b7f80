//go:build !headless

package main

import (
	"sync"

	"fyne.io/fyne/v2"
	"github.com/go-gl/glfw/v3.4/glfw"
)

// nap lets the UI goroutine rest while nobody sees the window: until something is posted or the window system tells
// something, for napTime at most. Only what Fyne posts by itself waits for the end. The zero value does.
type nap struct {
	mu sync.Mutex
	// posted is how much was posted that is not done yet.
	posted  int
	resting bool
}

// post is fyne.Do that ends a rest.
func (n *nap) post(f func()) {
	n.mu.Lock()
	n.posted++
	n.mu.Unlock()
	fyne.Do(func() {
		n.mu.Lock()
		n.posted--
		n.mu.Unlock()
		f()
	})
	n.mu.Lock()
	defer n.mu.Unlock() // GLFW does not end as long as somebody rests in it
	if n.resting {
		glfw.PostEmptyEvent()
	}
}

// rest waits until there is something to do, for napTime at most. Call it on the UI goroutine.
func (n *nap) rest() {
	n.mu.Lock()
	if n.posted > 0 {
		n.mu.Unlock()
		return
	}
	n.resting = true
	n.mu.Unlock()
	glfw.WaitEventsTimeout(napTime.Seconds())
	n.mu.Lock()
	n.resting = false
	n.mu.Unlock()
}
