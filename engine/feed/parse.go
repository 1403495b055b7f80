package feed

import (
	"bytes"
	"html"
	"io"
	"mime"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/mmcdole/gofeed"
	"golang.org/x/net/html/charset"

	"bellhop/engine/action"
)

// parse reads a feed's entries, oldest first. address is where it was; contentType what its server said.
func parse(body []byte, contentType, address string) ([]entry, error) {
	host := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Host
	}
	switch {
	case len(bytes.TrimSpace(body)) == 0:
		return nil, action.Unreadable("%s answered with nothing at all. It will be tried again.", host)
	case isPage(body):
		message := host + " answered with a web page, and not with a feed."
		if link := feedIn(body, address); link != "" {
			message += " The page says that its feed is at " + link + "."
		} else {
			message += " Look on the page for its RSS feed. If you are in a hotel or a train, open a browser first and log in."
		}
		return nil, action.Unreadable("%s", message)
	case tooDeep(body):
		return nil, action.Unreadable("The feed of %s is nested too deeply to be read.", host)
	}
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(decoded(body, contentType)))
	if err != nil {
		f := action.Unreadable("What is at %s cannot be read as a feed: %s. It will be tried again; check the address.", host, short(err.Error()))
		f.Err.Err = err
		return nil, f
	}
	return entriesOf(parsed), nil
}

// short is the first line of a parser's message, and not too much of it.
func short(message string) string {
	message, _, _ = strings.Cut(message, "\n")
	message = strings.ToValidUTF8(strings.TrimRight(message, ". "), "\uFFFD")
	if runes := []rune(message); len(runes) > 150 {
		message = string(runes[:149]) + "…"
	}
	return message
}

var encodingInProlog = regexp.MustCompile(`^\s*<\?xml[^>]*\sencoding\s*=`)

// decoded returns a feed in an encoding that the parser understands. A prolog that names the encoding
// is the parser's affair; what the server says counts where there is none.
func decoded(body []byte, contentType string) []byte {
	wide := bytes.HasPrefix(body, []byte("\xff\xfe")) || bytes.HasPrefix(body, []byte("\xfe\xff"))
	if !wide && (utf8.Valid(body) || encodingInProlog.Match(body)) {
		return body
	}
	if _, params, err := mime.ParseMediaType(contentType); !wide && (err != nil || params["charset"] == "") {
		contentType = "text/xml; charset=windows-1252"
	}
	r, err := charset.NewReader(bytes.NewReader(body), contentType)
	if err != nil {
		return body
	}
	text, err := io.ReadAll(r)
	if err != nil {
		return body
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	// The prolog's encoding is not true any more.
	if end := bytes.Index(text, []byte("?>")); end >= 0 && encodingInProlog.Match(text) {
		text = text[end+2:]
	}
	return text
}

// isPage says whether a body is a web page.
func isPage(body []byte) bool {
	start := bytes.ToLower(bytes.TrimSpace(bytes.TrimPrefix(body[:min(len(body), 512)], []byte("\ufeff"))))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}

var (
	linkTag   = regexp.MustCompile(`(?is)<link\s[^>]*>`)
	feedType  = regexp.MustCompile(`(?i)type\s*=\s*["']?application/(rss|atom|feed)\+(xml|json)`)
	feedPlace = regexp.MustCompile(`(?i)href\s*=\s*["']([^"']+)["']`)
)

// feedIn returns the address of the feed that a page links to; "" if it links to none.
func feedIn(page []byte, address string) string {
	for _, tag := range linkTag.FindAll(page[:min(len(page), 256<<10)], 50) {
		place := feedPlace.FindSubmatch(tag)
		if place == nil || !feedType.Match(tag) {
			continue
		}
		base, err := url.Parse(address)
		if err != nil {
			return ""
		}
		u, err := base.Parse(html.UnescapeString(string(place[1])))
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || len(u.String()) > 300 {
			continue
		}
		return u.String()
	}
	return ""
}

// deepest is how deep the elements of a feed may be nested: parsers go down with them.
const deepest = 200

// tooDeep says whether elements are nested deeper than any real feed's. It counts tags and understands
// no more of XML than that.
func tooDeep(body []byte) bool {
	depth := 0
	for {
		i := bytes.IndexByte(body, '<')
		if i < 0 || i+1 >= len(body) {
			return false
		}
		body = body[i+1:]
		end := ">"
		switch {
		case bytes.HasPrefix(body, []byte("!--")):
			end = "-->"
		case bytes.HasPrefix(body, []byte("![CDATA[")):
			end = "]]>"
		case body[0] == '!' || body[0] == '?':
		case body[0] == '/':
			depth--
		default:
			if j := bytes.IndexByte(body, '>'); j <= 0 || body[j-1] != '/' {
				depth++
			}
			if depth > deepest {
				return true
			}
		}
		j := bytes.Index(body, []byte(end))
		if j < 0 {
			return false
		}
		body = body[j+len(end):]
	}
}
