// Package instance sees to it that one data folder has one engine, and lets the other processes
// talk to it: a second start shows the first one's window, and a command that changed the store
// tells the engine so.
//
// The owner holds a lock on `engine.lock`, which the operating system releases however the process
// ends. While it holds the lock it answers on a loopback port whose number and token are in
// `control.json`, readable by the user only.
package instance
