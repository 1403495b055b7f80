// Package phrase says in the window's language what the engine and the connector files say in English.
//
// Those finish their sentences in English, because that is what is logged, stored and printed. A file of phrases has
// the formats they are made with, such as "Write a whole number from 0 to %d.", beside the same in another language. So
// a sentence is recognised by its format, whenever and by whom it was made: also one that was stored with a run long
// ago. What no format fits stays English.
package phrase

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"bellhop/assets/translations"
	"bellhop/engine"
)

// Language returns the language that the window's texts are in, as a BCP 47 tag such as "de".
func Language() string { return lang.L("en") }

// Of returns a text of the engine, of one or several sentences, in the window's language.
func Of(text string) string { return books().of(text) }

// Label returns what a run is called, by the words that its trigger names its events with: "Order #1042" is "Bestellung
// #1042". Anything else is a name that somebody gave, and stays as it is.
func Label(text string) string {
	b := books()
	for _, p := range b.patterns {
		if p.holes[0][0] != '{' {
			continue
		}
		if values, ok := p.match(text); ok {
			return p.fill(values, func(value string) string { return value })
		}
	}
	return text
}

// Error returns what a person should read about an error; "" for nil.
func Error(err error) string { return Of(engine.ErrorMessage(err)) }

// Notice returns a notice in the window's language. One of a recipe's own stays as the recipe says it.
func Notice(n engine.Notice) engine.Notice {
	if n.Kind != engine.NoticeStep {
		n.Title, n.Text = Of(n.Title), Of(n.Text)
	}
	return n
}

// book has the phrases of one language.
type book struct {
	exact    map[string]string
	patterns []*pattern
	// quotes puts names that stay as they are into the language's quotes.
	quotes *strings.Replacer
}

var (
	opened = map[string]*book{}
	lock   sync.Mutex
)

// books opens the book of the window's language; one without a book says everything in English.
func books() *book {
	tag := Language()
	lock.Lock()
	defer lock.Unlock()
	b, ok := opened[tag]
	if !ok {
		b = open(tag)
		opened[tag] = b
	}
	return b
}

func open(tag string) *book {
	b := &book{exact: map[string]string{}}
	data, err := fs.ReadFile(translations.Phrases, "phrase/"+tag+".json")
	if err != nil {
		return b // English
	}
	if err := json.Unmarshal(data, &b.exact); err != nil {
		panic(fmt.Errorf("phrases of %s: %w", tag, err)) // the file is within the program, and tested
	}
	if before, after, ok := strings.Cut(b.exact["“%s”"], "%s"); ok {
		b.quotes = strings.NewReplacer("“", before, "”", after)
	}
	for english, said := range b.exact {
		if p := compile(english, said); p != nil {
			b.patterns = append(b.patterns, p)
		}
	}
	// What says more about a sentence is tried first.
	slices.SortFunc(b.patterns, func(x, y *pattern) int {
		return cmp.Or(cmp.Compare(y.letters, x.letters), strings.Compare(x.english, y.english))
	})
	return b
}

// longest is how long a text may be, in bytes, that is looked at: what is longer is data.
const longest = 4000

func (b *book) of(text string) string {
	if len(b.exact) == 0 || text == "" || len(text) > longest {
		return text
	}
	return b.say(text, 0)
}

// deepest is how many sentences stand within each other at most.
const deepest = 3

func (b *book) say(text string, depth int) string {
	if said, ok := b.whole(text, depth); ok {
		return said
	}
	parts := sentences(text)
	if said, ok := b.list(text); ok && depth > 0 {
		return said
	}
	if len(parts) == 1 && depth > 0 && b.quotes != nil && !strings.Contains(text, ": ") {
		return b.quotes.Replace(text)
	}
	var out strings.Builder
	for i := 0; i < len(parts); {
		said, used := parts[i], 1
		for j := len(parts); j > i; j-- {
			run := strings.Join(parts[i:j], "")
			tight := strings.TrimRight(run, " \n")
			if found, ok := b.whole(tight, depth); ok {
				said, used = found+run[len(tight):], j-i
				break
			}
			title, dot := strings.CutSuffix(tight, ".") // in a summary a title is a sentence, and begins with a name or a number
			if found, ok := b.whole(title, depth); ok && dot && !unicode.IsLetter([]rune(title)[0]) {
				said, used = found+run[len(title):], j-i
				break
			}
		}
		left := strings.Join(parts[i:], "")
		if lead, rest, ok := strings.Cut(left, ": "); ok && len(lead) < len(parts[i]) && said == parts[i] && depth < deepest {
			return out.String() + lead + ": " + b.say(rest, depth+1) // what it is about, and what is said of it
		}
		out.WriteString(said)
		i += used
	}
	return out.String()
}

// list says a list of phrases, such as "Monday, Tuesday and Friday".
func (b *book) list(text string) (said string, ok bool) {
	names := strings.Split(strings.Replace(text, " and ", ", ", 1), ", ")
	for i, name := range names {
		if names[i], ok = b.exact[name]; !ok || len(names) == 1 {
			return "", false
		}
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " " + b.exact["and"] + " " + names[last], true
}

// whole says a text that is one phrase. ok is false if it is none.
func (b *book) whole(text string, depth int) (said string, ok bool) {
	if said, ok := b.exact[text]; ok {
		return said, true
	}
	for _, p := range b.patterns {
		if values, ok := p.match(text); ok {
			return p.fill(values, func(value string) string {
				if depth == deepest {
					return value
				}
				return b.say(value, depth+1)
			}), true
		}
	}
	return "", false
}
