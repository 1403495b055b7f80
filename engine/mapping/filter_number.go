package mapping

import (
	"golang.org/x/text/currency"

	"bellhop/engine"
)

// Decimals beyond this serve nobody.
const maxDecimals = 20

var numberFilters = []Filter{
	{
		Name: "money", Label: "Money", Help: "Writes an amount with its currency, as people write it: €189.00. Halves of the smallest coin are rounded up.", In: []string{KindNumber},
		Args: []Arg{{Name: "currency", Label: "Currency", Help: "Three letters, such as EUR.", Type: engine.FieldText, Required: true}},
		check: func(args []any) error {
			if args[0] == nil {
				return nil
			}
			_, err := currencyOf(args[0])
			return err
		},
		apply: func(e *evaluation, in any, args []any) (any, error) {
			amount, err := numberOf("money", in)
			if err != nil {
				return nil, err
			}
			unit, err := currencyOf(args[0])
			if err != nil {
				return nil, err
			}
			return formatMoney(amount, unit, e.env.locale()), nil
		},
	},
	{
		Name: "number", Label: "Number", Help: "Writes a number as people write it, with its thousands apart: 1,234.50.", In: []string{KindNumber},
		Args:  []Arg{{Name: "decimals", Label: "Decimals", Type: engine.FieldNumber, Default: "as many as it has"}},
		check: func(args []any) error { return intIfKnown(args, 0, 0, maxDecimals) },
		apply: onNumber("number", func(e *evaluation, n Decimal, args []any) (any, error) {
			decimals, err := argInt(args, 0, n.scale, 0, max(maxDecimals, n.scale))
			if err != nil {
				return nil, err
			}
			return styleOf(e.env.locale()).format(n.round(decimals)), nil
		}),
	},
	{
		Name: "round", Label: "Round", Help: "Rounds to a number of decimals; halves go up.", In: []string{KindNumber},
		Args:  []Arg{{Name: "decimals", Label: "Decimals", Type: engine.FieldNumber, Default: "none"}},
		check: func(args []any) error { return intIfKnown(args, 0, 0, maxDecimals) },
		apply: onNumber("round", func(_ *evaluation, n Decimal, args []any) (any, error) {
			decimals, err := argInt(args, 0, 0, 0, maxDecimals)
			if err != nil {
				return nil, err
			}
			return bounded(n.round(decimals))
		}),
	},
	calculation("plus", "Add", "Adds a number.", func(a, b Decimal) (Decimal, error) { return a.add(b), nil }),
	calculation("minus", "Subtract", "Takes a number away.", func(a, b Decimal) (Decimal, error) { return a.add(b.negated()), nil }),
	calculation("times", "Multiply", "Multiplies by a number.", func(a, b Decimal) (Decimal, error) { return a.times(b), nil }),
	calculation("divided_by", "Divide", "Divides by a number, to at most 10 decimals.", func(a, b Decimal) (Decimal, error) {
		if b.unscaled.Sign() == 0 {
			return Decimal{}, mistakef("Nothing can be divided by 0.")
		}
		return a.over(b), nil
	}),
}

func calculation(name, label, help string, work func(a, b Decimal) (Decimal, error)) Filter {
	return Filter{
		Name: name, Label: label, Help: help, In: []string{KindNumber},
		Args: []Arg{{Name: "number", Label: "Number", Type: engine.FieldNumber, Required: true}},
		apply: onNumber(name, func(_ *evaluation, a Decimal, args []any) (any, error) {
			b, err := numberOf(name, args[0])
			if err != nil {
				return nil, err
			}
			result, err := work(a, b)
			if err != nil {
				return nil, err
			}
			return bounded(result)
		}),
	}
}

func onNumber(name string, f func(e *evaluation, n Decimal, args []any) (any, error)) func(*evaluation, any, []any) (any, error) {
	return func(e *evaluation, in any, args []any) (any, error) {
		n, err := numberOf(name, in)
		if err != nil {
			return nil, err
		}
		return f(e, n, args)
	}
}

func numberOf(filter string, v any) (Decimal, error) {
	n, ok := ParseDecimal(v)
	if !ok {
		return n, mistakef("The filter %q needs a number, and %s is none.", filter, show(v))
	}
	return n, nil
}

func bounded(d Decimal) (any, error) {
	if d.length() > maxDigits {
		return nil, mistakef("The number becomes longer than %d digits.", maxDigits)
	}
	return d.number(), nil
}

// Codes that people write wrong, for a suggestion.
var usualCurrencies = []string{
	"EUR", "USD", "GBP", "JPY", "CNY", "CHF", "CAD", "AUD", "NZD", "BRL", "MXN", "INR", "SEK", "NOK", "DKK", "PLN",
	"CZK", "HUF", "RON", "BGN", "TRY", "ZAR", "SGD", "HKD", "KRW", "THB", "IDR", "MYR", "PHP", "AED", "SAR", "ILS",
}

func currencyOf(v any) (currency.Unit, error) {
	code := Text(v)
	unit, err := currency.ParseISO(code)
	if err != nil {
		return unit, &mistake{
			message:    "There is no currency " + show(v) + ". A currency is three letters, such as EUR or USD.",
			suggestion: engine.Suggest(code, usualCurrencies),
		}
	}
	return unit, nil
}
