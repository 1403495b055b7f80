package practice

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxRequest bounds what the pretend apps read of a request.
const maxRequest = 1 << 20

var _ http.Handler = (*Shop)(nil)

// ServeHTTP answers the part of Shopify's Admin API that Bellhop uses: the token endpoint, GraphQL
// `shop`, `orders` and webhook subscriptions, and REST orders.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	s.faults.around(w, r, s.mux.ServeHTTP, func(w http.ResponseWriter, status int, code string) {
		answer(w, status, object{"errors": code})
	})
}

func (s *Shop) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /admin/oauth/access_token", s.giveToken)
	mux.HandleFunc("POST /admin/api/{version}/graphql.json", s.authorized(s.graphQL))
	mux.HandleFunc("GET /admin/api/{version}/orders.json", s.authorized(s.rest))
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusNotFound, object{"errors": "Not Found"})
	})
	return mux
}

func (s *Shop) currentToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.token
}

func (s *Shop) authorized(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !same(r.Header.Get("X-Shopify-Access-Token"), s.currentToken()) {
			answer(w, http.StatusUnauthorized, object{"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})
			return
		}
		w.Header().Set("X-Shopify-Api-Version", apiVersion)
		next(w, r)
	}
}

// giveToken is the client-credentials grant; tokens live 24 hours.
func (s *Shop) giveToken(w http.ResponseWriter, r *http.Request) {
	fields, ok := fieldsOf(r)
	switch {
	case !ok || text(fields, "grant_type") != "client_credentials":
		answer(w, http.StatusBadRequest, object{"error": "invalid_request", "error_description": "grant_type must be client_credentials"})
	case !same(text(fields, "client_id"), s.clientID) || !same(text(fields, "client_secret"), s.clientSecret):
		answer(w, http.StatusBadRequest, object{"error": "invalid_client", "error_description": "The client credentials are not valid"})
	default:
		answer(w, http.StatusOK, object{"access_token": s.currentToken(), "scope": "read_orders", "expires_in": 86399})
	}
}

// find is which orders are asked for.
type find struct {
	updated, created bound
	after            int64 // only larger ids
	before           int64 // only smaller ids, if there is one
	limit            int
	byUpdate         bool
	paid             bool // only those
	newestFirst      bool
}

type bound struct {
	time  time.Time
	equal bool
}

func (b bound) admits(t time.Time) bool {
	t = t.Truncate(time.Second) // what Shopify shows and compares
	return b.time.IsZero() || t.After(b.time) || b.equal && t.Equal(b.time)
}

// find returns the orders asked for, and whether there are more.
func (s *Shop) find(f find) (found []Order, more bool) {
	for _, o := range s.Orders() {
		if o.ID > f.after && (f.before == 0 || o.ID < f.before) && f.updated.admits(o.UpdatedAt) && f.created.admits(o.CreatedAt) {
			found = append(found, o)
		}
	}
	if f.paid {
		found = slices.DeleteFunc(found, func(o Order) bool { return o.full["financial_status"] != "paid" })
	}
	if f.byUpdate {
		slices.SortStableFunc(found, func(a, b Order) int { return a.UpdatedAt.Compare(b.UpdatedAt) })
	}
	if f.newestFirst {
		slices.Reverse(found)
	}
	if len(found) > f.limit {
		return found[:f.limit], true
	}
	return found, false
}

func (s *Shop) rest(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if info := q.Get("page_info"); info != "" { // it holds all that was asked for, and where to go on
		text, err := base64.RawURLEncoding.DecodeString(info)
		if err == nil {
			q, err = url.ParseQuery(string(text))
		}
		if err != nil {
			answer(w, http.StatusBadRequest, object{"errors": object{"page_info": "Invalid value."}})
			return
		}
	}
	f := find{limit: 50, newestFirst: strings.HasSuffix(q.Get("order"), " desc"), paid: q.Get("financial_status") == "paid"}
	if text := q.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 250 {
			answer(w, http.StatusBadRequest, object{"errors": object{"limit": "must be between 1 and 250"}})
			return
		}
		f.limit = n
	}
	for name, b := range map[string]*bound{"updated_at_min": &f.updated, "created_at_min": &f.created} {
		if text := q.Get(name); text != "" {
			t, err := time.Parse(time.RFC3339, text)
			if err != nil {
				answer(w, http.StatusBadRequest, object{"errors": object{name: "is not a valid time"}})
				return
			}
			*b = bound{t, true}
		}
	}
	f.after, _ = strconv.ParseInt(q.Get("since_id"), 10, 64)
	f.before, _ = strconv.ParseInt(q.Get("before_id"), 10, 64) // only in a page_info
	found, more := s.find(f)
	if more {
		q.Set(map[bool]string{false: "since_id", true: "before_id"}[f.newestFirst], strconv.FormatInt(found[len(found)-1].ID, 10))
		next := url.Values{"limit": {strconv.Itoa(f.limit)}, "page_info": {base64.RawURLEncoding.EncodeToString([]byte(q.Encode()))}}
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, r.Host, r.URL.Path, next.Encode()))
	}
	orders := make([]any, len(found))
	for i, o := range found {
		orders[i] = o.Body
	}
	w.Header().Set("X-Shopify-Shop-Api-Call-Limit", "1/40")
	answer(w, http.StatusOK, object{"orders": orders})
}

var (
	ordersField = regexp.MustCompile(`\borders\s*\(([^)]*)\)`)
	shopField   = regexp.MustCompile(`\bshop\s*\{`)
	argument    = regexp.MustCompile(`(\w+)\s*:\s*("(?:[^"\\]|\\.)*"|\$?\w+)`)
	timeFilter  = regexp.MustCompile(`(updated_at|created_at):(>=?)\s*['"]?([0-9TZ:.+-]+)['"]?`)
)

// graphQL answers the fields `shop` and `orders`, and those of subscriptions. It gives the fields of an order that are usual
// whether they are asked for or not.
func (s *Shop) graphQL(w http.ResponseWriter, r *http.Request) {
	var body struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Query == "" {
		answer(w, http.StatusBadRequest, object{"errors": "Bad Request"})
		return
	}
	data := object{}
	if shopField.MatchString(body.Query) {
		data["shop"] = object{"id": "gid://shopify/Shop/72410398806", "name": "Olive & Oak (practice)", "myshopifyDomain": shopDomain(s.name), "currencyCode": "EUR"}
	}
	if match := ordersField.FindStringSubmatch(body.Query); match != nil {
		orders, problem := s.graphOrders(match[1], body.Variables)
		if problem != "" {
			answer(w, http.StatusOK, graphError(problem))
			return
		}
		data["orders"] = orders
	}
	if problem := s.graphSubscriptions(body.Query, body.Variables, data); problem != "" {
		answer(w, http.StatusOK, graphError(problem))
		return
	}
	if len(data) == 0 {
		answer(w, http.StatusOK, graphError("The pretend Shopify knows only the fields shop, orders, webhookSubscriptions, webhookSubscriptionCreate and webhookSubscriptionDelete"))
		return
	}
	answer(w, http.StatusOK, object{"data": data, "extensions": object{"cost": object{
		"requestedQueryCost": 12, "actualQueryCost": 10,
		"throttleStatus": object{"maximumAvailable": 2000, "currentlyAvailable": 1990, "restoreRate": 100},
	}}})
}

func graphError(message string) object {
	return object{"errors": []any{object{"message": message, "extensions": object{"code": "undefinedField"}}}}
}

func (s *Shop) graphOrders(arguments string, variables map[string]any) (object, string) {
	f := find{}
	for _, match := range argument.FindAllStringSubmatch(arguments, -1) {
		value := match[2]
		if name, ok := strings.CutPrefix(value, "$"); ok {
			if variables[name] == nil {
				continue
			}
			value = fmt.Sprint(variables[name])
		} else if unquoted, err := strconv.Unquote(value); err == nil {
			value = unquoted
		}
		var err error
		switch match[1] {
		case "first":
			f.limit, err = strconv.Atoi(value)
		case "after":
			f.after, err = strconv.ParseInt(value, 10, 64)
		case "sortKey":
			f.byUpdate = value == "UPDATED_AT"
		case "query":
			err = f.filter(value)
		}
		if err != nil {
			return nil, fmt.Sprintf("%s is not valid", match[1])
		}
	}
	if f.limit < 1 || f.limit > 250 {
		return nil, "you must provide one of first or last, at most 250"
	}
	found, more := s.find(f)
	nodes, cursor := make([]any, len(found)), any(nil)
	for i, o := range found {
		nodes[i], cursor = graphOrder(o), strconv.FormatInt(o.ID, 10)
	}
	return object{"nodes": nodes, "pageInfo": object{"hasNextPage": more, "endCursor": cursor}}, ""
}

// filter reads the part of Shopify's search syntax that bounds times.
func (f *find) filter(query string) error {
	for _, match := range timeFilter.FindAllStringSubmatch(query, -1) {
		t, err := time.Parse(time.RFC3339, match[3])
		if err != nil {
			return err
		}
		b := bound{t, match[2] == ">="}
		if match[1] == "updated_at" {
			f.updated = b
		} else {
			f.created = b
		}
	}
	return nil
}

func graphOrder(o Order) object {
	buyer := o.full["customer"].(object)
	address := o.full["shipping_address"].(object)
	var items []any
	for _, one := range o.full["line_items"].([]any) {
		item := one.(object)
		items = append(items, object{"title": item["title"], "quantity": item["quantity"], "sku": item["sku"]})
	}
	return object{
		"id": o.full["admin_graphql_api_id"], "legacyResourceId": strconv.FormatInt(o.ID, 10), "name": o.Name, "email": o.full["email"],
		"createdAt": o.CreatedAt.Format(time.RFC3339), "updatedAt": o.UpdatedAt.Format(time.RFC3339),
		"displayFinancialStatus": strings.ToUpper(o.full["financial_status"].(string)), "displayFulfillmentStatus": "UNFULFILLED",
		"tags": strings.FieldsFunc(o.full["tags"].(string), func(r rune) bool { return r == ',' || r == ' ' }), "note": o.full["note"],
		"totalPriceSet": object{"shopMoney": object{"amount": o.Total, "currencyCode": o.Currency}},
		"customer":      object{"id": buyer["admin_graphql_api_id"], "firstName": buyer["first_name"], "lastName": buyer["last_name"]},
		"shippingAddress": object{
			"name": address["name"], "address1": address["address1"], "city": address["city"], "zip": address["zip"], "countryCodeV2": address["country_code"],
		},
		"lineItems": object{"nodes": items},
	}
}

// fieldsOf reads a request's body, JSON or a form, into fields.
func fieldsOf(r *http.Request) (fields object, ok bool) {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		raw, err := io.ReadAll(r.Body)
		return fields, err == nil && json.Unmarshal(raw, &fields) == nil && fields != nil
	}
	if err := r.ParseForm(); err != nil {
		return nil, false
	}
	fields = object{}
	for name := range r.Form {
		fields[name] = r.Form.Get(name)
	}
	return fields, true
}

func text(fields object, name string) string {
	s, _ := fields[name].(string)
	return s
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// answer writes JSON.
func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
