package engine

import "time"

// Event is one thing that happened, as it came in: a delivery, a polled item, a tick.
type Event struct {
	ID       int64
	RecipeID int64
	// Key is the provider's id of the event; unique within the recipe. An event whose provider
	// gives none gets a random one.
	Key string
	// Body is what arrived, byte for byte; ContentType says how to read it. A large body is not in
	// the database but in a file beside it: then Body is empty, and File and FileSize are its name
	// and length in bytes.
	Body        []byte
	File        string
	FileSize    int64
	ContentType string
	// Request tells how it arrived.
	Request    Request
	ReceivedAt time.Time
}

// Request is the HTTP request that brought an event, without its body. Header names are in
// canonical form; of values that came several times the first is kept. Headers that carry secrets
// or signatures are left out.
type Request struct {
	Method  string            `json:"method,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Query   map[string]string `json:"query,omitempty"`
}

// Data returns the request as pills see it: `method`, `headers` and `query`.
func (r Request) Data() map[string]any {
	return map[string]any{"method": r.Method, "headers": jsonMap(r.Headers), "query": jsonMap(r.Query)}
}

func jsonMap(in map[string]string) map[string]any {
	out := make(map[string]any, len(in))
	for k, v := range in {
		out[k] = v
	}
	return out
}
