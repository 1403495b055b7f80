package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net"
	"strings"
	"time"
)

// Settings are what a person has chosen about Bellhop as a whole. What was not chosen is the zero value,
// and means what suits most people.
type Settings struct {
	// Language is a BCP 47 tag such as "de"; "" is the computer's.
	Language string `json:"language,omitempty"`
	Theme    Theme  `json:"theme,omitempty"`
	// TimeZone is an IANA name such as "Europe/Lisbon"; "" is the computer's.
	TimeZone string `json:"time_zone,omitempty"`
	// QuitOnClose ends Bellhop when its window is closed, instead of going on in the tray.
	QuitOnClose bool `json:"quit_on_close,omitempty"`
	// KeepAwake keeps the computer from falling asleep by itself while runs are due.
	KeepAwake bool           `json:"keep_awake,omitempty"`
	Notices   NoticeSettings `json:"notices,omitzero"`
	Way       Way            `json:"way,omitempty"`
	// Address is the fixed public address of WayAddress, such as "https://hooks.example.com", or the domain
	// of WayNgrok, such as "shop.ngrok-free.app"; "" there is the account's own.
	Address string `json:"address,omitempty"`
	// Listen is the host and port where deliveries arrive on this computer; "" is the usual one.
	Listen string `json:"listen,omitempty"`
	// Proxy is what requests go out through, such as "http://proxy.example:3128" or
	// "socks5://127.0.0.1:1080"; "" goes by the computer's environment. The user's name may be in it, as in
	// "http://ann@proxy.example:3128"; the password is a secret.
	Proxy string `json:"proxy,omitempty"`
	// ProxyPassword is when that password was put where secrets are, in RFC 3339; "" if there is none.
	ProxyPassword string `json:"proxy_password,omitempty"`
}

// Theme is how the window looks.
type Theme string

// The themes.
const (
	ThemeSystem Theme = "" // as the computer
	ThemeLight  Theme = "light"
	ThemeDark   Theme = "dark"
)

// Way is how deliveries come to this computer from the internet.
type Way string

// The ways in.
const (
	WayNone    Way = ""        // only this computer reaches it
	WayNgrok   Way = "ngrok"   // through a tunnel of the user's ngrok account
	WayAddress Way = "address" // somebody else brings them: an own server, another tunnel, a router
)

// NoticeSettings say how Bellhop draws attention to itself.
type NoticeSettings struct {
	Mode NoticeMode `json:"mode,omitempty"`
	// DigestAt is when the digest is shown, as "18:00"; "" means 09:00.
	DigestAt string `json:"digest_at,omitempty"`
	// QuietFrom and QuietTo bound the hours in which nothing is shown, as "22:00" and "07:00"; both "" if
	// there are none. What came up then is told together when they end.
	QuietFrom string `json:"quiet_from,omitempty"`
	QuietTo   string `json:"quiet_to,omitempty"`
}

// NoticeMode is how often there are notifications.
type NoticeMode string

// The modes.
const (
	NoticeEach   NoticeMode = ""       // as things happen, grouped
	NoticeDigest NoticeMode = "digest" // once a day
	NoticeNever  NoticeMode = "never"
)

const settingSettings = "settings"

// SettingReader reads what is kept under a name; "" if there is nothing. A Store is one, and a Tx.
type SettingReader interface {
	Setting(ctx context.Context, key string) (string, error)
}

// ReadSettings returns what a person has chosen. What cannot be understood, such as a choice that only another
// Bellhop knows, counts as not chosen, and the others still do; the error is the store's.
func ReadSettings(ctx context.Context, r SettingReader) (Settings, error) {
	var s Settings
	text, err := r.Setting(ctx, settingSettings)
	if err != nil || text == "" {
		return s, err
	}
	// What is of another type is left out, and all the rest is read.
	if err := json.Unmarshal([]byte(text), &s); err != nil && !errors.As(err, new(*json.UnmarshalTypeError)) {
		return Settings{}, nil //nolint:nilerr // see above
	}
	return s.sensible(), nil
}

// SettingsWritten says whether anybody ever chose something: then the data may hold what was chosen before.
func SettingsWritten(ctx context.Context, r SettingReader) (bool, error) {
	text, err := r.Setting(ctx, settingSettings)
	return text != "", err
}

// sensible returns the choices that make sense. Those that mean something only together go together.
func (s Settings) sensible() Settings {
	if s.Check() == nil {
		return s
	}
	out := Settings{Language: s.Language, QuitOnClose: s.QuitOnClose, KeepAwake: s.KeepAwake}
	for _, take := range []func(to *Settings){
		func(to *Settings) { to.Theme = s.Theme },
		func(to *Settings) { to.TimeZone = s.TimeZone },
		func(to *Settings) { to.Way, to.Address = s.Way, s.Address },
		func(to *Settings) { // an address that ngrok cannot give is none: then the account's own
			if s.Way == WayNgrok && to.Way == WayNone {
				to.Way = s.Way
			}
		},
		func(to *Settings) { to.Listen = s.Listen },
		func(to *Settings) { to.Proxy, to.ProxyPassword = s.Proxy, s.ProxyPassword },
		func(to *Settings) { to.Notices.Mode = s.Notices.Mode },
		func(to *Settings) { to.Notices.DigestAt = s.Notices.DigestAt },
		func(to *Settings) { to.Notices.QuietFrom, to.Notices.QuietTo = s.Notices.QuietFrom, s.Notices.QuietTo },
	} {
		with := out
		if take(&with); with.Check() == nil {
			out = with
		}
	}
	return out
}

// WriteSettings keeps them. The error is Invalid if they make no sense.
func WriteSettings(tx interface{ SetSetting(key, value string) error }, s Settings) error {
	if err := s.Check(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(s); err != nil {
		return err
	}
	return tx.SetSetting(settingSettings, strings.TrimSpace(b.String()))
}

// Check returns an Invalid error that says what makes no sense.
func (s Settings) Check() error {
	switch s.Theme {
	case ThemeSystem, ThemeLight, ThemeDark:
	default:
		return Errorf(Invalid, "There is no theme %q. Choose light, dark, or the computer's.", s.Theme)
	}
	if _, err := time.LoadLocation(s.TimeZone); err != nil {
		return Errorf(Invalid, "There is no time zone %q. Write one like Europe/Lisbon, or leave it empty for the computer's.", s.TimeZone)
	}
	switch s.Way {
	case WayNone:
	case WayNgrok:
		if _, err := CheckDomain(s.Address); err != nil {
			return err
		}
	case WayAddress:
		if err := checkPublic(s.Address); err != nil {
			return err
		}
	default:
		return Errorf(Invalid, "Bellhop knows no way %q to reach it from the internet.", s.Way)
	}
	if s.Listen != "" {
		if _, _, err := net.SplitHostPort(s.Listen); err != nil {
			return Errorf(Invalid, "%q is not an address to listen at. Write a host and a port, such as 127.0.0.1:8420.", s.Listen)
		}
	}
	if s.Proxy != "" {
		if err := checkProxy(s.Proxy); err != nil {
			return err
		}
	}
	return s.Notices.check()
}

func (n NoticeSettings) check() error {
	switch n.Mode {
	case NoticeEach, NoticeDigest, NoticeNever:
	default:
		return Errorf(Invalid, "Notifications cannot come %q.", n.Mode)
	}
	for _, at := range []string{n.DigestAt, n.QuietFrom, n.QuietTo} {
		if t, err := time.Parse("15:04", at); at != "" && (err != nil || t.Format("15:04") != at) {
			return Errorf(Invalid, "%q is not a time of day. Write it like 18:00.", at)
		}
	}
	if (n.QuietFrom == "") != (n.QuietTo == "") {
		return Errorf(Invalid, "Quiet hours need a beginning and an end.")
	}
	return nil
}

// Location returns the time zone that a person's times are meant in.
func (s Settings) Location() *time.Location {
	if s.TimeZone == "" {
		return time.Local
	}
	l, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.Local
	}
	return l
}
