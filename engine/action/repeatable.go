package action

import (
	"net/http"

	"bellhop/engine"
	"bellhop/engine/request"
)

// Repeatable says whether the operation, with these fields, may be sent again when its answer was lost:
// it only reads, the app gets a key by which it does the thing once, or doing it twice is as doing it
// once. with is the operation's fields with every pill filled in.
func Repeatable(o engine.Operation, with map[string]any) bool {
	if o.Safe {
		return true
	}
	if o.Request == nil {
		return false
	}
	if o.Request.IdempotencyHeader != "" {
		return true
	}
	template, err := request.CompileText(o.Request.Method)
	if err != nil {
		return false
	}
	method, err := template.String(with)
	return err == nil && reads(method)
}

func reads(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}
