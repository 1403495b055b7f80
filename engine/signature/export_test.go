package signature

import "net/http"

// SignWith signs with a verifier, and so with its clock.
func SignWith(v Verifier, headers http.Header, body []byte) { _ = v.sign(headers, body) }
