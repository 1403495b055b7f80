// Package mailtest has mail servers for tests, which speak the real protocols on this computer.
package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/mailserver"
)

// The user that the servers know, and its secret.
const (
	User     = "shop@example.com"
	Password = "app password 1234"
)

// Server is what all of them have.
type Server struct {
	Host, Port string

	mu     sync.Mutex
	logins []string
}

// Logins returns the passwords that were tried, in order.
func (s *Server) Logins() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.logins
}

func (s *Server) login(password string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.logins = append(s.logins, password)
}

// Account returns an account at the servers, either of which may be nil, without encryption.
func Account(in *IMAPServer, out *SMTPServer) engine.Account {
	a := engine.Account{
		Connection: engine.Connection{Name: "My mail", Connector: "email", Fields: map[string]string{
			mailserver.FieldUser:           User,
			mailserver.FieldIMAPEncryption: string(mailserver.None), mailserver.FieldSMTPEncryption: string(mailserver.None),
		}},
		Secrets: map[string]string{mailserver.FieldPassword: Password},
	}
	if in != nil {
		a.Fields[mailserver.FieldIMAPHost], a.Fields[mailserver.FieldIMAPPort] = in.Host, in.Port
	}
	if out != nil {
		a.Fields[mailserver.FieldSMTPHost], a.Fields[mailserver.FieldSMTPPort] = out.Host, out.Port
	}
	return a
}

// certificate is one for 127.0.0.1, made once.
var certificate = sync.OnceValues(func() (tls.Certificate, *x509.Certificate) {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	return s.TLS.Certificates[0], s.Certificate()
})

// Roots are the authorities that the servers' certificate is from.
func Roots(t testing.TB) *x509.CertPool {
	t.Helper()
	_, own := certificate()
	pool := x509.NewCertPool()
	pool.AddCert(own)
	return pool
}

func config() *tls.Config {
	pair, _ := certificate()
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"imap"}}
}

// listen opens a port on this computer.
func listen(t testing.TB, encryption mailserver.Encryption) (net.Listener, *Server) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &Server{}
	s.Host, s.Port, err = net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	if encryption == mailserver.TLS {
		l = tls.NewListener(l, config())
	}
	return l, s
}
