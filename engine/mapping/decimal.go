package mapping

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number: money is never a float.
type Decimal struct {
	// unscaled × 10^-scale; scale is never negative. A Decimal's unscaled is never changed.
	unscaled *big.Int
	scale    int
}

// Numbers longer than this are refused: they are attacks or mistakes, and cost time.
const maxDigits = 1000

// ParseDecimal returns the number that v is: a json.Number, or a text written plainly such as
// "100.00" or "-3", with spaces around allowed. Text with leading zeros, a plus sign, grouping or an
// exponent is no number, for it may be a postcode, a phone number or an article's code.
func ParseDecimal(v any) (Decimal, bool) {
	switch v := v.(type) {
	case json.Number:
		return parseDecimal(string(v), true)
	case string:
		return parseDecimal(strings.TrimSpace(v), false)
	}
	return Decimal{}, false
}

// parseDecimal reads JSON's number grammar.
func parseDecimal(s string, exponents bool) (Decimal, bool) {
	if len(s) > maxDigits {
		return Decimal{}, false
	}
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		var err error
		if exponent, err = strconv.Atoi(s[i+1:]); err != nil || !exponents || exponent > maxDigits || exponent < -maxDigits {
			return Decimal{}, false
		}
		mantissa = s[:i]
	}
	whole, fraction, dotted := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	if !digits(whole) || len(whole) > 1 && whole[0] == '0' || dotted && !digits(fraction) {
		return Decimal{}, false
	}
	unscaled, scale := new(big.Int), len(fraction)-exponent
	if written := whole + fraction; len(written) <= 18 {
		n, err := strconv.ParseInt(written, 10, 64)
		if err != nil {
			return Decimal{}, false
		}
		unscaled.SetInt64(n)
	} else {
		unscaled.SetString(written, 10)
	}
	if mantissa[0] == '-' {
		unscaled.Neg(unscaled)
	}
	if scale < 0 {
		unscaled, scale = unscaled.Mul(unscaled, tenTo(-scale)), 0
	}
	return Decimal{unscaled, scale}, true
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func tenTo(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// String returns the number plainly, with all its decimals: "-0.50".
func (d Decimal) String() string {
	sign, whole, fraction := d.split()
	if sign {
		whole = "-" + whole
	}
	if fraction == "" {
		return whole
	}
	return whole + "." + fraction
}

// split returns the number's sign and its digits before and after the point.
func (d Decimal) split() (negative bool, whole, fraction string) {
	s := d.unscaled.String()
	if negative = s[0] == '-'; negative {
		s = s[1:]
	}
	if len(s) <= d.scale {
		s = strings.Repeat("0", d.scale-len(s)+1) + s
	}
	return negative, s[:len(s)-d.scale], s[len(s)-d.scale:]
}

func (d Decimal) number() json.Number { return json.Number(d.String()) }

// length bounds the number of digits in d's text.
func (d Decimal) length() int { return max(d.unscaled.BitLen()*31/100, d.scale) + 1 }

// Cmp returns -1, 0 or 1 as d is less than, equal to or greater than e.
func (d Decimal) Cmp(e Decimal) int {
	if d.scale == e.scale {
		return d.unscaled.Cmp(e.unscaled)
	}
	scale := max(d.scale, e.scale)
	return d.scaled(scale).Cmp(e.scaled(scale))
}

// scaled returns d × 10^scale, for a scale not below d's.
func (d Decimal) scaled(scale int) *big.Int {
	if scale == d.scale {
		return d.unscaled
	}
	return new(big.Int).Mul(d.unscaled, tenTo(scale-d.scale))
}

func (d Decimal) add(e Decimal) Decimal {
	scale := max(d.scale, e.scale)
	return Decimal{new(big.Int).Add(d.scaled(scale), e.scaled(scale)), scale}
}

func (d Decimal) negated() Decimal { return Decimal{new(big.Int).Neg(d.unscaled), d.scale} }

// times keeps the decimals of the longer factor, and more only where they are not zero:
// 189.00 × 2 is 378.00.
func (d Decimal) times(e Decimal) Decimal {
	product := Decimal{new(big.Int).Mul(d.unscaled, e.unscaled), d.scale + e.scale}
	return product.trimmed(max(d.scale, e.scale))
}

// Decimals of a quotient that does not end, such as 10 / 3.
const quotientScale = 10

// over divides by e, which must not be 0. A quotient that does not end is rounded.
func (d Decimal) over(e Decimal) Decimal {
	scale := max(d.scale, e.scale, quotientScale)
	numerator := d.scaled(scale + e.scale)
	return Decimal{divideRounded(numerator, e.unscaled), scale}.trimmed(max(d.scale, e.scale))
}

// round returns d with exactly the given number of decimals; halves go away from zero, as in shops.
func (d Decimal) round(scale int) Decimal {
	if scale >= d.scale {
		return Decimal{d.scaled(scale), scale}
	}
	return Decimal{divideRounded(d.unscaled, tenTo(d.scale-scale)), scale}
}

// trimmed drops zeros at the end, down to a number of decimals.
func (d Decimal) trimmed(least int) Decimal {
	ten, unscaled, scale := big.NewInt(10), d.unscaled, d.scale
	for scale > least {
		quotient, rest := new(big.Int).QuoRem(unscaled, ten, new(big.Int))
		if rest.Sign() != 0 {
			break
		}
		unscaled, scale = quotient, scale-1
	}
	return Decimal{unscaled, scale}
}

func divideRounded(numerator, denominator *big.Int) *big.Int {
	quotient, rest := new(big.Int).QuoRem(numerator, denominator, new(big.Int))
	if twice := new(big.Int).Lsh(rest, 1); twice.CmpAbs(denominator) >= 0 {
		away := big.NewInt(1)
		if numerator.Sign() != denominator.Sign() {
			away.Neg(away)
		}
		quotient.Add(quotient, away)
	}
	return quotient
}
