package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

const secret = "bench-secret"

// firstOrder is the number of the first order of all; numbers keep their length, so that a body can be
// changed in place.
const firstOrder = 100_000_000

// order is an order as Shopify sends it, 2.5 KB of JSON; %s stands for its number. Fields that nothing
// here looks at are there because real ones are, and have to be read over.
var order = strings.ReplaceAll(`{"id":820%s,"admin_graphql_api_id":"gid:\/\/shopify\/Order\/820%s","app_id":null,
"browser_ip":"203.0.113.7","buyer_accepts_marketing":true,"cancel_reason":null,"cancelled_at":null,"cart_token":null,"checkout_id":null,
"checkout_token":null,"confirmed":true,"contact_email":"ana@example.com","created_at":"2026-11-21T07:30:00+00:00","currency":"EUR",
"current_subtotal_price":"189.65","current_total_discounts":"0.00","current_total_price":"199.65","customer_locale":"pt","discount_codes":[],
"email":"ana@example.com","financial_status":"paid","fulfillment_status":null,"gateway":null,"landing_site":null,"location_id":null,
"name":"#%s","note":null,"note_attributes":[],"number":%s,"order_number":%s,
"order_status_url":"https:\/\/my-shop.myshopify.com\/548380009\/orders\/123456abcd\/authenticate?key=abcdefg","phone":null,
"presentment_currency":"EUR","processed_at":"2026-11-21T07:30:00+00:00","subtotal_price":"189.65","tags":"new, web","tax_lines":[],
"taxes_included":false,"test":false,"token":"123456abcd","total_discounts":"20.00","total_line_items_price":"209.65","total_price":"199.65",
"total_tax":"0.00","total_weight":0,"user_id":null,"customer":{"id":115310627314723954,"email":"ana@example.com","first_name":"Ana",
"last_name":"Silva","state":"disabled","note":null,"verified_email":true,"phone":null,"tags":"","currency":"EUR","default_address":{
"id":715243470612851245,"customer_id":115310627314723954,"first_name":null,"last_name":null,"company":null,"address1":"Rua Augusta 12",
"address2":null,"city":"Lisboa","province":"Lisboa","country":"Portugal","zip":"1100-053","phone":"351 21 000 0000"}},"line_items":[
{"id":866550311766439020,"name":"Linen shirt","price":"199.00","quantity":1,"sku":"SHIRT-1","title":"Linen shirt","variant_id":808950810,
"product_id":632910392,"properties":[],"fulfillable_quantity":1,"grams":567,"total_discount":"0.00","vendor":null,"taxable":true},
{"id":141249953214522974,"name":"Gift wrap","price":"10.65","quantity":1,"sku":"GIFT-1","title":"Gift wrap","variant_id":808950811,
"product_id":632910393,"properties":[],"fulfillable_quantity":1,"grams":5,"total_discount":"20.00","vendor":null,"taxable":true}],
"shipping_address":{"first_name":"Ana","address1":"Rua Augusta 12","phone":"351 21 000 0000","city":"Lisboa","zip":"1100-053",
"province":"Lisboa","country":"Portugal","company":null,"latitude":null,"longitude":null},"shipping_lines":[{"id":271878346596884015,
"title":"Standard","price":"10.00","code":null,"source":"shopify"}],"billing_address":{"first_name":"Ana","address1":"Rua Augusta 12",
"city":"Lisboa","zip":"1100-053","country":"Portugal"}}`, "\n", "")

// delivery is a webhook request that is changed in place from one order to the next.
type delivery struct {
	request   []byte
	body      []byte // the end of request
	numbers   []int  // where the order's number stands in request
	signature int    // where its signature stands
}

func newDelivery(host, path string) *delivery {
	const mark = "987654321"
	body := strings.ReplaceAll(order, "%s", mark)
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: Shopify-Captain-Hook\r\nContent-Type: application/json\r\n"+
		"X-Shopify-Topic: orders/create\r\nX-Shopify-Webhook-Id: b54557e4-bdd9-4b37-8a5f-%s\r\nX-Shopify-Hmac-Sha256: ", path, host, mark)
	d := &delivery{signature: len(head)}
	head += fmt.Sprintf("%s\r\nContent-Length: %d\r\n\r\n", sign([]byte(body)), len(body))
	d.request = []byte(head + body)
	d.body = d.request[len(head):]
	for from := 0; ; {
		i := strings.Index(string(d.request[from:]), mark)
		if i < 0 {
			return d
		}
		d.numbers = append(d.numbers, from+i)
		from += i + len(mark)
	}
}

// number makes it the delivery of another order.
func (d *delivery) number(n int) {
	digits := strconv.Itoa(n)
	for _, at := range d.numbers {
		copy(d.request[at:], digits)
	}
	copy(d.request[d.signature:], sign(d.body))
}

func sign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
