package mail

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// plain is what people read of HTML, without pictures and formatting.
func plain(page string) string {
	var b strings.Builder
	skip := atom.Atom(0) // the element whose content is not shown
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return tidy(b.String()) // the end: a text in memory has no other error
		case html.TextToken:
			if skip == 0 {
				_, _ = b.WriteString(strings.NewReplacer("\n", " ", "\r", " ", "\t", " ").Replace(string(tokens.Text())))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := tokens.TagName()
			switch tag := atom.Lookup(name); tag {
			case atom.Style, atom.Script, atom.Title, atom.Head:
				if skip == 0 {
					skip = tag
				}
			case atom.Body:
				skip = 0
			case atom.Br, atom.Tr, atom.Li, atom.Div, atom.Hr:
				_ = b.WriteByte('\n')
			case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.Table, atom.Ul, atom.Ol, atom.Blockquote:
				_, _ = b.WriteString("\n\n")
			case atom.Td, atom.Th:
				_ = b.WriteByte(' ')
			}
		case html.EndTagToken:
			name, _ := tokens.TagName()
			switch tag := atom.Lookup(name); {
			case tag == skip:
				skip = 0
			case tag == atom.P, tag == atom.Table, tag == atom.Div:
				_ = b.WriteByte('\n')
			}
		}
	}
}

// tidy leaves one space between words, and one empty line between paragraphs.
func tidy(text string) string {
	var lines []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line != "" || len(lines) > 0 && lines[len(lines)-1] != "" {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
