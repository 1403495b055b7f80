package engine

import (
	"net/url"
	"strings"
)

// SplitProxy parts the address of a proxy as people write it, such as "http://ann:pw@proxy.example:3128", into
// what is a setting, "http://ann@proxy.example:3128", and what is a secret, the password; "" if there is none
// in it. What is no address comes back as it is, for Settings.Check to refuse.
func SplitProxy(typed string) (address, password string) {
	u, err := url.Parse(typed)
	if err != nil {
		return typed, ""
	}
	password, written := u.User.Password()
	if !written {
		return typed, ""
	}
	u.User = url.User(u.User.Username())
	return u.String(), password
}

// JoinProxy is the other way around.
func JoinProxy(address, password string) string {
	u, err := url.Parse(address)
	if err != nil || u.User == nil || password == "" {
		return address
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String()
}

// ProxyUser returns the user's name in the address of a proxy; "" if it has none, and so takes no password.
func ProxyUser(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.User.Username()
}

// checkProxy refuses what is no address of a proxy. One that may have a password in it is not repeated: this
// sentence may get into a log.
func checkProxy(address string) error {
	u, err := url.Parse(address)
	if err == nil && u.Hostname() != "" && (u.Scheme == "http" || u.Scheme == "https" || u.Scheme == "socks5") && isPort(u.Port()) &&
		!strings.Contains(u.Path+u.RawQuery+u.Fragment, "@") { // there the password has a sign that ends the host
		return nil
	}
	if strings.Contains(address, "@") {
		return Errorf(Invalid, "This is not the address of a proxy. Write it without the password, such as http://ann@proxy.example:3128, and the password by itself.")
	}
	return Errorf(Invalid, "%q is not the address of a proxy. Write one like http://proxy.example:3128 or socks5://127.0.0.1:1080.", address)
}
