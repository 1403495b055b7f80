package ngrok

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/tunnel/ngrok/edge"
)

func TestTheChosenDomain(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop, "hooks.my-shop.example"}})
	x := start(t, e, Params{Domain: " https://Hooks.my-shop.example/"})
	up := x.await(t, is(engine.LinkUp))
	require.Equal(t, "https://hooks.my-shop.example", up.URL)
	require.Equal(t, "https://hooks.my-shop.example", e.Binds()[0].Opts["URL"])
	x.visit(t, up.URL, []byte("to the other one"))

	theirs := start(t, e, Params{Domain: "somebody-elses.ngrok-free.app"})
	link := theirs.await(t, is(engine.LinkRefused))
	require.Equal(t, "ERR_NGROK_320", link.Code)
	require.Equal(t, engine.FixAddress, link.Fix)
}

func TestLargeBodiesArriveWhole(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{})
	up := x.await(t, is(engine.LinkUp))
	var visits sync.WaitGroup
	for _, size := range []int{0, 1, 65_535, 262_143, 262_144, 262_145, 5_000_000, 5_000_000} { // around muxado's windows
		body := make([]byte, size)
		_, err := rand.Read(body)
		require.NoError(t, err)
		visits.Go(func() { x.visit(t, fmt.Sprintf("%s/hook/%d", up.URL, size), body) })
	}
	visits.Wait()
}

func TestManyComeAtOnce(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{})
	up := x.await(t, is(engine.LinkUp))
	var visits sync.WaitGroup
	for i := range 16 {
		visits.Go(func() {
			for j := range 20 {
				x.visit(t, up.URL, []byte(strings.Repeat(fmt.Sprint(i), j*100)))
			}
		})
	}
	visits.Wait()
	require.Equal(t, 16*20, e.Hits())
	require.Equal(t, 1, e.Connections())
}

// TestALimitForWritingBreaksNothing has a server with such a limit, and answers that take longer.
func TestALimitForWritingBreaksNothing(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	x := start(t, e, Params{}) // serves with a limit of a second
	up := x.await(t, is(engine.LinkUp))
	pr, pw := io.Pipe()
	go func() {
		pw.Write([]byte("first, "))
		<-time.After(1200 * time.Millisecond)
		pw.Write([]byte("and later the rest"))
		pw.Close()
	}()
	res, err := e.Client().Post(up.URL, "text/plain", pr)
	require.NoError(t, err)
	defer res.Body.Close()
	back, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.Equal(t, "first, and later the rest", string(back))
	x.visit(t, up.URL, bytes.Repeat([]byte("x"), 100_000))
}

func TestOnlyReadingHasALimit(t *testing.T) {
	here, there := net.Pipe()
	defer here.Close()
	defer there.Close()
	conn := patient{here}
	require.NoError(t, conn.SetDeadline(time.Now().Add(-time.Second)))
	_, err := conn.Read(make([]byte, 1))
	require.Error(t, err)
	require.NoError(t, conn.SetWriteDeadline(time.Now().Add(-time.Second)))
	go func() { io.ReadFull(there, make([]byte, 5)) }()
	_, err = conn.Write([]byte("still"))
	require.NoError(t, err)
}

// TestWhatComesAfterTheEndIsTurnedAway has a visitor come when nobody takes them any more.
func TestWhatComesAfterTheEndIsTurnedAway(t *testing.T) {
	never := make(chan struct{})
	for name, end := range map[string]func(*listener) chan struct{}{
		"of the session": func(*listener) chan struct{} {
			over := make(chan struct{})
			close(over)
			return over
		},
		"of the server": func(l *listener) chan struct{} {
			l.Close()
			l.Close()
			return never
		},
	} {
		t.Run(name, func(t *testing.T) {
			here, there := net.Pipe()
			defer there.Close()
			l := newListener(&single{conn: here})
			require.ErrorIs(t, l.pump(end(l)), io.EOF)
			_, err := there.Read(make([]byte, 1))
			require.ErrorIs(t, err, io.EOF, "the visitor was left waiting")
		})
	}
}

// single is a listener for one visitor.
type single struct {
	net.Listener
	conn net.Conn
}

func (s *single) Accept() (net.Conn, error) {
	conn := s.conn
	s.conn = nil
	if conn == nil {
		return nil, io.EOF
	}
	return conn, nil
}

// TestALocalAddressIsReachedByAnyProgram is what other tests use the pretend service for.
func TestALocalAddressIsReachedByAnyProgram(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Local: true})
	x := start(t, e, Params{})
	up := x.await(t, is(engine.LinkUp))
	require.Equal(t, "http://"+e.PublicAddr(), up.URL)
	res, err := http.Post(up.URL, "text/plain", strings.NewReader("hello"))
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusOK, res.StatusCode)
	e.Drop()
	require.Equal(t, up.URL, x.await(t, func(l engine.Link) bool { return l.State == engine.LinkUp && l.Since.After(up.Since) }).URL)
}

func TestVisitorsOfNobodyAreToldSo(t *testing.T) {
	t.Parallel()
	e := edge.Start(t, edge.Options{Domains: []string{shop}})
	res, err := e.Client().Get("https://" + shop)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, http.StatusNotFound, res.StatusCode)
	require.Equal(t, "ERR_NGROK_3200", res.Header.Get("Ngrok-Error-Code"))
}
