package engine

import (
	"slices"
)

// Connector is what Bellhop knows of an app: the decoded form of a connector file.
type Connector struct {
	Format int    `json:"connector"`
	Name   string `json:"name"`
	Title  string `json:"title"`
	// Color is the app's colour as #RRGGBB and Glyph the letter or sign on its tile.
	Color string `json:"color"`
	Glyph string `json:"glyph"`
	Help  string `json:"help,omitempty"`
	// BaseURL is where the app's requests go, such as `https://{{connection.shop}}.myshopify.com`.
	BaseURL    string          `json:"base_url,omitempty"`
	Connection *ConnectionSpec `json:"connection,omitempty"`
	// Limits are how much the app takes from one connection, where it is known; nil if it is not.
	Limits   *Limits     `json:"limits,omitempty"`
	Triggers []Operation `json:"triggers,omitempty"`
	Actions  []Operation `json:"actions,omitempty"`
}

// ConnectionSpec says what an account at the app consists of and how it signs its requests.
type ConnectionSpec struct {
	Fields []Field `json:"fields"`
	// AnyOf lists sets of fields; a connection needs all fields of at least one set, and those that
	// are Required besides.
	AnyOf [][]string `json:"any_of,omitempty"`
	// Auth is tried in order; the first entry whose When fits signs the request.
	Auth []Auth `json:"auth,omitempty"`
	// Test is a harmless request that proves the account works; nil if the app has none.
	Test *TestSpec `json:"test,omitempty"`
}

// Auth says how a request shows who sends it. Strings, also the names of headers and of query
// values, may hold pills of `connection`.
type Auth struct {
	// When says for which accounts this entry is.
	When    When              `json:"when,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Query   map[string]string `json:"query,omitempty"`
	Basic   *BasicAuth        `json:"basic,omitempty"`
	// Token is asked for first; its value is then `connection.token`.
	Token *TokenSpec `json:"token,omitempty"`
}

// BasicAuth is HTTP basic authentication.
type BasicAuth struct {
	Username string `json:"username"`
	Password string `json:"password"`
}

// TokenSpec is an OAuth 2 client-credentials request for a short-lived token.
type TokenSpec struct {
	// Path is the token endpoint, below the base address.
	Path         string `json:"path"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
}

// TestMail is the test that signs in at an account's mail servers; package mailserver says which fields it
// reads.
const TestMail = "mail"

// Tests lists the tests that need no request.
var Tests = []string{TestMail}

// TestSpec is a connection's test: a request and the sentence that tells its success, or one that Bellhop
// has built in.
type TestSpec struct {
	// When works as in Auth; a test that does not fit the account is left out.
	When When `json:"when,omitempty"`
	// Local names a test that needs no request, one of Tests; the rest is empty then.
	Local   string      `json:"local,omitempty"`
	Request RequestSpec `json:"request"`
	Judge   Judge       `json:"judge,omitempty"`
	// Says is what a person reads, such as "Connected to {{response.team}}."
	Says string `json:"says"`
}

// Operation returns the trigger or action of that name.
func (c Connector) Operation(name string) (Operation, bool) {
	for _, list := range [][]Operation{c.Triggers, c.Actions} {
		if i := slices.IndexFunc(list, func(o Operation) bool { return o.Name == name }); i >= 0 {
			return list[i], true
		}
	}
	return Operation{}, false
}

// Field returns the connection's field of that name.
func (c ConnectionSpec) Field(name string) (Field, bool) { return findField(c.Fields, name) }

func findField(fields []Field, name string) (Field, bool) {
	if i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name }); i >= 0 {
		return fields[i], true
	}
	return Field{}, false
}

// Catalog knows the connectors that are installed.
type Catalog interface {
	// Connectors returns all connectors, by title.
	Connectors() []Connector
	Connector(name string) (Connector, bool)
	// Operation finds an operation by its full name, such as `slack.send_message`.
	Operation(use string) (Connector, Operation, bool)
}
