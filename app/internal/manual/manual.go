// Package manual shows the documentation in a browser, without an internet: it is a small web site on this computer.
package manual

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"

	"bellhop/app/internal/loopback"
	"bellhop/engine"
)

// first are the pages for who runs a shop, in the order to read them. The others follow by their titles.
var first = []string{"getting-started", "shopify", "slack", "stripe", "reachable", "sleep", "privacy", "moving"}

// Page is one page of the documentation.
type Page struct {
	Name, Title string
	Body        template.HTML
}

// Manual is the documentation as a web site.
type Manual struct {
	pages    []Page
	files    fs.FS
	listener net.Listener
}

var markdown = goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithParserOptions(parser.WithAutoHeadingID()))

var (
	// toPage is a link to another page, and outward one to a file that is not in the documentation.
	toPage  = regexp.MustCompile(`href="([a-z-]+)\.md(#[^"]*)?"`)
	outward = regexp.MustCompile(`(?s)<a href="\.\./[^"]*">(.*?)</a>`)
)

// New reads the pages, which are the Markdown files at the top of files.
func New(files fs.FS) (*Manual, error) {
	names, err := fs.Glob(files, "*.md")
	if err != nil {
		return nil, err
	}
	m := &Manual{files: files}
	for _, file := range names {
		name := strings.TrimSuffix(file, ".md")
		text, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, err
		}
		var html bytes.Buffer
		if err := markdown.Convert(text, &html); err != nil {
			return nil, fmt.Errorf("read the page %s: %w", file, err)
		}
		body := toPage.ReplaceAllString(html.String(), `href="$1$2"`)
		body = outward.ReplaceAllString(body, "$1")
		title, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		m.pages = append(m.pages, Page{Name: name, Title: title, Body: template.HTML(body)}) //nolint:gosec // it is our own text
	}
	slices.SortFunc(m.pages, func(a, b Page) int {
		if byRank := rank(a.Name) - rank(b.Name); byRank != 0 {
			return byRank
		}
		return strings.Compare(a.Title, b.Title)
	})
	return m, nil
}

func rank(name string) int {
	if i := slices.Index(first, name); i >= 0 {
		return i
	}
	return len(first)
}

// Pages returns them in the order of the list.
func (m *Manual) Pages() []Page { return m.pages }

// Open serves the site on this computer, if it does not do so yet, and returns its address.
func (m *Manual) Open() (string, error) {
	if m.listener == nil {
		listener, err := loopback.Listen("0")
		if err != nil {
			return "", engine.Wrap(err, engine.Unavailable, "Bellhop cannot show its documentation: no program here may listen.")
		}
		m.listener = listener
		server := &http.Server{Handler: m, ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = server.Serve(listener) }() // it ends with the program
	}
	return "http://" + m.listener.Addr().String() + "/", nil
}

// ServeHTTP serves the list, the pages and their pictures.
func (m *Manual) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "There is only to read here.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if path.Ext(name) == ".png" {
		http.ServeFileFS(w, r, m.files, name)
		return
	}
	shown := struct {
		Pages []Page
		Page  Page
	}{Pages: m.pages}
	if name != "" {
		at := slices.IndexFunc(m.pages, func(p Page) bool { return p.Name == name })
		if at < 0 {
			http.NotFound(w, r)
			return
		}
		shown.Page = m.pages[at]
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'")
	_ = frame.Execute(w, shown) // who reads may go away
}

// frame is the page around each page.
var frame = template.Must(template.New("").Parse(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{with .Page.Title}}{{.}} – {{end}}Bellhop</title>
<style>
:root { color-scheme: light dark; }
body { font: 1rem/1.55 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1.5rem; display: flex; gap: 3rem; flex-wrap: wrap; }
nav { flex: 0 0 15rem; }
nav ul { list-style: none; padding: 0; }
nav li { margin: .35rem 0; }
main { flex: 1 1 28rem; min-width: 0; max-width: 46rem; }
img { max-width: 100%; height: auto; }
table { border-collapse: collapse; display: block; overflow-x: auto; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid GrayText; }
pre { overflow-x: auto; padding: .8rem; border: 1px solid GrayText; border-radius: 8px; }
code { font-size: .92em; }
</style>
<nav><strong>Bellhop</strong><ul>{{range .Pages}}<li><a href="{{.Name}}"{{if eq .Name $.Page.Name}} aria-current="page"{{end}}>{{.Title}}</a></li>{{end}}</ul></nav>
<main>{{if .Page.Name}}{{.Page.Body}}{{else}}<h1>How Bellhop works</h1><p>Choose a page from the list. A good one to begin with is <a href="{{(index .Pages 0).Name}}">{{(index .Pages 0).Title}}</a>.</p>{{end}}</main>
</html>
`))
