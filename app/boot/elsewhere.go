package boot

import (
	"cmp"
	"context"
	"net/url"

	"bellhop/engine"
)

// settingListenAsked is there while Bellhop was started with an address to listen at, instead of what the
// settings say.
const settingListenAsked = "listen_asked"

// remember keeps where Bellhop was told to listen, and whether it was told so by who started it.
func (d *Data) remember(ctx context.Context, told, asked string) error {
	return d.Store.Update(ctx, func(tx engine.Tx) error {
		if err := tx.SetSetting(settingListen, told); err != nil {
			return err
		}
		return tx.SetSetting(settingListenAsked, asked)
	})
}

// Elsewhere returns the host and port at which Bellhop was told to listen when it was started last, if what
// runs now listens, as the URL listens says, at another: the window opens although there is no such address.
func (d *Data) Elsewhere(ctx context.Context, listens string) (told string, elsewhere bool) {
	told, err := d.Store.Setting(ctx, settingListen)
	if err != nil || told == "" {
		return "", false
	}
	is, err := url.Parse(listens)
	if err != nil {
		return "", false
	}
	return told, !engine.ListensAt(told, is.Host)
}

// NextListen returns the host and port at which Bellhop listens from its next start on, if the settings were
// changed since the last one. asked says that the last one did not go by the settings, as the next may not.
func (d *Data) NextListen(ctx context.Context) (next string, asked, differs bool) {
	told, err := d.Store.Setting(ctx, settingListen)
	if err != nil || told == "" {
		return "", false, false
	}
	was, err := d.Store.Setting(ctx, settingListenAsked)
	if err != nil {
		return "", false, false
	}
	settings, err := d.Settings(ctx)
	if err != nil || was != "" && settings.Listen == "" {
		return "", false, false
	}
	next = cmp.Or(settings.Listen, UsualListen())
	return next, was != "", next != told
}
