package connectortest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
)

// request performs an action, and compares what was sent and what came of it.
func request(t *testing.T, c engine.Connector, o engine.Operation, test engine.OperationTest) {
	app := &app{connector: c, response: test.Response}
	result, err := action.New(action.Params{Transport: app}).Do(t.Context(), action.Call{
		Connector: c, Operation: o, With: test.With, Account: accountOf(c, test), IdempotencyKey: "test-key",
	})
	if want := test.Error; want != nil {
		failed(t, *want, err)
	} else {
		require.NoError(t, err)
	}
	if test.Response == nil {
		require.Nil(t, app.got, "nothing should have been sent")
	}
	if test.Request != nil {
		require.NotNil(t, app.got, "nothing was sent")
		sent(t, *test.Request, app)
	}
	if test.Result != nil {
		require.Equal(t, test.Result, result.Output)
	}
}

// failed compares how a request failed.
func failed(t *testing.T, want engine.ExpectedError, err error) {
	t.Helper()
	failure, ok := errors.AsType[*action.Failure](err)
	require.True(t, ok, "the request should have failed, and gave %v", err)
	require.Equal(t, want.Code, failure.Err.Code, failure.Error())
	require.Equal(t, want.Retry, failure.Retry, failure.Error())
	if want.Detail != "" {
		require.Equal(t, want.Detail, failure.Detail)
		require.NotContains(t, failure.Error(), "{{")
	}
}

func sent(t *testing.T, want engine.ExpectedRequest, app *app) {
	require.Equal(t, want.Method, app.got.Method)
	require.Equal(t, want.URL, app.got.URL.String())
	for name, value := range want.Headers {
		require.Equal(t, value, app.got.Header.Get(name), name)
	}
	if want.JSON != nil {
		body, err := mapping.Decode(app.body)
		require.NoError(t, err)
		require.Equal(t, want.JSON, body)
	}
	if want.Text != nil {
		require.Equal(t, *want.Text, string(app.body))
	}
}

// app stands in for the app at the other end. It hands out tokens, keeps the one request that is
// not for a token, and gives the canned answer.
type app struct {
	connector engine.Connector
	response  *engine.CannedResponse
	got       *http.Request
	body      []byte
}

func (a *app) RoundTrip(r *http.Request) (*http.Response, error) {
	if a.token(r) {
		return answer(r, engine.CannedResponse{Status: http.StatusOK, Body: map[string]any{
			"access_token": "test-token", "token_type": "bearer", "expires_in": json.Number("86399"),
		}})
	}
	if a.got != nil {
		return nil, errors.New("a second request was sent: " + r.URL.String())
	}
	a.got = r
	if r.Body != nil {
		var err error
		if a.body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	if a.response == nil {
		return nil, errors.New("the test has no response")
	}
	return answer(r, *a.response)
}

func (a *app) token(r *http.Request) bool {
	if a.connector.Connection == nil {
		return false
	}
	for _, entry := range a.connector.Connection.Auth {
		if entry.Token != nil && strings.HasSuffix(r.URL.Path, entry.Token.Path) {
			return true
		}
	}
	return false
}

func answer(r *http.Request, canned engine.CannedResponse) (*http.Response, error) {
	header := http.Header{}
	var body []byte
	switch v := canned.Body.(type) {
	case nil:
	case string:
		header.Set("Content-Type", "text/plain; charset=utf-8")
		body = []byte(v)
	default:
		header.Set("Content-Type", "application/json; charset=utf-8")
		var err error
		if body, err = json.Marshal(v); err != nil {
			return nil, err
		}
	}
	for name, value := range canned.Headers {
		header.Set(name, value)
	}
	return &http.Response{
		StatusCode: canned.Status, Status: http.StatusText(canned.Status),
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: r,
	}, nil
}
