// Package diagnosis makes what is told of Bellhop fit for other people's eyes.
package diagnosis

import (
	"bufio"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What stands in the place of what was taken out.
const (
	maskSecret  = "[secret]"
	maskPrivate = "[private]"
	maskMail    = "[e-mail]"
	maskToken   = "[token]"
	maskPhone   = "[phone]"
	maskAddress = "[address]"
)

// Shorter values would be found in the middle of words.
const (
	shortestSecret  = 4
	shortestPrivate = 6
)

// Redactor takes out of texts what is secret or personal: known values in every form in which they are
// commonly written, and what looks like an e-mail address, a phone number, an address on the internet or a
// long token.
type Redactor struct{ known *strings.Replacer }

// NewRedactor makes one that knows these secrets and these private values.
func NewRedactor(secrets, private []string) *Redactor {
	masks := map[string]string{}
	for _, value := range private {
		if len(value) >= shortestPrivate {
			masks[value] = maskPrivate
		}
	}
	for _, value := range secrets {
		for _, form := range forms(value) {
			if len(form) >= shortestSecret {
				masks[form] = maskSecret
			}
		}
	}
	var values []string
	for value := range masks {
		values = append(values, value)
	}
	// The longest first, so that a secret that begins like another leaves no rest.
	slices.SortFunc(values, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	var pairs []string
	for _, value := range values {
		pairs = append(pairs, value, masks[value])
	}
	return &Redactor{strings.NewReplacer(pairs...)}
}

// forms are a secret as it is, line by line, and as it is written in addresses, in JSON, in a log's quotes
// and in headers.
func forms(secret string) []string {
	all := []string{secret}
	for line := range strings.Lines(secret) {
		all = append(all, strings.TrimSpace(line))
	}
	for _, plain := range slices.Clone(all) {
		asJSON, _ := json.Marshal(plain) // a text always can be
		inJSON, quoted := string(asJSON[1:len(asJSON)-1]), quotes(plain)
		all = append(all, url.QueryEscape(plain), url.PathEscape(plain), inJSON, quoted, quotes(inJSON), quotes(quoted),
			base64.StdEncoding.EncodeToString([]byte(plain)), base64.RawStdEncoding.EncodeToString([]byte(plain)),
			base64.URLEncoding.EncodeToString([]byte(plain)), base64.RawURLEncoding.EncodeToString([]byte(plain)))
	}
	return all
}

// quotes is a text as it stands between quotes.
func quotes(text string) string {
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}

var (
	named = regexp.MustCompile(`(?i)\b(bearer|basic|api[_-]?key|token|password|passphrase|secret)(\\?["']?\s*[:= ]\s*\\?["']?)([^\s"'\\,;&]{6,})`)
	mail  = regexp.MustCompile(`[\pL\pN._%+'-]+(?:@|%40)[\pL\pN-]+(?:\.[\pL\pN-]+)*\.?[\pL\pN]`)
	phone = regexp.MustCompile(`\+[0-9][0-9 ().-]{6,}[0-9]`)
	query = regexp.MustCompile(`(https?://[^\s"'?\\]+)\?[^\s"'\\]+`)
	user  = regexp.MustCompile(`([a-z][a-z0-9+]*://)[^\s"'/@\\]+@`)
	token = regexp.MustCompile(`[A-Za-z0-9_+~-]{20,}={0,2}`)
	// ipv4 and ipv6 find what may be an address; netip says whether it is.
	ipv4 = regexp.MustCompile(`\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b`)
	ipv6 = regexp.MustCompile(`[0-9a-fA-F:]*:[0-9a-fA-F:]*:[0-9a-fA-F:.]*`)
)

// Text takes out of a text what is not for others.
func (r *Redactor) Text(text string) string {
	text = r.known.Replace(text)
	text = user.ReplaceAllString(text, "${1}"+maskSecret+"@")
	text = query.ReplaceAllString(text, "${1}?"+maskPrivate)
	text = named.ReplaceAllStringFunc(text, func(found string) string {
		parts := named.FindStringSubmatch(found)
		if !random(parts[3]) {
			return found // a word of a sentence
		}
		return parts[1] + parts[2] + maskSecret
	})
	text = mail.ReplaceAllString(text, maskMail)
	text = phone.ReplaceAllString(text, maskPhone)
	text = ipv4.ReplaceAllStringFunc(text, maskVisitor)
	text = ipv6.ReplaceAllStringFunc(text, maskVisitor)
	return token.ReplaceAllStringFunc(text, func(found string) string {
		if !random(found) || strings.HasPrefix(found, "bellhop-") || strings.HasPrefix(found, "before-restore-") {
			return found
		}
		return maskToken
	})
}

// random says whether a text may be a secret: letters and digits together are no word.
func random(text string) bool {
	return strings.ContainsAny(text, "0123456789") && strings.ContainsFunc(text, func(r rune) bool { return r|32 >= 'a' && r|32 <= 'z' })
}

// maskVisitor hides addresses of others; those of this computer and its network tell nothing.
func maskVisitor(found string) string {
	a, err := netip.ParseAddr(found)
	if err != nil || a.IsLoopback() || a.IsPrivate() || a.IsUnspecified() || a.IsLinkLocalUnicast() {
		return found
	}
	return maskAddress
}

// longestLine is what is looked at together, in bytes; what is longer is left out, since a secret could lie
// on the cut.
const longestLine = 1 << 20

// Lines copies a text line by line, without what is not for others.
func (r *Redactor) Lines(to io.Writer, from io.Reader) error {
	in := bufio.NewReaderSize(from, longestLine)
	for {
		line, err := in.ReadSlice('\n')
		tooLong := err == bufio.ErrBufferFull //nolint:errorlint // as bufio says it
		for err == bufio.ErrBufferFull {      //nolint:errorlint // as bufio says it
			_, err = in.ReadSlice('\n')
		}
		text := string(line)
		if tooLong {
			text = "[a line that is too long]\n"
		}
		if _, failed := io.WriteString(to, r.Text(text)); failed != nil {
			return failed
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
