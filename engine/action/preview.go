package action

import (
	"context"
	"errors"

	"golang.org/x/net/http/httpguts"

	"bellhop/engine"
)

// errPreviewed ends the making of a request before it is signed.
var errPreviewed = errors.New("the request is not to be signed")

// Preview returns the request of a call as it would be kept with a run: unsigned, and without secrets.
// Nothing is sent, and no token fetched. The error is a *Failure, as that of Do where a request cannot
// be made.
func (c *Client) Preview(ctx context.Context, call Call) (*engine.SentRequest, error) {
	a, err := c.action(call.Connector, call.Operation)
	if err != nil {
		return nil, before(err)
	}
	x, err := c.prepare(ctx, a, call, func(*exchange) error { return errPreviewed })
	if !errors.Is(err, errPreviewed) {
		return nil, x.failure(err)
	}
	for name, values := range x.request.Header {
		for _, value := range values {
			if !httpguts.ValidHeaderFieldValue(value) {
				return nil, x.failure(badHeader(name))
			}
		}
	}
	return x.sent(), nil
}
