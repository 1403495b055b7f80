package action

import (
	"net/url"
	"strings"

	"bellhop/engine/mapping"
)

// Host returns the host that a call without a connection goes to, with its port if it has one, in lower
// case; the connector's name if it cannot be told, and "" if the call makes no request.
func (c Call) Host() string {
	if c.Operation.Request == nil {
		return ""
	}
	address := strings.TrimSpace(c.Operation.Request.URL)
	if field, ok := strings.CutPrefix(address, "{{"); ok {
		address = mapping.Text(c.With[strings.TrimSpace(strings.TrimSuffix(field, "}}"))])
	} else if address == "" {
		address = c.Connector.BaseURL
	}
	if u, err := url.Parse(strings.TrimSpace(address)); err == nil && u.Host != "" {
		return strings.ToLower(u.Host)
	}
	return c.Connector.Name
}
