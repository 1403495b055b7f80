package feed_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/feed"
	"bellhop/engine/poll"
)

var morning = time.Date(2026, time.November, 21, 10, 0, 0, 0, time.UTC)

// serve makes a source of a feed that a server has.
func serve(t *testing.T, with map[string]any, answer http.HandlerFunc) poll.Source {
	t.Helper()
	s := httptest.NewServer(answer)
	t.Cleanup(s.Close)
	if with == nil {
		with = map[string]any{}
	}
	with[feed.FieldURL] = s.URL + "/feed"
	source, err := feed.New(action.New(action.Params{Transport: http.DefaultTransport}))(poll.Trigger{
		Connector: engine.Connector{Name: "feed", Title: "Feed"},
		Operation: engine.Operation{Name: "new_entry", Watch: engine.WatchFeed, Fields: []engine.Field{{Name: feed.FieldURL, Type: engine.FieldURL, Required: true}}},
		With:      with,
		Account:   func(context.Context) (engine.Account, error) { return engine.Account{}, nil },
	})
	require.NoError(t, err)
	return source
}

func says(kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(w, body)
	}
}

func read(t *testing.T, kind, body string) []poll.Item {
	t.Helper()
	found, err := serve(t, nil, says(kind, body)).Look(t.Context(), poll.Look{Now: morning})
	require.NoError(t, err)
	require.NotEmpty(t, found.State)
	return found.Items
}

func keys(items []poll.Item) []string {
	list := []string{}
	for _, item := range items {
		list = append(list, item.Key)
	}
	return list
}

func fields(t *testing.T, item poll.Item) map[string]any {
	t.Helper()
	require.Equal(t, "application/json", item.ContentType)
	var body map[string]any
	require.NoError(t, json.Unmarshal(item.Body, &body))
	return body
}

func TestKindsOfFeed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ kind, body string }{
		"RSS 2.0": {"application/rss+xml", `<?xml version="1.0"?><rss version="2.0"><channel><title>Olive
			&amp; Oak</title><link>https://o.example</link>
			<item><title>Second</title><link>https://o.example/2</link><guid isPermaLink="false">two</guid><pubDate>Sat, 21 Nov 2026 09:12:44 GMT</pubDate>
			<description><![CDATA[<p>Hi & hello</p>]]></description><category>News</category><enclosure url="https://o.example/a.mp3" length="5" type="audio/mpeg"/></item>
			<item><title>First</title><guid>one</guid><pubDate>Fri, 20 Nov 2026 09:12:44 GMT</pubDate></item></channel></rss>`},
		"RSS 1.0": {"text/xml", `<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
			<channel><title>Olive &amp; Oak</title></channel>
			<item rdf:about="two"><title>Second</title><link>two</link><dc:date>2026-11-21T09:12:44Z</dc:date></item>
			<item rdf:about="one"><title>First</title><link>one</link><dc:date>2026-11-20T09:12:44Z</dc:date></item></rdf:RDF>`},
		"RSS 0.91": {"text/xml", `<rss version="0.91"><channel><title>Olive &amp; Oak</title>
			<item><title>Second</title><link>two</link></item><item><title>First</title><link>one</link></item></channel></rss>`},
		"Atom": {"application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom"><title>Olive &amp; Oak</title>
			<entry><id>one</id><title>First</title><updated>2026-11-20T09:12:44Z</updated></entry>
			<entry><id>two</id><title type="html">Second</title><link href="https://o.example/2"/><published>2026-11-21T10:12:44+01:00</published><updated>2026-11-22T09:12:44Z</updated>
			<author><name>Ana</name></author><content type="html">&lt;p&gt;Hi&lt;/p&gt;</content></entry></feed>`},
		"JSON Feed": {"application/feed+json", `{"version":"https://jsonfeed.org/version/1.1","title":"Olive & Oak","items":[
			{"id":"two","title":"Second","url":"https://o.example/2","date_published":"2026-11-21T09:12:44Z","content_html":"<p>Hi</p>","tags":["News"]},
			{"id":"one","title":"First","date_published":"2026-11-20T09:12:44Z"}]}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			items := read(t, test.kind, test.body)
			require.Equal(t, []string{"one", "two"}, keys(items), "oldest first")
			second := fields(t, items[1])
			require.Equal(t, "Second", second["title"])
			require.Equal(t, "Olive & Oak", second["feed"].(map[string]any)["title"])
			if name != "RSS 0.91" {
				require.Equal(t, "2026-11-21T09:12:44Z", second["published"])
			}
			for _, field := range []string{"id", "link", "summary", "content", "updated", "author", "categories", "image", "files"} {
				require.Contains(t, second, field, "pills find every field")
				require.NotNil(t, second[field], field)
			}
		})
	}
}

func TestWhatTellsEntriesApart(t *testing.T) {
	t.Parallel()
	body := func(text string) string {
		return `<rss version="2.0"><channel><item><guid> g </guid><title>a</title><description>` + text + `</description></item>
			<item><link>https://o.example/b</link><title>b</title></item><item><title>c</title></item><item><title>d</title></item></channel></rss>`
	}
	items := read(t, "text/xml", body("x"))
	require.Equal(t, "g", items[3].Key)
	require.Equal(t, "https://o.example/b", items[2].Key)
	require.Len(t, items[1].Key, 24)
	require.NotEqual(t, items[0].Key, items[1].Key)
	require.Equal(t, keys(items), keys(read(t, "text/xml", body("another text"))), "an entry that was changed is not new")

	changed := func(text string) []string {
		found, err := serve(t, map[string]any{feed.FieldChanged: true}, says("text/xml", body(text))).Look(t.Context(), poll.Look{Now: morning})
		require.NoError(t, err)
		return keys(found.Items)
	}
	before, same, after := changed("x"), changed("x"), changed("y")
	require.Equal(t, before, same)
	require.NotEqual(t, before[3], after[3], "but on demand it is")
	require.Equal(t, before[:3], after[:3])
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	const title = "Größe: 5 €"
	latin := "Gr\xf6\xdfe: 5 \x80"
	rss := func(prolog, title string) string {
		return prolog + `<rss version="2.0"><channel><item><guid>1</guid><title>` + title + `</title></item></channel></rss>`
	}
	wide := func(text string) string {
		out := "\xff\xfe"
		for _, unit := range utf16.Encode([]rune(text)) {
			out += string([]byte{byte(unit), byte(unit >> 8)})
		}
		return out
	}
	for name, test := range map[string]struct{ kind, body string }{
		"UTF-8":                          {"text/xml", rss(`<?xml version="1.0" encoding="utf-8"?>`, title)},
		"UTF-8 with a mark":              {"text/xml", "\ufeff" + rss(`<?xml version="1.0" encoding="utf-8"?>`, title)},
		"named by the feed":              {"text/xml", rss(`<?xml version="1.0" encoding="windows-1252"?>`, latin)},
		"named by the server":            {"text/xml; charset=windows-1252", rss(`<?xml version="1.0"?>`, latin)},
		"named by nobody":                {"text/xml", rss("", latin)},
		"UTF-16":                         {"text/xml", wide(rss(`<?xml version="1.0" encoding="utf-16"?>`, title))},
		"the server says what it is not": {"text/xml; charset=iso-8859-1", rss(`<?xml version="1.0" encoding="utf-8"?>`, title)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, title, fields(t, read(t, test.kind, test.body)[0])["title"])
		})
	}
}

func TestFeedsThatAreNone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, says string }{
		"nothing":                     {" ", "nothing at all"},
		"a page":                      {`<!DOCTYPE html><html><head><title>x</title></head></html>`, "Look on the page for its RSS feed"},
		"a page with a feed":          {`<html><head><link rel="stylesheet" href="a.css"><link rel='alternate' type='application/rss+xml' href='/blog/feed?a=1&amp;b=2'></head></html>`, "/blog/feed?a=1&b=2."},
		"a text":                      {"Hello", "cannot be read as a feed"},
		"other XML":                   {`<svg xmlns="http://www.w3.org/2000/svg"/>`, "cannot be read as a feed"},
		"other JSON":                  {`{"version":`, "cannot be read as a feed"},
		"one that is cut off":         {`<rss version="2.0"><channel><item><title>a</ti`, "cannot be read as a feed"},
		"one that goes down and down": {`<rss version="2.0"><channel><item>` + strings.Repeat("<a:b>", 300_000), "nested too deeply"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found, err := serve(t, nil, says("text/plain", test.body)).Look(t.Context(), poll.Look{State: `{"etag":"x"}`, Now: morning})
			require.ErrorContains(t, err, test.says)
			require.NotContains(t, err.Error(), "\n")
			require.Equal(t, engine.Unavailable, engine.ErrorCode(err))
			require.Empty(t, found)
		})
	}
}

func TestFeedsThatAreAway(t *testing.T) {
	t.Parallel()
	_, err := serve(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "120")
		w.WriteHeader(http.StatusServiceUnavailable)
	}).Look(t.Context(), poll.Look{Now: morning})
	var failure *action.Failure
	require.ErrorAs(t, err, &failure)
	require.Equal(t, 2*time.Minute, failure.RetryAfter)

	_, err = serve(t, nil, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("<rss>", 3<<20))
	}).Look(t.Context(), poll.Look{Now: morning})
	require.ErrorContains(t, err, "longer than")
}

func TestUnchangedFeeds(t *testing.T) {
	t.Parallel()
	const body = `<rss version="2.0"><channel><item><guid>1</guid></item></channel></rss>`
	asked := []http.Header{}
	source := serve(t, nil, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header)
		w.Header().Set("ETag", `W/"v1"`)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = io.WriteString(w, body)
	})
	first, err := source.Look(t.Context(), poll.Look{Now: morning})
	require.NoError(t, err)
	require.Equal(t, []string{"1"}, keys(first.Items))
	again, err := source.Look(t.Context(), poll.Look{State: first.State, Now: morning.Add(time.Minute)})
	require.NoError(t, err)
	require.Equal(t, poll.Found{State: first.State}, again)
	require.Equal(t, `W/"v1"`, asked[1].Get("If-None-Match"))
	daily, err := source.Look(t.Context(), poll.Look{State: first.State, Now: morning.Add(25 * time.Hour)})
	require.NoError(t, err)
	require.Len(t, daily.Items, 1, "once a day it is read all the same")

	plain := serve(t, nil, says("text/xml", body)) // a server that does not know
	first, err = plain.Look(t.Context(), poll.Look{Now: morning})
	require.NoError(t, err)
	again, err = plain.Look(t.Context(), poll.Look{State: first.State, Now: morning})
	require.NoError(t, err)
	require.Equal(t, poll.Found{State: first.State}, again)
}

func TestLongFeeds(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`<rss version="2.0"><channel>`)
	for i := range 1500 {
		b.WriteString("<item><guid>" + strconv.Itoa(i) + "</guid></item>")
	}
	items := read(t, "text/xml", b.String()+"</channel></rss>")
	require.Len(t, items, 1000)
	require.Equal(t, "999", items[0].Key)
	require.Equal(t, "0", items[999].Key, "the newest stand first in a feed without dates")
}
