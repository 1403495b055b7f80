package source

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"bellhop/engine"
)

// parseYAML reads YAML. Scalars are taken from the tokens' text and not from the parser's own
// values, since those drop what a number looked like.
func parseYAML(text string, lines []string) (*node, engine.Problems) {
	tokens := lexer.Tokenize(text)
	if problem := tooMuch(tokens); problem != nil {
		return nil, engine.Problems{*problem}
	}
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, engine.Problems{syntaxProblem(err, lines)}
	}
	y := yamlReader{lines: lines}
	var documents []*ast.DocumentNode
	for _, document := range file.Docs {
		if _, directive := document.Body.(*ast.DirectiveNode); document.Body != nil && !directive {
			documents = append(documents, document)
		}
	}
	switch {
	case len(documents) == 0:
		y.problem(1, 1, "This file holds nothing but comments.")
		return nil, y.problems
	case len(documents) > 1:
		line, column := 1, 1
		if tk := firstToken(documents[1].Body); tk != nil {
			line, column = tk.Position.Line, tk.Position.Column
		}
		y.problem(line, column, "A second document begins here, after the line ---. Put each into a file of its own.")
		return nil, y.problems
	}
	root := y.node(documents[0].Body, 1, 1)
	return root, y.problems
}

// yamlReader turns the parser's tree into nodes.
type yamlReader struct {
	lines    []string
	problems engine.Problems
}

func (y *yamlReader) problem(line, column int, format string, args ...any) {
	y.problems = append(y.problems, engine.Problem{Line: line, Column: column, Message: fmt.Sprintf(format, args...)})
}

// node converts a value. Values that are not written at all get the place given: their key's.
func (y *yamlReader) node(from ast.Node, line, column int) *node {
	n := &node{line: line, column: column}
	if tk := firstToken(from); tk != nil && tk.Type != token.ImplicitNullType {
		n.line, n.column = tk.Position.Line, tk.Position.Column
	}
	switch v := from.(type) {
	case *ast.MappingNode:
		n.kind = object
		y.entries(n, v.Values)
	case *ast.MappingValueNode:
		n.kind = object
		y.entries(n, []*ast.MappingValueNode{v})
	case *ast.SequenceNode:
		n.kind = list
		for i, item := range v.Values {
			at := token.Position{Line: n.line, Column: n.column}
			if i < len(v.Entries) && v.Entries[i].Start != nil {
				at = *v.Entries[i].Start.Position
			}
			n.items = append(n.items, y.node(item, at.Line, at.Column))
		}
	case *ast.LiteralNode:
		n.kind, n.text, n.style = text, v.Value.Value, literal
		if v.Start.Type == token.FoldedType {
			n.style = folded
		}
	case *ast.AnchorNode, *ast.AliasNode:
		y.problem(n.line, n.column, "Anchors (&) and aliases (*) are not understood here. Write the value out where it is needed, or put a text that begins with this sign in quotes.")
	case *ast.TagNode:
		y.problem(n.line, n.column, "Tags (!) are not understood here. Leave it out, or put a text that begins with this sign in quotes.")
	case nil:
	default:
		y.scalar(n, from.GetToken())
	}
	return n
}

func (y *yamlReader) scalar(n *node, tk *token.Token) {
	switch tk.Type {
	case token.SingleQuoteType:
		n.kind, n.text, n.style = text, tk.Value, single
	case token.DoubleQuoteType:
		n.kind, n.text, n.style = text, tk.Value, double
	default:
		n.resolve(tk.Value)
		y.cutByComment(tk)
		if strings.Contains(tk.Value, ": ") {
			// The parser lets this pass between braces, where mostly a comma is missing.
			y.problem(n.line, n.column, "There is a colon inside this text. Put the text in quotes, or, if it is two entries, a comma between them.")
		}
		if tk.Type == token.ImplicitNullType {
			n.kind, n.text = null, ""
			y.eatenByComment(n)
		}
	}
}

var attachedComment = regexp.MustCompile(`:\s+(#[^\s#][^#]*?)\s*$`)

// eatenByComment finds `channel: #orders`, where YAML sees a comment and people see a channel.
func (y *yamlReader) eatenByComment(n *node) {
	if m := attachedComment.FindStringSubmatchIndex(y.line(n.line)); m != nil {
		column := utf8.RuneCountInString(y.line(n.line)[:m[2]]) + 1
		y.problem(n.line, column, "What follows a # is a comment, so this value is empty. Put it in quotes: %q.", y.line(n.line)[m[2]:m[3]])
	}
}

// cutByComment finds `text: New order #1042`, where YAML sees a comment and people see a number. A
// comment that is meant as one has a space after its #.
func (y *yamlReader) cutByComment(tk *token.Token) {
	next := tk.Next
	if tk.Type == token.ImplicitNullType || next == nil || next.Type != token.CommentType {
		return
	}
	line := y.line(next.Position.Line)
	alone := strings.TrimSpace(line[:max(0, runeOffset(line, next.Position.Column-1))]) == ""
	if !alone && next.Value != "" && !strings.ContainsAny(next.Value[:1], " \t#") {
		y.problem(next.Position.Line, next.Position.Column, "What follows a # is a comment, so the text ends before it. Put all of the text in quotes; if it is a comment, write a space after the #.")
	}
}

func (y *yamlReader) line(number int) string {
	if number < 1 || number > len(y.lines) {
		return ""
	}
	return y.lines[number-1]
}

func (y *yamlReader) entries(n *node, pairs []*ast.MappingValueNode) {
	seen := map[string]int{}
	for i, pair := range pairs {
		tk := pair.Key.GetToken()
		at := *tk.Position
		if i == 0 && (n.line > at.Line || n.line == at.Line && n.column > at.Column) {
			n.line, n.column = at.Line, at.Column
		}
		switch key := pair.Key.(type) {
		case *ast.MergeKeyNode:
			y.problem(at.Line, at.Column, "The merge key << is not understood here. Write the values out.")
			continue
		case ast.ScalarNode:
			tk = key.GetToken()
		default:
			if column, pill := y.barePill(at.Line); column > 0 {
				y.problems = append(y.problems, barePillProblem(at.Line, column, pill))
			} else {
				y.problem(at.Line, at.Column, "A key must be a plain word, followed by a colon.")
			}
			continue
		}
		if first, twice := seen[tk.Value]; twice {
			y.problem(at.Line, at.Column, "%q stands here twice, first in line %d. Keep one of the two.", tk.Value, first)
			continue
		}
		seen[tk.Value] = at.Line
		n.entries = append(n.entries, entry{
			key: tk.Value, line: at.Line, column: at.Column, value: y.node(pair.Value, at.Line, at.Column),
		})
	}
}

// firstToken returns where a value begins. A block's own token is that of a colon or a dash.
func firstToken(n ast.Node) *token.Token {
	switch v := n.(type) {
	case nil:
		return nil
	case *ast.MappingNode:
		if !v.IsFlowStyle && len(v.Values) > 0 {
			return v.Values[0].Key.GetToken()
		}
		return v.Start
	case *ast.MappingValueNode:
		return v.Key.GetToken()
	}
	return n.GetToken()
}

// tooMuch finds what would cost the parser too much time or stack, so that it never sees it.
func tooMuch(tokens token.Tokens) *engine.Problem {
	if len(tokens) > maxTokens {
		at := tokens[maxTokens].Position
		return &engine.Problem{Line: at.Line, Column: at.Column, Message: "This file is too long. Recipes and connector files are much shorter: is this the right file?"}
	}
	if at := tooDeep(tokens); at != nil {
		problem := deepProblem(at.Position.Line, at.Position.Column)
		return &problem
	}
	return nil
}

// tooDeep returns the token at which nesting exceeds MaxDepth, or nil.
func tooDeep(tokens token.Tokens) *token.Token {
	flow := 0
	var block []int // columns of the open blocks
	for _, tk := range tokens {
		switch tk.Type {
		case token.SequenceStartType, token.MappingStartType:
			flow++
		case token.SequenceEndType, token.MappingEndType:
			flow = max(0, flow-1)
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType, token.MappingValueType:
			if flow > 0 && tk.Type == token.MappingValueType {
				continue
			}
			column := tk.Position.Column
			if tk.Type == token.MappingValueType && tk.Prev != nil {
				column = tk.Prev.Position.Column
			}
			for len(block) > 0 && block[len(block)-1] >= column {
				block = block[:len(block)-1]
			}
			block = append(block, column)
		}
		if flow+len(block) > MaxDepth {
			return tk
		}
	}
	return nil
}

func deepProblem(line, column int) engine.Problem {
	return engine.Problem{Line: line, Column: column, Message: fmt.Sprintf("Values are nested more than %d deep here. No recipe or connector file needs that.", MaxDepth)}
}

// sentences translates the parser's words, most telling first.
var sentences = []struct{ has, says string }{
	{"end character of", "A quote that opens here is never closed."},
	{"end token ']'", "A list that opens here with [ is never closed."},
	{"',' or ']'", "In a list between [ and ], entries are parted by commas. One is missing here, or the ]."},
	{"end token '}'", "A { that opens here is never closed."},
	{"',' or '}'", "Between { and }, entries are parted by commas. One is missing here, or the }."},
	{"corresponding to", "A bracket is closed here that was never opened."},
	{"escape character", "A backslash in double quotes begins a special character, and this one is not known. Use single quotes, or write \\\\."},
	{"surrogate", "This \\u character is half of a pair whose other half is missing."},
	{"not enough length", "A character written as \\x, \\u or \\U is cut off here."},
	{"unexpected directive value", "A text cannot begin with this sign. Put it in quotes."},
	{"block sequence entries are not", "A list begins in the line below its key."},
	{"reserved character", "A text cannot begin with this sign. Put it in quotes."},
	{"mapping value is not allowed", "There is a second colon in this line. If the text holds one, put it in quotes."},
	{"non-map value is specified", "This line has no colon. A key and its value are written as key: value."},
	{"unexpected key name", "This line has no colon. A key and its value are written as key: value."},
	{"implicit line break", "A key must be on one line, followed by a colon."},
	{"is not allowed in this context", "This does not belong here. Mostly the line has too many or too few spaces at its start."},
	{"map key-value is pre-defined", "This does not belong here. Mostly the line has too many or too few spaces at its start."},
}

// syntaxProblem puts the parser's error into words that tell what to do.
func syntaxProblem(err error, lines []string) engine.Problem {
	problem := engine.Problem{Line: 1, Column: 1}
	message := err.Error()
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		message = syntax.Message
		if syntax.Token != nil {
			// The parser counts some places from 0, and one line too far at the file's end.
			problem.Line = min(max(1, syntax.Token.Position.Line), len(lines))
			problem.Column = max(1, syntax.Token.Position.Column)
		}
	}
	y := yamlReader{lines: lines}
	line := y.line(problem.Line)
	if column, pill := y.barePill(problem.Line); column > 0 {
		return barePillProblem(problem.Line, column, pill)
	}
	if strings.HasPrefix(strings.TrimLeft(line, " "), "\t") || strings.Contains(message, "tab character") {
		problem.Message = "There is a tab at the start of this line. Use spaces."
		return problem
	}
	if before := runeOffset(line, problem.Column-1); before > 0 && strings.TrimSpace(line[:before]) != "" && strings.Contains(message, "value is not allowed in this context") && !strings.Contains(message, "mapping") {
		problem.Message = "Something follows here that does not belong to the value before it. If both are one text, put all of it in quotes."
		return problem
	}
	for _, s := range sentences {
		if strings.Contains(message, s.has) {
			problem.Message = s.says
			return problem
		}
	}
	problem.Message = "This is not understood: " + message + "."
	return problem
}

var (
	barePillInBlock = regexp.MustCompile(`^(?:\s*-)*(?:\s*[\pL\pN_"'-]+\s*:)?\s+(\{\{.*?)\s*$`)
	barePillInFlow  = regexp.MustCompile(`[\[{,:]\s*(\{\{[^"'{}]*\}\})`)
)

// barePill finds a text that begins with a pill and lacks its quotes: YAML reads braces there. It
// returns the column, or 0.
func (y *yamlReader) barePill(number int) (column int, pill string) {
	line := y.line(number)
	m := barePillInBlock.FindStringSubmatchIndex(line)
	if m == nil {
		if m = barePillInFlow.FindStringSubmatchIndex(line); m == nil || !strings.ContainsAny(line[:m[2]], "[{") {
			return 0, ""
		}
	}
	return utf8.RuneCountInString(line[:m[2]]) + 1, line[m[2]:m[3]]
}

func barePillProblem(line, column int, pill string) engine.Problem {
	return engine.Problem{Line: line, Column: column, Message: fmt.Sprintf("A text that begins with {{ must be in quotes: %q.", pill)}
}
