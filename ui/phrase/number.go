package phrase

import (
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// Number writes a number as people do in the window's language, with at most so many decimals: "1,234.5", "1.234,5".
func Number[N int | int64 | float64](n N, decimals int) string {
	return message.NewPrinter(language.Make(Language())).Sprint(number.Decimal(n, number.MaxFractionDigits(decimals)))
}
