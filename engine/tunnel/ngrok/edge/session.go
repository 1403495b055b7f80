package edge

import (
	"crypto/tls"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"

	"golang.ngrok.com/muxado/v2"
)

// session is the connection of one agent.
type session struct {
	streams  muxado.Session
	conn     net.Conn
	clientID string
	accepted bool // it has introduced itself well
}

// cut ends the connection without a word.
func (s *session) cut() {
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset, as from a network that has forgotten the connection
	}
	_ = s.conn.Close()
}

// serve has a session with an agent until its connection ends.
func (e *Edge) serve(conn net.Conn) {
	s := &session{conn: conn, streams: muxado.Server(tls.Server(conn, e.tls), &muxado.Config{})}
	e.mu.Lock()
	e.sessions[s] = true
	e.connections++
	if e.agents == nil { // it came while going down
		s.cut()
	}
	e.mu.Unlock()
	for {
		stream, err := s.streams.AcceptStream()
		if err != nil {
			break
		}
		go e.answer(s, stream)
	}
	_ = s.streams.Close()
	_, farewell, _ := s.streams.Wait()
	e.mu.Lock()
	defer e.mu.Unlock()
	if code, err := muxado.GetError(farewell); err != nil && code == muxado.NoError {
		e.goodbyes++
	}
	delete(e.sessions, s)
	for _, a := range e.addresses {
		if a.session == s {
			a.transport.CloseIdleConnections()
		}
	}
}

// answer does what an agent opened a stream for.
func (e *Edge) answer(s *session, stream muxado.Stream) {
	defer func() { _ = stream.Close() }()
	var mark [4]byte
	if _, err := io.ReadFull(stream, mark[:]); err != nil {
		return
	}
	switch binary.BigEndian.Uint32(mark[:]) {
	case kindHeartbeat: // each mark comes back
		for {
			if _, err := io.ReadFull(stream, mark[:]); err != nil {
				return
			}
			e.thaw()
			if _, err := stream.Write(mark[:]); err != nil {
				return
			}
			e.mu.Lock()
			e.beats++
			e.mu.Unlock()
		}
	case kindAuth:
		reply(e, stream, func(q Auth) authAnswer { return e.auth(s, q) })
	case kindBind:
		reply(e, stream, func(q Bind) bindAnswer { return e.bind(s, q) })
	case kindUnbind:
		reply(e, stream, func(q byID) answer { e.unbind(s, q.ID); return answer{} })
	case kindInfo:
		reply(e, stream, func(struct{}) answer { return answer{Region: region} })
	}
}

const region = "loop"

func reply[Q, A any](e *Edge, stream io.ReadWriter, f func(Q) A) {
	var question Q
	if json.NewDecoder(stream).Decode(&question) != nil {
		return
	}
	e.thaw()
	_ = json.NewEncoder(stream).Encode(f(question)) // an agent that has gone needs no answer
}

// open opens a stream to the agent: its kind, then the message. sized has the message's length in front of it,
// in little-endian order, since something else follows.
func (s *session) open(kind uint32, sized bool, message any) (muxado.Stream, error) {
	body, err := json.Marshal(message)
	if err != nil {
		return nil, err
	}
	head := binary.BigEndian.AppendUint32(nil, kind)
	if sized {
		head = binary.LittleEndian.AppendUint64(head, uint64(len(body)))
	}
	stream, err := s.streams.OpenStream()
	if err != nil {
		return nil, err
	}
	if _, err := stream.Write(append(head, body...)); err != nil {
		return nil, err
	}
	return stream, nil
}
