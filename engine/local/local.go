// Package local carries out the actions that this computer does itself: notifications, e-mails, files.
// To a recipe they are like those of any app: the same fields, the same failures, the same record.
package local

import (
	"context"
	"time"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/disk"
	"bellhop/engine/mailserver"
)

// Notifier shows a notification on the desktop. It returns when the system has taken it.
type Notifier interface {
	Notify(ctx context.Context, title, text string) error
}

// Params are what a Client needs; all may be left zero.
type Params struct {
	// Disk is where files may be written; the zero one is nowhere.
	Disk disk.Disk
	// Notifier is nil where there is no desktop: notifications fail then, and say so.
	Notifier Notifier
	Mail     mailserver.Dialer
	Now      func() time.Time
}

// Client carries out operations with a Local. It is safe for concurrent use.
type Client struct {
	Params
	files files
}

// New makes a client.
func New(p Params) *Client {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Disk.Folders == nil {
		p.Disk.Folders = func() []string { return nil }
	}
	return &Client{Params: p, files: files{disk: p.Disk}}
}

// task is an action that is ready to be done: all that data could have got wrong has been checked.
type task interface {
	// request is what will be done, as it is kept with the run.
	request() *engine.SentRequest
	// do does it. The error is a *action.Failure.
	do(ctx context.Context) (output any, response *engine.Response, err error)
}

// Do carries out a call. The error is always a *action.Failure.
func (c *Client) Do(ctx context.Context, call action.Call) (action.Result, error) {
	t, err := c.task(call)
	if err != nil {
		return action.Result{}, err
	}
	result := action.Result{Request: t.request()}
	if err := ctx.Err(); err != nil {
		return result, action.NotBegun(engine.Wrap(err, engine.Unavailable, "The run was stopped before this step was done."))
	}
	result.Output, result.Response, err = t.do(ctx)
	return result, err
}

// Preview returns what a call would do, as it is kept with a run. The error is a *action.Failure.
func (c *Client) Preview(_ context.Context, call action.Call) (*engine.SentRequest, error) {
	t, err := c.task(call)
	if err != nil {
		return nil, err
	}
	return t.request(), nil
}

func (c *Client) task(call action.Call) (task, error) {
	fields, err := call.Fields()
	if err != nil {
		return nil, err
	}
	var t task
	switch call.Operation.Local {
	case engine.LocalNotify:
		t, err = c.notification(call, fields)
	case engine.LocalSendMail:
		t, err = c.mail(call, fields)
	case engine.LocalWriteFile:
		t, err = c.files.write(call, fields)
	case engine.LocalAppendText:
		t, err = c.files.appendText(call, fields)
	case engine.LocalAppendRows:
		t, err = c.files.appendRows(call, fields)
	default:
		err = engine.Errorf(engine.Internal, "nobody here can do %q", call.Operation.Local)
	}
	if err != nil {
		return nil, action.NotBegun(err)
	}
	return t, nil
}
