package mapping

import (
	"strings"

	"bellhop/engine"
)

// centsFilters are for apps that count money in its smallest coin, as Stripe, Square and Adyen do: 1234 is €12.34.
var centsFilters = []Filter{
	coins("cents", "Money, from cents", "Writes an amount that an app counts in cents as people write it: 1234 is €12.34. It knows that some currencies have none: 1234 is ¥1,234.",
		func(e *evaluation, n Decimal, decimals int, code string) (any, error) {
			unit, err := currencyOf(code)
			if err != nil {
				return nil, err
			}
			return formatMoney(n.over(Decimal{tenTo(decimals), 0}), unit, e.env.locale()), nil
		}),
	coins("from_cents", "Amount, from cents", "Makes an amount of one that an app counts in cents, to compare it or to calculate: 1234 is 12.34.",
		func(_ *evaluation, n Decimal, decimals int, _ string) (any, error) {
			return bounded(n.over(Decimal{tenTo(decimals), 0}).round(decimals))
		}),
	coins("to_cents", "Amount, in cents", "Makes cents of an amount, for an app that counts in them: 12.34 is 1234. Parts of a cent are rounded.",
		func(_ *evaluation, n Decimal, decimals int, _ string) (any, error) {
			return bounded(n.times(Decimal{tenTo(decimals), 0}).round(0))
		}),
}

func coins(name, label, help string, work func(e *evaluation, n Decimal, decimals int, code string) (any, error)) Filter {
	return Filter{
		Name: name, Label: label, Help: help, In: []string{KindNumber},
		Args: []Arg{{Name: "currency", Label: "Currency", Help: "Three letters, such as EUR.", Type: engine.FieldText, Required: true}},
		check: func(args []any) error {
			if args[0] == nil {
				return nil
			}
			_, err := currencyOf(args[0])
			return err
		},
		apply: onNumber(name, func(e *evaluation, n Decimal, args []any) (any, error) {
			unit, err := currencyOf(args[0])
			if err != nil {
				return nil, err
			}
			code := unit.String()
			return work(e, n, CoinDecimals(code), code)
		}),
	}
}

// Currencies whose amounts are not counted in hundredths, as payment services count them: UGX and ISK have no
// coins and are counted in hundredths all the same. See https://docs.stripe.com/currencies#zero-decimal
const (
	coinsOne      = " BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF "
	coinsThousand = " BHD JOD KWD OMR TND "
)

// CoinDecimals is how many decimals an amount has whose currency is counted in its smallest coin: 2 for EUR, 0 for JPY, 3
// for KWD. The code is in capitals.
func CoinDecimals(code string) int {
	switch code = " " + code + " "; {
	case strings.Contains(coinsOne, code):
		return 0
	case strings.Contains(coinsThousand, code):
		return 3
	}
	return 2
}
