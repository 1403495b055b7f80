package practice

import (
	"encoding/json"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"bellhop/engine"
)

// The topics of webhooks that the pretend shop sends.
const (
	TopicCreated = "orders/create"
	TopicPaid    = "orders/paid"
)

// NewOrder says what order to make; all of it may be left out.
type NewOrder struct {
	// Total is the price in all, such as "129.50"; empty means what the products cost.
	Total string `json:"total,omitempty"`
	// Currency is a code such as EUR; empty means the customer's.
	Currency string `json:"currency,omitempty"`
	// Topic is TopicCreated, or TopicPaid for an order that is paid; empty means TopicCreated.
	Topic string `json:"topic,omitempty"`
}

// Order is one order of the pretend shop.
type Order struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"` // "#1001"
	Customer  string    `json:"customer"`
	Total     string    `json:"total"`
	Currency  string    `json:"currency"`
	Topic     string    `json:"topic"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// Body is the whole order as Shopify writes it: JSON of about 4 KB.
	Body json.RawMessage `json:"-"`
	full object
}

type object = map[string]any

// firstID and idStep make ids that look and grow like Shopify's, beyond 32 bits.
const (
	firstOrder = 1001
	firstID    = 6094853177622
	idStep     = 32768
	// idEpoch is when the first shop was started, in milliseconds since 1970: one that is started later goes
	// on with higher ids, since it does not know which were there before.
	idEpoch = 1_767_225_600_000
)

// makeOrder makes the n-th order, counted from 0, of a shop whose first one has that id.
func makeOrder(n int, first int64, shop string, want NewOrder, now time.Time) (Order, error) {
	if want.Topic == "" {
		want.Topic = TopicCreated
	}
	if want.Topic != TopicCreated && want.Topic != TopicPaid {
		return Order{}, engine.Errorf(engine.Invalid, "The pretend shop has no topic %q. It knows %s and %s.", want.Topic, TopicCreated, TopicPaid)
	}
	buyer := customers[n%len(customers)]
	if want.Currency == "" {
		want.Currency = buyer.currency
	}
	if len(want.Currency) != 3 || strings.ToUpper(want.Currency) != want.Currency {
		return Order{}, engine.Errorf(engine.Invalid, "%q is no currency. Write a code such as EUR.", want.Currency)
	}
	lines := []line{{products[n%len(products)], 1 + n%2}}
	if n%3 != 0 {
		lines = append(lines, line{products[(n+3)%len(products)], 1})
	}
	shipping := cents(490)
	if want.Total != "" {
		total, err := parseCents(want.Total)
		if err != nil {
			return Order{}, err
		}
		// A price of one's own is that of the first product; what else there is goes.
		lines, shipping = []line{{products[n%len(products)], 1}}, 0
		lines[0].price = total
	}
	return writeOrder(n, first, shop, want, now.UTC(), buyer, lines, shipping), nil
}

func writeOrder(n int, first int64, shop string, want NewOrder, now time.Time, buyer customer, lines []line, shipping cents) Order {
	money := func(c cents) object {
		one := object{"amount": c.String(), "currency_code": want.Currency}
		return object{"shop_money": one, "presentment_money": one}
	}
	tax := func(gross cents) []any {
		part := gross - gross*100/(100+buyer.vat)
		return []any{object{
			"title": buyer.code + " VAT", "rate": json.Number("0." + fmt.Sprintf("%02d", buyer.vat)),
			"price": part.String(), "price_set": money(part), "channel_liable": false,
		}}
	}
	o := Order{
		ID: first + int64(n)*idStep, Name: fmt.Sprintf("#%d", firstOrder+n),
		Customer: buyer.first + " " + buyer.last, Currency: want.Currency, Topic: want.Topic,
		CreatedAt: now, UpdatedAt: now,
	}
	var goods cents
	items := make([]any, len(lines))
	for i, l := range lines {
		sum := l.price * cents(l.quantity)
		goods += sum
		items[i] = object{
			"id": o.ID + 1_000_000 + int64(i), "admin_graphql_api_id": fmt.Sprintf("gid://shopify/LineItem/%d", o.ID+1_000_000+int64(i)),
			"product_id": l.id, "variant_id": l.id + 7, "title": l.title, "variant_title": l.variant,
			"name": l.title + " - " + l.variant, "sku": l.sku, "vendor": "Olive & Oak", "quantity": l.quantity,
			"current_quantity": l.quantity, "fulfillable_quantity": l.quantity, "price": l.price.String(), "price_set": money(l.price),
			"total_discount": "0.00", "grams": l.grams, "requires_shipping": true, "taxable": true, "gift_card": false,
			"product_exists": true, "fulfillment_service": "manual", "fulfillment_status": nil, "properties": []any{},
			"tax_lines": tax(sum), "discount_allocations": []any{},
		}
	}
	total := goods + shipping
	o.Total = total.String()
	status, outstanding := "pending", o.Total
	if want.Topic == TopicPaid {
		status, outstanding = "paid", "0.00"
	}
	at := now.Format(time.RFC3339)
	taxes := total - total*100/(100+buyer.vat)
	address := buyer.address()
	o.full = object{
		"id": o.ID, "admin_graphql_api_id": fmt.Sprintf("gid://shopify/Order/%d", o.ID), "app_id": 580111,
		"name": o.Name, "number": n + 1, "order_number": firstOrder + n, "confirmed": true, "test": true,
		"confirmation_number": strings.ToUpper(strconv.FormatInt(o.ID, 36)),
		"created_at":          at, "processed_at": at, "updated_at": at, "closed_at": nil, "cancelled_at": nil, "cancel_reason": nil,
		"email": buyer.email(), "contact_email": buyer.email(), "phone": nil, "buyer_accepts_marketing": n%2 == 0,
		"customer_locale": buyer.locale, "currency": want.Currency, "presentment_currency": want.Currency,
		"subtotal_price": goods.String(), "total_line_items_price": goods.String(), "total_discounts": "0.00",
		"total_tax": taxes.String(), "taxes_included": true, "total_tip_received": "0.00", "total_price": o.Total,
		"total_outstanding": outstanding, "total_weight": 0, "current_subtotal_price": goods.String(),
		"current_total_tax": taxes.String(), "current_total_price": o.Total, "total_price_set": money(total),
		"total_shipping_price_set": money(shipping), "financial_status": status, "fulfillment_status": nil,
		"payment_gateway_names": []any{"bogus"}, "note": buyer.note, "note_attributes": []any{}, "tags": buyer.tags,
		"discount_codes": []any{}, "discount_applications": []any{}, "source_name": "web", "landing_site": "/",
		"referring_site": "", "browser_ip": "203.0.113.24", "cart_token": nil, "checkout_id": o.ID + 500_000, "location_id": nil,
		"order_status_url": fmt.Sprintf("https://%s/orders/%d/authenticate?key=practice", shopDomain(shop), o.ID),
		"customer":         buyer.object(at, want.Currency), "billing_address": address, "shipping_address": address,
		"line_items": items, "tax_lines": tax(total), "fulfillments": []any{}, "refunds": []any{},
		"shipping_lines": []any{object{
			"id": o.ID + 2_000_000, "title": "Standard", "code": "standard", "price": shipping.String(),
			"discounted_price": shipping.String(), "source": "shopify", "tax_lines": tax(shipping),
		}},
	}
	// Maps of JSON values always marshal.
	o.Body, _ = json.Marshal(o.full)
	return o
}

// changed is the order after something about it was changed at a time. Others may be reading the old one.
func (o Order) changed(at time.Time) Order {
	o.UpdatedAt = at.UTC()
	o.full = maps.Clone(o.full)
	o.full["updated_at"] = o.UpdatedAt.Format(time.RFC3339)
	o.Body, _ = json.Marshal(o.full) // maps of JSON values always marshal
	return o
}

// cents is an amount of money in hundredths.
type cents int64

func (c cents) String() string { return fmt.Sprintf("%d.%02d", c/100, c%100) }

func parseCents(text string) (cents, error) {
	whole, part, _ := strings.Cut(strings.TrimSpace(text), ".")
	if n, err := strconv.ParseUint((whole + part + "00")[:len(whole)+2], 10, 40); err == nil && len(part) <= 2 && whole != "" && part == strings.TrimLeft(part, "+-") {
		return cents(n), nil
	}
	return 0, engine.Errorf(engine.Invalid, "%q is no price. Write it like 129.50.", text)
}

type line struct {
	product
	quantity int
}

type product struct {
	id                  int64
	title, variant, sku string
	price               cents
	grams               int
}

var products = []product{
	{8652341870870, "Linen tablecloth, 150 × 250 cm", "Natural", "LT-150-NAT", 8900, 620},
	{8652341903638, "Stoneware mug", "Sea green", "SM-GRN", 1850, 380},
	{8652341936406, "Beeswax candle", "Set of 6", "BWC-6", 3250, 600},
	{8652341969174, "Olive wood board", "Large", "OWB-L", 6400, 1450},
	{8652342001942, "Extra virgin olive oil", "500 ml", "EVO-500", 1690, 980},
	{8652342034710, "Wool blanket “Serra”", "Grey", "WB-GRY", 14900, 1800},
	{8652342067478, "Ceramic salad bowl", "28 cm", "CSB-28", 5250, 1250},
}

type customer struct {
	id                            int64
	first, last, locale, currency string
	street, city, zip, province   string
	country, code, phone, tags    string
	note                          any
	vat                           cents
	latitude, longitude           json.Number
}

func (c customer) email() string {
	ascii := strings.NewReplacer("ö", "oe", "ü", "ue", "ç", "c", "ã", "a", "é", "e", "è", "e", "’", "", "'", "", " ", "")
	return strings.ToLower(ascii.Replace(c.first)+"."+ascii.Replace(c.last)) + "@example.com"
}

func (c customer) address() object {
	return object{
		"first_name": c.first, "last_name": c.last, "name": c.first + " " + c.last, "company": nil,
		"address1": c.street, "address2": nil, "city": c.city, "zip": c.zip, "province": c.province, "province_code": nil,
		"country": c.country, "country_code": c.code, "phone": c.phone, "latitude": c.latitude, "longitude": c.longitude,
	}
}

func (c customer) object(at, currency string) object {
	address := c.address()
	address["id"], address["customer_id"], address["default"] = c.id+777, c.id, true
	return object{
		"id": c.id, "admin_graphql_api_id": fmt.Sprintf("gid://shopify/Customer/%d", c.id), "first_name": c.first,
		"last_name": c.last, "email": c.email(), "phone": c.phone, "created_at": "2025-03-02T18:22:10+00:00", "updated_at": at,
		"state": "enabled", "verified_email": true, "currency": currency, "tax_exempt": false, "tags": c.tags, "note": nil,
		"default_address": address,
	}
}

var customers = []customer{
	{7841120256278, "Ana", "Silva", "pt-PT", "EUR", "Rua das Flores 12", "Lisboa", "1200-195", "Lisboa", "Portugal", "PT", "+351210000000", "regular, newsletter", "Please wrap it as a gift", 23, "38.7109", "-9.1430"},
	{7841120289046, "Jörg", "Müller", "de-DE", "EUR", "Lindenstraße 8", "Köln", "50674", "Nordrhein-Westfalen", "Germany", "DE", "+4922100000", "", nil, 19, "50.9320", "6.9370"},
	{7841120321814, "Emma", "O’Brien", "en-GB", "GBP", "14 Rose Lane", "Bristol", "BS1 4DJ", "England", "United Kingdom", "GB", "+441170000000", "newsletter", nil, 20, "51.4545", "-2.5879"},
	{7841120354582, "Noah", "Williams", "en-US", "USD", "221 Maple Ave", "Portland", "97205", "Oregon", "United States", "US", "+15030000000", "", "Leave it at the back door <please>", 9, "45.5202", "-122.6742"},
	{7841120387350, "Chloé", "Lefèvre", "fr-FR", "EUR", "5 rue du Marché", "Lyon", "69002", "Rhône", "France", "FR", "+33400000000", "vip", nil, 20, "45.7600", "4.8350"},
	{7841120420118, "Sofia", "Lindström", "sv-SE", "SEK", "Storgatan 3", "Göteborg", "411 24", "Västra Götaland", "Sweden", "SE", "+46310000000", "", nil, 25, "57.7070", "11.9670"},
}
