package phrase

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// A hole is where a format is filled in: a verb of fmt, perhaps with the number of its argument, or a pill.
var hole = regexp.MustCompile(`%(?:\[(\d+)\])?([sdqv])|\{\{[^{}]*\}\}`)

// pattern recognises what was made with an English format, and says it with another.
type pattern struct {
	english string
	// prefix is what the text begins with, and longest the longest of what is in it: with them most texts are soon done.
	prefix, longest string
	// fits is compiled when a text comes that may fit: there are hundreds of patterns.
	fits   func() *regexp.Regexp
	holes  []string // as they are written in english
	quoted []bool   // by hole: the value is a name or what somebody wrote, and stays as it is
	said   string
	// tells is true if the phrase ends with what it leads to, as "The last of them: %s" does.
	tells bool
	// letters is how much of english is no hole.
	letters int
}

// compile returns nil for a text without holes, and for what would be recognised in almost anything: a pill at the
// beginning, and a format that has no words in the other language.
func compile(english, said string) *pattern {
	at := hole.FindAllStringIndex(english, -1)
	if len(at) == 0 || english[at[0][0]] == '{' && at[0][0] == 0 || said == "%s" {
		return nil
	}
	p := &pattern{english: english, prefix: english[:at[0][0]], said: said}
	var expression strings.Builder
	expression.WriteString(`(?s)\A`)
	end := 0
	for _, place := range at {
		literal, written := english[end:place[0]], english[place[0]:place[1]]
		expression.WriteString(regexp.QuoteMeta(literal))
		if len(literal) > len(p.longest) {
			p.longest = literal
		}
		switch written[len(written)-1] {
		case 'd':
			expression.WriteString(`(-?\d+)`)
		case 'q':
			expression.WriteString(`("(?:[^"\\]|\\.)*")`)
		case '}':
			expression.WriteString(`(.*?)`)
		default:
			expression.WriteString(`(.+?)`)
		}
		p.letters += len(literal)
		p.holes = append(p.holes, written)
		p.quoted = append(p.quoted, strings.HasSuffix(literal, "“") || strings.HasSuffix(literal, `"`) || strings.HasSuffix(written, "q"))
		end = place[1]
	}
	p.letters += len(english) - end
	if last := english[end:]; len(last) > len(p.longest) {
		p.longest = last
	}
	p.tells = strings.HasSuffix(english, ": %s")
	expression.WriteString(regexp.QuoteMeta(english[end:]) + `\z`)
	p.fits = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression.String()) })
	return p
}

// match returns what fills the holes. A value may be a sentence, but not more than one, unless the phrase only says what
// they are about: what follows is another phrase.
func (p *pattern) match(text string) (values []string, ok bool) {
	if !strings.HasPrefix(text, p.prefix) || !strings.Contains(text, p.longest) {
		return nil, false
	}
	found := p.fits().FindStringSubmatch(text)
	if found == nil {
		return nil, false
	}
	values = found[1:]
	open := !strings.HasSuffix(p.english, ".") // a phrase that is no sentence does not become one
	for i, value := range values {
		if !p.quoted[i] && len(sentences(value)) > 1 && !(p.tells && i == len(values)-1) || open && !p.tells && i == len(values)-1 && strings.HasSuffix(value, ".") {
			return nil, false
		}
	}
	return values, true
}

// fill puts values into the other language's format; say translates one that is a phrase itself.
func (p *pattern) fill(values []string, say func(string) string) string {
	next := 0
	return hole.ReplaceAllStringFunc(p.said, func(written string) string {
		i := next
		if number := hole.FindStringSubmatch(written)[1]; number != "" {
			i, _ = strconv.Atoi(number)
			i--
		} else if strings.HasPrefix(written, "{{") {
			for at, name := range p.holes {
				if name == written {
					i = at
				}
			}
		} else {
			next++
		}
		if i < 0 || i >= len(values) {
			panic(fmt.Sprintf("phrase %q has no %s", p.english, written)) // a test fills all
		}
		value := values[i]
		if p.holes[i][len(p.holes[i])-1] == 'q' {
			if plain, err := strconv.Unquote(value); err == nil {
				return plain // the other language has quotes of its own
			}
		}
		if p.quoted[i] || p.holes[i][0] == '{' { // a name, or data
			return value
		}
		return say(value)
	})
}

// sentences parts a text where a sentence ends; each keeps the space behind it.
func sentences(text string) []string {
	var parts []string
	from := 0
	letters := []rune(text)
	for i := 0; i < len(letters); i++ {
		if !strings.ContainsRune(".?!…\n", letters[i]) {
			continue
		}
		end := i + 1
		for end < len(letters) && strings.ContainsRune(`”"“)`, letters[end]) {
			end++
		}
		space := end
		for space < len(letters) && unicode.IsSpace(letters[space]) {
			space++
		}
		if space > end && space < len(letters) && !unicode.IsLower(letters[space]) || letters[i] == '\n' && space < len(letters) {
			parts = append(parts, string(letters[from:space]))
			from, i = space, space-1
		}
	}
	return append(parts, string(letters[from:]))
}
