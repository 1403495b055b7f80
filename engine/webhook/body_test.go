package webhook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

// files keeps bodies in a folder.
type files struct {
	dir  string
	mu   sync.Mutex
	full bool
	open int
}

func (f *files) Create() (engine.BodyFile, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.full {
		return nil, engine.Errorf(engine.Unavailable, "The disk is full.")
	}
	f.open++
	file, err := os.CreateTemp(f.dir, "*")
	return &heldFile{File: file, of: f}, err
}

func (f *files) Open(name string) (io.ReadSeekCloser, error) {
	return os.Open(filepath.Join(f.dir, name))
}

func (f *files) names(t *testing.T) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(f.dir)
	require.NoError(t, err)
	for _, e := range entries {
		all = append(all, e.Name())
	}
	require.Zero(t, f.open, "all are closed")
	return all
}

type heldFile struct {
	*os.File
	of   *files
	kept bool
}

func (f *heldFile) Content() io.Reader    { return io.NewSectionReader(f.File, 0, 1<<40) }
func (f *heldFile) Keep() (string, error) { f.kept = true; return filepath.Base(f.Name()), nil }
func (f *heldFile) Remove()               { f.kept = false }
func (f *heldFile) Close() error {
	f.of.mu.Lock()
	defer f.of.mu.Unlock()
	f.of.open--
	if !f.kept {
		_ = os.Remove(f.Name())
	}
	return f.File.Close()
}

// newLargeDoor takes bodies up to 64 MB, signed ones and others.
func newLargeDoor(t *testing.T) (*door, *files) {
	t.Helper()
	proved, err := signature.New(shop)
	require.NoError(t, err)
	d, f := &door{store: &memory{}}, &files{dir: t.TempDir()}
	d.Handler = webhook.New(webhook.Params{Store: d.store, Bodies: f})
	d.SetTable(webhook.Table{
		"shop": {RecipeID: 1, On: true, MaxBytes: 64 << 20, Verifier: proved, EventID: []string{"X-Event"}},
		"open": {RecipeID: 2, On: true, MaxBytes: 64 << 20, Verifier: anyone(t), EventID: []string{"X-Event"}},
	})
	return d, f
}

// order is a JSON document of about so many bytes.
func order(size int) string {
	const item = `{"title":"Linen shirt","price":"59.00"}`
	return `{"id":7,"items":[` + item + strings.Repeat(","+item, size/(len(item)+1)) + `]}`
}

func TestALargeBodyGoesToAFile(t *testing.T) {
	for name, change := range map[string]func(*http.Request){
		"announced":   func(*http.Request) {},
		"unannounced": func(r *http.Request) { r.ContentLength = -1 },
	} {
		t.Run(name, func(t *testing.T) {
			d, f := newLargeDoor(t)
			body := order(1 << 20)
			require.Equal(t, 200, d.send(t, "shop", body, change).Code)
			e := d.store.events[0]
			require.Empty(t, e.Body)
			require.Equal(t, int64(len(body)), e.FileSize)
			require.Equal(t, []string{e.File}, f.names(t))
			kept, err := os.ReadFile(filepath.Join(f.dir, e.File))
			require.NoError(t, err)
			require.True(t, bytes.Equal([]byte(body), kept), "byte for byte")

			require.Contains(t, d.send(t, "shop", body, change).Body.String(), "duplicate")
			require.Len(t, f.names(t), 1, "a duplicate leaves nothing")
		})
	}
}

func TestUpToTheLimitABodyIsInTheDatabase(t *testing.T) {
	for size, inFile := range map[int]bool{engine.LargeBody - 1: false, engine.LargeBody: false, engine.LargeBody + 1: true} {
		for _, announced := range []bool{true, false} {
			d, f := newLargeDoor(t)
			body := `"` + strings.Repeat("x", size-2) + `"`
			require.Equal(t, 200, d.send(t, "open", body, header("Content-Type", "text/plain"), func(r *http.Request) {
				if !announced {
					r.ContentLength = -1
				}
			}).Code)
			e := d.store.events[0]
			require.Equal(t, inFile, e.File != "", size)
			require.Equal(t, !inFile, len(e.Body) == size)
			require.Equal(t, inFile, len(f.names(t)) == 1)
		}
	}
}

func TestALargeBodyThatIsRefusedLeavesNothing(t *testing.T) {
	big := order(1 << 20)
	for name, c := range map[string]struct {
		body   string
		change func(*http.Request)
		want   int
	}{
		"forged":  {big, header("X-Sign", "Zm9yZ2Vk"), 401},
		"changed": {big, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader(strings.Replace(big, "7", "8", 1))) }, 401},
		"cut off": {big, func(r *http.Request) {
			r.Body = io.NopCloser(io.MultiReader(strings.NewReader(big[:500_000]), broken{}))
		}, 400},
		"broken":    {big + "}", nil, 400},
		"deep":      {strings.Repeat("[", 400_000) + strings.Repeat("]", 400_000), nil, 400},
		"not UTF-8": {strings.Replace(big, "shirt", "sh\xffrt", 1), nil, 400},
		"too large": {strings.Repeat(" ", 64<<20+1), func(r *http.Request) { r.ContentLength = -1 }, 413},
	} {
		t.Run(name, func(t *testing.T) {
			d, f := newLargeDoor(t)
			if c.change == nil {
				c.change = func(*http.Request) {}
			}
			require.Equal(t, c.want, d.send(t, "shop", c.body, c.change).Code)
			require.Empty(t, d.store.events)
			require.Empty(t, f.names(t))
		})
	}
}

// broken is a connection that breaks.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestALargeBodyAndAFullDisk(t *testing.T) {
	d, f := newLargeDoor(t)
	f.full = true
	require.Equal(t, http.StatusServiceUnavailable, d.send(t, "open", order(1<<20)).Code)
	f.full = false
	d.store.fill(true)
	require.Equal(t, http.StatusServiceUnavailable, d.send(t, "open", order(1<<20)).Code)
	require.Empty(t, f.names(t), "its event is nowhere")
	d.store.fill(false)
	require.Equal(t, http.StatusOK, d.send(t, "open", order(1<<20)).Code)
}

// endless repeats a block up to a size.
type endless struct {
	at, size int
	block    []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if e.at == e.size {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), e.size-e.at)], e.block[e.at%len(e.block):])
	e.at += n
	return n, nil
}

// TestLargeBodiesTakeNoMemory: eight deliveries of 50 MB at the same time are signed, checked and kept.
func TestLargeBodiesTakeNoMemory(t *testing.T) {
	d, f := newLargeDoor(t)
	const senders = 8
	block := []byte(strings.Repeat(`{"title":"Linen shirt","price":"59.00"},`, 1000))
	whole := func() io.Reader {
		return io.MultiReader(strings.NewReader("["), &endless{size: largest / len(block) * len(block), block: block}, strings.NewReader("0]"))
	}
	mac := hmac.New(sha256.New, []byte(secret))
	length, err := io.Copy(mac, whole())
	require.NoError(t, err)
	sign := base64.StdEncoding.EncodeToString(mac.Sum(nil))

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	codes := [senders]int{}
	var work sync.WaitGroup
	for i := range senders {
		work.Go(func() {
			r := httptest.NewRequest(http.MethodPost, webhook.PathPrefix+"shop", whole())
			r.ContentLength = length
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("X-Sign", sign)
			w := httptest.NewRecorder()
			d.ServeHTTP(w, r)
			codes[i] = w.Code
		})
	}
	work.Wait()
	runtime.ReadMemStats(&after)
	require.Equal(t, [senders]int{200, 200, 200, 200, 200, 200, 200, 200}, codes)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20), "counting all that was garbage at once")
	require.Len(t, f.names(t), senders)
	for _, e := range d.store.events {
		require.Equal(t, length, e.FileSize)
	}
}

// TestALargeBodyOverTheNetwork: it may take longer than a small one, as long as it goes on.
func TestALargeBodyOverTheNetwork(t *testing.T) {
	d, _ := newLargeDoor(t)
	server := webhook.NewServer(d.Handler, quiet())
	server.ReadTimeout, server.WriteTimeout = 300*time.Millisecond, 300*time.Millisecond
	address := listen(t, server)
	body := order(1 << 20)
	late := io.MultiReader(strings.NewReader(body[:engine.LargeBody+1000]), waiting(500*time.Millisecond), strings.NewReader(body[engine.LargeBody+1000:]))
	r, err := http.NewRequest(http.MethodPost, "http://"+address+webhook.PathPrefix+"open", late)
	require.NoError(t, err)
	r.ContentLength = int64(len(body))
	res, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, int64(len(body)), d.store.events[0].FileSize)
}

// waiting is a sender that makes a pause.
type waiting time.Duration

func (w waiting) Read([]byte) (int, error) {
	<-time.After(time.Duration(w))
	return 0, io.EOF
}
