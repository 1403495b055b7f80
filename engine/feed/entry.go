package feed

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"bellhop/engine/poll"
)

// entry is an entry of a feed as pills see it: the body of its event.
type entry struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Link  string `json:"link"`
	// Summary and Content are HTML in most feeds.
	Summary string `json:"summary"`
	Content string `json:"content"`
	// Published and Updated are RFC 3339, or what the feed says if that is no date; Published is Updated
	// where a feed has only that.
	Published  string   `json:"published"`
	Updated    string   `json:"updated"`
	Author     string   `json:"author"`
	Categories []string `json:"categories"`
	Image      string   `json:"image"`
	// Files are what is attached, such as a podcast's recording.
	Files []file `json:"files"`
	Feed  about  `json:"feed"`

	at time.Time // zero if it has no date
}

type file struct {
	URL    string `json:"url"`
	Type   string `json:"type"`
	Length string `json:"length"`
}

// about is the feed that an entry is from.
type about struct {
	Title string `json:"title"`
	Link  string `json:"link"`
}

// mostEntries is how many entries of a feed are looked at: the newest.
const mostEntries = 1000

// entriesOf returns a feed's entries, oldest first. Feeds list the newest first, but not all of them do.
func entriesOf(f *gofeed.Feed) []entry {
	entries := make([]entry, 0, len(f.Items))
	dated := true
	for _, item := range f.Items {
		if item == nil {
			continue
		}
		e := entryOf(f, item)
		dated = dated && !e.at.IsZero()
		entries = append(entries, e)
	}
	slices.Reverse(entries)
	if dated {
		slices.SortStableFunc(entries, func(a, b entry) int { return a.at.Compare(b.at) })
	}
	return entries[max(0, len(entries)-mostEntries):]
}

func entryOf(f *gofeed.Feed, item *gofeed.Item) entry {
	e := entry{
		ID: strings.TrimSpace(item.GUID), Title: plain(item.Title), Link: strings.TrimSpace(item.Link), Summary: item.Description, Content: item.Content,
		Published: date(item.Published, item.PublishedParsed), Updated: date(item.Updated, item.UpdatedParsed),
		Categories: append([]string{}, item.Categories...), Files: []file{}, Feed: about{Title: plain(f.Title), Link: f.Link},
	}
	e.Published = cmp.Or(e.Published, e.Updated)
	switch {
	case item.PublishedParsed != nil:
		e.at = *item.PublishedParsed
	case item.UpdatedParsed != nil:
		e.at = *item.UpdatedParsed
	}
	for _, author := range item.Authors {
		if author != nil && e.Author == "" {
			e.Author = cmp.Or(author.Name, author.Email)
		}
	}
	if item.Image != nil {
		e.Image = item.Image.URL
	}
	for _, one := range item.Enclosures {
		if one != nil {
			e.Files = append(e.Files, file{URL: one.URL, Type: one.Type, Length: one.Length})
		}
	}
	return e
}

// plain puts a title into one line.
func plain(text string) string { return strings.Join(strings.Fields(text), " ") }

func date(written string, read *time.Time) string {
	if read == nil {
		return strings.TrimSpace(written)
	}
	return read.UTC().Format(time.RFC3339)
}

// item makes an event of an entry. What tells entries apart is their id, else their link, else all they
// say. With changed, what they say is part of it.
func (e entry) item(changed bool) (poll.Item, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(e); err != nil {
		return poll.Item{}, fmt.Errorf("write an entry: %w", err) // texts can always be written
	}
	said := sha256.Sum256([]byte(strings.Join([]string{e.Title, e.Link, e.Summary, e.Content}, "\x00")))
	key := cmp.Or(e.ID, e.Link, hex.EncodeToString(said[:12]))
	if changed {
		key += " " + hex.EncodeToString(said[:6])
	}
	return poll.Item{Key: key, Body: bytes.TrimSpace(b.Bytes()), ContentType: "application/json"}, nil
}
