// Package connectortest runs the tests that connector files carry with them, through the real
// machinery: actions build, sign, send and judge their requests as in a run, with canned answers in
// place of the app; deliveries go through the webhook handler, and times are those of the schedule.
package connectortest

import (
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/connector"
)

// account is the name of the connection in every test.
const account = "test"

// Run runs the tests of all operations of all connector files at the top of a file system. A file
// that lint finds fault with fails.
func Run(t *testing.T, system fs.FS) {
	t.Helper()
	catalog, err := connector.Load(system)
	require.NoError(t, err)
	require.NoError(t, catalog.Problems().Err())
	for _, c := range catalog.Connectors() {
		for _, o := range append(c.Triggers, c.Actions...) {
			for _, test := range o.Tests {
				t.Run(c.Name+"."+o.Name+"/"+test.Name, func(t *testing.T) {
					switch {
					case test.Delivery != nil:
						delivery(t, catalog, c, o, test)
					case o.Poll != nil:
						polled(t, c, o, test)
					case test.CatchUp != nil:
						asked := o // as a poll of its own
						asked.Poll, test.Poll = &o.CatchUp.Poll, test.CatchUp
						polled(t, c, asked, test)
					case test.Subscription != nil:
						subscribed(t, c, o, test)
					case test.Times != nil:
						times(t, o, test)
					default:
						request(t, c, o, test)
					}
				})
			}
		}
	}
}

// accountOf makes the account that a test describes; the zero one if it has none.
func accountOf(c engine.Connector, test engine.OperationTest) engine.Account {
	if test.Connection == nil {
		return engine.Account{}
	}
	a := engine.Account{
		Connection: engine.Connection{ID: 1, Name: account, Connector: c.Name, Fields: map[string]string{}},
		Secrets:    map[string]string{},
	}
	for name, value := range test.Connection {
		if f, _ := c.Connection.Field(name); f.Type == engine.FieldSecret {
			a.Secrets[name] = value
			a.SecretFields = append(a.SecretFields, name)
		} else {
			a.Fields[name] = value
		}
	}
	return a
}
