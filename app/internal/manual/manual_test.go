package manual_test

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/app/internal/manual"
	"bellhop/docs"
)

func get(t *testing.T, m *manual.Manual, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return w
}

// Every page can be read, and every link and picture in it leads somewhere.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	t.Parallel()
	m, err := manual.New(docs.FS)
	require.NoError(t, err)
	require.Greater(t, len(m.Pages()), 10)
	link := regexp.MustCompile(`(?:href|src)="([^"]*)"`)
	bodies := map[string]string{}
	for _, p := range m.Pages() {
		w := get(t, m, "/"+p.Name)
		require.Equal(t, http.StatusOK, w.Code, p.Name)
		require.NotEmpty(t, p.Title)
		bodies["/"+p.Name] = w.Body.String()
	}
	var wrong []string
	for page, body := range bodies {
		for _, found := range link.FindAllStringSubmatch(body, -1) {
			path, place, _ := strings.Cut(found[1], "#")
			if strings.HasPrefix(path, "https://") || strings.HasPrefix(path, "http://") {
				continue
			}
			if path != "" {
				path = "/" + path
				if get(t, m, path).Code != http.StatusOK {
					wrong = append(wrong, page+" leads to "+found[1])
				}
			} else {
				path = page
			}
			if place != "" && !strings.Contains(bodies[path], `id="`+place+`"`) {
				wrong = append(wrong, page+" leads to "+found[1])
			}
		}
	}
	require.Empty(t, wrong)
}

func TestTheSite(t *testing.T) {
	t.Parallel()
	m, err := manual.New(docs.FS)
	require.NoError(t, err)
	address, err := m.Open()
	require.NoError(t, err)
	again, err := m.Open()
	require.NoError(t, err)
	require.Equal(t, address, again)
	for path, want := range map[string]int{
		"": http.StatusOK, "webhooks": http.StatusOK, "screenshot.png": http.StatusOK,
		"nothing": http.StatusNotFound, "docs.go": http.StatusNotFound, "../go.mod": http.StatusNotFound, "bellhop.png": http.StatusNotFound,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+path, nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, want, answer.StatusCode, path)
	}
	w := httptest.NewRecorder()
	m.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil))
	require.Equal(t, http.StatusMethodNotAllowed, w.Code)
	pages, err := fs.Glob(docs.FS, "*.md")
	require.NoError(t, err)
	require.Len(t, m.Pages(), len(pages))
}
