package connectortest_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/connector/connectortest"
	"bellhop/engine/recipe"
)

func TestShippedConnectors(t *testing.T) { connectortest.Run(t, assets.Connectors()) }

// addReaction is what somebody writes who wants Slack to do one thing more.
const addReaction = `
  - name: add_reaction
    title: Add an emoji
    help: Puts an emoji below a message.
    summary: "Add :{{emoji}}: to a message in Slack"
    connection: required
    needs: [bot_token]
    fields:
      - {name: channel, type: text, label: Channel, required: true}
      - {name: ts, type: text, label: Message, required: true}
      - {name: emoji, type: text, label: Emoji, default: bell}
    request:
      method: POST
      path: /reactions.add
      json: {channel: "{{channel}}", timestamp: "{{ts}}", name: "{{emoji}}"}
    judge:
      fail_if: {ok: false}
      code: error
      errors:
        already_reacted: {says: "The emoji is below the message already."}
    sample: {ok: true}
    tests:
      - name: an emoji
        connection: {bot_token: xoxb-test}
        with: {channel: C1, ts: "1795252364.000200"}
        request:
          method: POST
          url: https://slack.com/api/reactions.add
          headers: {Authorization: Bearer xoxb-test}
          json: {channel: C1, timestamp: "1795252364.000200", name: bell}
        response: {status: 200, body: {ok: true}}
        result: {ok: true}
      - name: twice
        connection: {bot_token: xoxb-test}
        with: {channel: C1, ts: "1", emoji: tada}
        response: {status: 200, body: {ok: false, error: already_reacted}}
        error: {code: refused, detail: already_reacted}
`

// A new operation is an entry in one data file: it is found, tested, checked in recipes, performed
// and told of without a line of code.
func TestOperationIsOneEntryInOneFile(t *testing.T) {
	shipped, err := fs.ReadFile(assets.Connectors(), "slack.yaml")
	require.NoError(t, err)
	own := fstest.MapFS{"slack.yaml": {Data: append(shipped, addReaction...)}}
	connectortest.Run(t, own)

	catalog, err := connector.Load(assets.Connectors(), own)
	require.NoError(t, err)
	require.NoError(t, catalog.Problems().Err())
	definition, problems := recipe.Check([]byte(`
recipe: 1
name: Mark it
trigger: {use: webhook.received}
steps:
  - {id: mark, use: slack.add_reaction, connection: Team, with: {channel: C1, ts: "{{trigger.ts}}", emoji: tada}}
`), recipe.Params{
		Catalog:     catalog,
		Connections: []engine.Connection{{Name: "Team", Connector: "slack", SecretFields: []string{"bot_token"}}},
	})
	require.NoError(t, problems.Err())
	require.Equal(t, "When another app calls this recipe's address, add :tada: to a message in Slack.", recipe.Summary(definition, catalog))
}
