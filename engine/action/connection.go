package action

import (
	"context"
	"fmt"

	"bellhop/engine"
	"bellhop/engine/request"
)

// TestConnection sends the connector's harmless test request for an account and returns what a
// person reads of its success, such as "Connected to Olive & Oak." It returns "" where the connector
// has no test for such an account. The error is a *Failure.
func (c *Client) TestConnection(ctx context.Context, connector engine.Connector, account engine.Account) (string, error) {
	if connector.Connection == nil || connector.Connection.Test == nil {
		return "", nil
	}
	test := connector.Connection.Test
	if !test.When.Fits(account.Value) {
		return "", nil
	}
	says, err := request.CompileText(test.Says)
	if err != nil {
		return "", before(fmt.Errorf("the connector file of %s: connection.test.says: %w", connector.Title, err))
	}
	operation := engine.Operation{Name: "connection.test", Request: &test.Request, Judge: test.Judge}
	result, err := c.Do(ctx, Call{Connector: connector, Operation: operation, Account: account})
	if err != nil {
		return "", err
	}
	text, err := says.String(map[string]any{"response": result.Output})
	if err != nil {
		return "", before(err)
	}
	return text, nil
}
