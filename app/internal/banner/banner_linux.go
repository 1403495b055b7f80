package banner

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"bellhop/engine"
)

// What shows notifications, by the specification of freedesktop.org, version 1.2
// (https://specifications.freedesktop.org/notification-spec/1.2/).
const (
	service = "org.freedesktop.Notifications"
	object  = "/org/freedesktop/Notifications"
)

const (
	// desktopEntry is what the program is called in menus, without its ending; panels take its icon and settings.
	desktopEntry = "app.bellhop.Bellhop"
	// clicked is the action of a click on the notification itself, and button that of a button on it.
	clicked = "default"
	button  = "open"
	// showTime bounds how long a desktop may take for a notice: what shows them may hang.
	showTime = 5 * time.Second
	// mostOpen bounds how many notices can be clicked: some desktops never tell that one has gone.
	mostOpen = 100
)

// New makes what shows notices by the session bus.
func New(p Params) Banner {
	if p.Open == nil {
		p.Open = func(engine.Notice) {}
	}
	b := &session{Params: p, open: map[uint32]engine.Notice{}, latest: map[group]uint32{}}
	if p.Icon != nil {
		i := pixelsOf(p.Icon)
		b.pixels = &i
	}
	return b
}

// session is the connection to the session bus, made when it is needed.
type session struct {
	Params
	pixels *pixels

	mu     sync.Mutex
	conn   *dbus.Conn
	can    []string // what the desktop can do
	open   map[uint32]engine.Notice
	latest map[group]uint32
}

// Show shows a notice.
func (s *session) Show(ctx context.Context, n engine.Notice) error {
	ctx, cancel := context.WithTimeout(ctx, showTime)
	defer cancel()
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.showLocked(ctx, n)
	if err != nil && ctx.Err() == nil { // what showed notices was perhaps started anew
		s.closeLocked()
		err = s.showLocked(ctx, n)
	}
	if err != nil {
		s.closeLocked()
		return fmt.Errorf("%w: %w", ErrNone, err)
	}
	return nil
}

// escape takes markup for text. Quotes stay: some desktops, such as GNOME, show the numbers that
// html.EscapeString writes for them.
var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (s *session) showLocked(ctx context.Context, n engine.Notice) error {
	if err := s.connectLocked(ctx); err != nil {
		return err
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(desktopEntry)}
	if s.pixels != nil {
		hints["image-data"] = dbus.MakeVariant(*s.pixels)
	}
	var actions []string
	if slices.Contains(s.can, "actions") {
		actions = []string{clicked, "Open", button, "Open"}
	}
	text := n.Text
	if slices.Contains(s.can, "body-markup") {
		text = escape.Replace(text)
	}
	g, grouped := groupOf(n)
	var id uint32
	call := s.conn.Object(service, object).CallWithContext(ctx, service+".Notify", 0,
		"Bellhop", s.latest[g], "", n.Title, text, actions, hints, int32(-1))
	if err := call.Store(&id); err != nil {
		return err
	}
	if len(s.open) >= mostOpen {
		clear(s.open)
		clear(s.latest)
	}
	s.open[id] = n
	if grouped {
		s.latest[g] = id
	}
	return nil
}

func (s *session) connectLocked(ctx context.Context) error {
	if s.conn != nil && s.conn.Connected() {
		return nil
	}
	s.closeLocked()
	conn, err := connect(ctx)
	if err != nil {
		return err
	}
	signals := make(chan *dbus.Signal, 64)
	conn.Signal(signals)
	err = conn.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(object), dbus.WithMatchInterface(service))
	if err == nil {
		err = conn.Object(service, object).CallWithContext(ctx, service+".GetCapabilities", 0).Store(&s.can)
	}
	if err != nil {
		_ = conn.Close()
		return err
	}
	s.conn = conn
	go s.listen(signals)
	return nil
}

// connect connects to the session bus, which ctx bounds, and not the connection.
func connect(ctx context.Context) (*dbus.Conn, error) {
	life, end := context.WithCancel(context.Background())
	stay := context.AfterFunc(ctx, end)
	conn, err := dbus.ConnectSessionBus(dbus.WithContext(life))
	if !stay() {
		err = errors.Join(ctx.Err(), err)
	}
	if err != nil {
		end() // closes the connection, if there is one
		return nil, err
	}
	return conn, nil
}

// listen takes up what becomes of notices until the connection ends.
func (s *session) listen(signals <-chan *dbus.Signal) {
	for signal := range signals {
		var id uint32
		var what any
		if dbus.Store(signal.Body, &id, &what) != nil {
			continue
		}
		s.mu.Lock()
		n, ours := s.open[id]
		s.mu.Unlock()
		switch {
		case !ours: // it is another program's, and everybody is told
		case signal.Name == service+".ActionInvoked" && (what == clicked || what == button):
			go s.Open(n)
		case signal.Name == service+".NotificationClosed":
			s.forget(id, n)
		}
	}
}

// forget notes that a notice is not to be seen any more.
func (s *session) forget(id uint32, n engine.Notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, id)
	if g, _ := groupOf(n); s.latest[g] == id {
		delete(s.latest, g)
	}
}

// Close ends the connection. Notices that are to be seen stay, and a click on them does nothing.
func (s *session) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closeLocked()
}

func (s *session) closeLocked() {
	if s.conn != nil {
		_ = s.conn.Close()
		s.conn = nil
	}
	clear(s.open)
	clear(s.latest)
}

// pixels is the hint image-data: the signature is (iiibiiay).
type pixels struct {
	Width, Height, RowBytes int32
	HasAlpha                bool
	Bits, Channels          int32
	Data                    []byte
}

// pixelsOf makes an icon small enough to be sent along: each pixel is the mean of those in its place.
func pixelsOf(icon image.Image) pixels {
	from := icon.Bounds()
	w, h := min(from.Dx(), largestIcon), min(from.Dy(), largestIcon)
	p := pixels{Width: int32(w), Height: int32(h), RowBytes: int32(4 * w), HasAlpha: true, Bits: 8, Channels: 4, Data: make([]byte, 0, 4*w*h)}
	for y := range h {
		for x := range w {
			p.Data = append(p.Data, mean(icon, image.Rect(
				from.Min.X+x*from.Dx()/w, from.Min.Y+y*from.Dy()/h, from.Min.X+(x+1)*from.Dx()/w, from.Min.Y+(y+1)*from.Dy()/h))...)
		}
	}
	return p
}

// mean returns the mean colour of a part of an image: red, green, blue and alpha, not multiplied.
func mean(icon image.Image, part image.Rectangle) []byte {
	var sum [4]uint64
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for x := part.Min.X; x < part.Max.X; x++ {
			r, g, b, a := icon.At(x, y).RGBA()
			for i, v := range [4]uint32{r, g, b, a} {
				sum[i] += uint64(v)
			}
		}
	}
	if sum[3] == 0 {
		return make([]byte, 4)
	}
	of := func(i int) byte { return byte(sum[i] * 0xff / sum[3]) }
	return []byte{of(0), of(1), of(2), byte(sum[3] / uint64(part.Dx()*part.Dy()) >> 8)}
}
