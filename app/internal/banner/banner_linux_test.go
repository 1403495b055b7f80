package banner

import (
	"bufio"
	"context"
	"image"
	"image/color"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// newBus starts a session bus of the test's own.
func newBus(t *testing.T) string {
	t.Helper()
	daemon := exec.Command("dbus-daemon", "--session", "--nofork", "--print-address=1")
	out, err := daemon.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, daemon.Start(), "dbus-daemon is part of every desktop")
	t.Cleanup(func() {
		_ = daemon.Process.Kill()
		_ = daemon.Wait()
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	address = strings.TrimSpace(address)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return address
}

// desktop is a pretend one that shows notifications.
type desktop struct {
	conn *dbus.Conn
	can  []string

	mu    sync.Mutex
	last  uint32
	shown []shown
}

// shown is one that it was asked to show.
type shown struct {
	app            string
	replaces       uint32
	title, text    string
	actions        []string
	hints          map[string]dbus.Variant
	expiresAfterMS int32
}

func newDesktop(t *testing.T, address string, can ...string) *desktop {
	t.Helper()
	conn, err := dbus.Connect(address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	d := &desktop{conn: conn, can: can}
	require.NoError(t, conn.Export(d, object, service))
	reply, err := conn.RequestName(service, dbus.NameFlagDoNotQueue)
	require.NoError(t, err)
	require.Equal(t, dbus.RequestNameReplyPrimaryOwner, reply)
	return d
}

func (d *desktop) GetCapabilities() ([]string, *dbus.Error) { return d.can, nil }

func (d *desktop) Notify(app string, replaces uint32, _, title, text string, actions []string, hints map[string]dbus.Variant, expires int32) (uint32, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown = append(d.shown, shown{app, replaces, title, text, actions, hints, expires})
	if replaces != 0 {
		return replaces, nil
	}
	d.last++
	return d.last, nil
}

func (d *desktop) all() []shown {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]shown(nil), d.shown...)
}

func (d *desktop) tell(t *testing.T, member string, id uint32, what any) {
	t.Helper()
	require.NoError(t, d.conn.Emit(object, service+"."+member, id, what))
}

func TestAClickOpensWhatANoticeIsAbout(t *testing.T) {
	d := newDesktop(t, newBus(t), "actions", "body", "body-markup")
	opened := make(chan engine.Notice, 10)
	b := New(Params{Open: func(n engine.Notice) { opened <- n }, Icon: image.NewRGBA(image.Rect(0, 0, 512, 512))})
	defer b.Close()
	first := engine.Notice{Kind: engine.NoticeFailed, Title: "“Big orders” has failed", Text: "1 < 2 & <b>3</b>, “it’s” \"so\"", RecipeID: 7, RunID: 1042}
	require.NoError(t, b.Show(t.Context(), first))
	got := d.all()[0]
	require.Equal(t, "Bellhop", got.app)
	require.Equal(t, "“Big orders” has failed", got.title)
	require.Equal(t, "1 &lt; 2 &amp; &lt;b&gt;3&lt;/b&gt;, “it’s” \"so\"", got.text, "what others have written is no markup, and quotes are not for it")
	require.Equal(t, []string{"default", "Open", "open", "Open"}, got.actions)
	require.Equal(t, "app.bellhop.Bellhop", got.hints["desktop-entry"].Value())
	picture := got.hints["image-data"].Value().([]any)
	require.Equal(t, []any{int32(64), int32(64), int32(256), true, int32(8), int32(4)}, picture[:6])
	require.Len(t, picture[6], 64*64*4)

	d.tell(t, "ActionInvoked", 99, "default") // another program's
	d.tell(t, "ActionInvoked", 1, "settings")
	d.tell(t, "ActionInvoked", 1, "default")
	require.Equal(t, first, <-opened)
	d.tell(t, "ActionInvoked", 1, "open")
	require.Equal(t, first, <-opened)
	require.Empty(t, opened)
}

func TestANoticeTakesThePlaceOfAnOlderOne(t *testing.T) {
	d := newDesktop(t, newBus(t), "body")
	b := New(Params{})
	defer b.Close()
	show := func(kind engine.NoticeKind, recipe int64, text string) {
		require.NoError(t, b.Show(t.Context(), engine.Notice{Kind: kind, RecipeID: recipe, Title: "T", Text: text}))
	}
	show(engine.NoticeFailed, 7, "a < b")
	show(engine.NoticeFailed, 8, "another recipe's")
	show(engine.NoticeFailed, 7, "the second")
	show(engine.NoticeStep, 0, "a recipe says one thing")
	show(engine.NoticeStep, 0, "and another")
	var replaced []uint32
	for _, s := range d.all() {
		replaced = append(replaced, s.replaces)
		require.Empty(t, s.actions, "this desktop has none")
	}
	require.Equal(t, []uint32{0, 0, 1, 0, 0}, replaced)
	require.Equal(t, "a < b", d.all()[0].text, "and no markup")

	d.tell(t, "NotificationClosed", 1, uint32(2))
	require.Eventually(t, func() bool {
		show(engine.NoticeFailed, 7, "the third")
		all := d.all()
		return all[len(all)-1].replaces == 0
	}, 10*time.Second, time.Millisecond, "the first is not to be seen any more")
}

// What shows notifications ends and is started anew; so is the bus, at the next login.
func TestADesktopThatIsStartedAnew(t *testing.T) {
	address := newBus(t)
	b := New(Params{})
	defer b.Close()
	require.ErrorIs(t, b.Show(t.Context(), engine.Notice{Title: "T"}), ErrNone, "nobody shows any")
	first := newDesktop(t, address)
	require.NoError(t, b.Show(t.Context(), engine.Notice{Title: "T"}))
	require.NoError(t, first.conn.Close())
	second := newDesktop(t, address)
	require.NoError(t, b.Show(t.Context(), engine.Notice{Title: "T"}))
	require.Len(t, second.all(), 1)

	other := newDesktop(t, newBus(t))
	b.(*session).conn.Close()
	require.NoError(t, b.Show(t.Context(), engine.Notice{Title: "T"}))
	require.Len(t, other.all(), 1)
}

func TestWithoutABus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
	b := New(Params{})
	require.ErrorIs(t, b.Show(context.Background(), engine.Notice{Title: "T"}), ErrNone)
	b.Close()
}

func TestPixels(t *testing.T) {
	icon := image.NewNRGBA(image.Rect(0, 0, 128, 128))
	for y := range 128 {
		for x := range 128 {
			if x < 64 {
				icon.Set(x, y, color.NRGBA{200, 100, 50, 255})
			}
		}
	}
	p := pixelsOf(icon)
	require.Equal(t, [4]int32{64, 64, 256, 8}, [4]int32{p.Width, p.Height, p.RowBytes, p.Bits})
	require.Len(t, p.Data, 64*64*4)
	require.Equal(t, []byte{200, 100, 50, 255}, p.Data[:4])
	require.Equal(t, []byte{0, 0, 0, 0}, p.Data[63*4:64*4])
}
