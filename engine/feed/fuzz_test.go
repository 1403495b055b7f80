package feed

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzParse: whatever a server sends, it is a feed or an error in words.
func FuzzParse(f *testing.F) {
	for _, body := range []string{
		`<?xml version="1.0"?><rss version="2.0"><channel><title>a</title><item><title>b</title><guid>1</guid><pubDate>Sat, 21 Nov 2026 09:12:44 GMT</pubDate></item></channel></rss>`,
		`<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><link href="/x"/><updated>2026-11-21T09:12:44Z</updated></entry></feed>`,
		`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","attachments":[{"url":"x"}]}]}`,
		`<html><link rel="alternate" type="application/rss+xml" href="/feed">`,
		"\xff\xfe<\x00r\x00s\x00s\x00",
		"<a><![CDATA[", "<a", "<!--", "", "<rss><channel><item>",
	} {
		f.Add([]byte(body), "text/xml; charset=iso-8859-1")
	}
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		entries, err := parse(body, contentType, "https://example.com/feed")
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, e := range entries {
			item, err := e.item(true)
			require.NoError(t, err)
			require.NotEmpty(t, item.Key)
			require.NotEmpty(t, item.Body)
		}
	})
}
