package boot

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"bellhop/app/internal/instance"
	"bellhop/engine"
	"bellhop/engine/account"
	"bellhop/engine/action"
	"bellhop/engine/chain"
	"bellhop/engine/desk"
	"bellhop/engine/local"
	"bellhop/store/body"
	"bellhop/store/secret"
	"bellhop/store/sqlite"
)

// Data is an open data folder, without the engine: what a command needs. Other processes may have
// the same folder open.
type Data struct {
	*desk.Desk
	Store *sqlite.DB
	Book  *account.Book
	Dir   string
	// region is where Now, Zone and Locale come from.
	*region

	connectors *library
	secrets    *lazySecrets
	steps      *stepNotifier // nil where there is no desktop
	actions    local.Actions
	private    *private
	proxy      *proxy
	known      knownToken
	loops      *chain.Transport
	version    string // Bellhop's
	log        *slog.Logger
}

// settingListen remembers where webhooks arrive, for addresses printed while no engine runs.
const settingListen = "listen"

// OpenData opens the folder. Changes made through its desk are told to the engine that runs on the
// folder, if one does.
func OpenData(ctx context.Context, c Config) (*Data, error) {
	if err := replaceFirst(ctx, c); err != nil {
		return nil, err
	}
	if err := sameVersion(ctx, c); err != nil {
		return nil, err
	}
	d, err := openData(ctx, c, openShared)
	if err != nil {
		return nil, err
	}
	d.Desk = desk.New(desk.Params{
		Store: d.Store, Catalog: d.connectors, Book: d.Book, Tester: d.actions, Checker: d.actions, Looker: d.sources(d.actions, nil),
		Previewer: d.actions, Locale: d.Locale,
		Changed: d.tellOther, Leave: d.leave, BaseURL: d.publicURL, LocalURL: d.otherURL,
	})
	if err := d.readPrivate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	bodies, err := body.Open(c.Dir)
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	d.Bodies = bodies
	return d, nil
}

func openData(ctx context.Context, c Config, open func(context.Context, sqlite.Params) (*sqlite.DB, error)) (*Data, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, engine.Wrap(err, engine.Unavailable,
			"Bellhop cannot use the data folder %s: %s. Choose another with --data.", c.Dir, engine.Cause(err))
	}
	library, err := openLibrary(c.Dir)
	if err != nil {
		return nil, err
	}
	if problems := library.Problems(); len(problems) > 0 {
		c.Log.Warn("connector files were left out", "problems", problems.Error())
	}
	store, err := open(ctx, sqlite.Params{Path: filepath.Join(c.Dir, DatabaseFile), Log: c.Log})
	if err != nil {
		return nil, err
	}
	secrets := &lazySecrets{params: secret.Params{Mode: secret.Mode(c.Secrets), Dir: c.Dir, Log: c.Log}}
	near, through := &private{}, &proxy{}
	loops := &chain.Transport{Base: action.NewTransport(action.TransportParams{Allowed: near.get, Proxy: through.of})}
	book := account.NewBook(store, secrets)
	through.password = book.ProxyPassword
	d := &Data{
		Store: store, connectors: library, Book: book, Dir: c.Dir, region: &region{},
		secrets: secrets, private: near, proxy: through, loops: loops, version: c.Version, log: c.Log,
	}
	if c.Notify != nil {
		d.steps = &stepNotifier{show: c.Notify}
	}
	d.actions = d.newActions(action.Params{Version: c.Version, Transport: loops}, d.steps)
	if _, err := d.region.read(ctx, store); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	if err := d.readProxy(ctx); err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return d, nil
}

// SecretsPlace returns where secrets are kept, in words; an error if they cannot be read now.
func (d *Data) SecretsPlace(ctx context.Context) (string, error) { return d.secrets.check(ctx) }

// Close lets go of the folder.
func (d *Data) Close() error {
	d.loops.CloseIdleConnections()
	return d.Store.Close()
}

// tellOther tells the engine in the other process of changes, if there is one.
func (d *Data) tellOther(ctx context.Context, changes ...engine.Change) error {
	client, err := instance.Dial(d.Dir)
	if err != nil {
		return notRunning(err)
	}
	defer client.Close()
	for _, c := range changes {
		if err := client.Changed(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// notRunning forgives that there is no engine to tell: it will read the store when it starts.
func notRunning(err error) error {
	if engine.ErrorCode(err) == engine.NotFound {
		return nil
	}
	return err
}

// otherURL returns where the running engine listens, or will listen.
func (d *Data) otherURL(ctx context.Context) string {
	if client, err := instance.Dial(d.Dir); err == nil {
		defer client.Close()
		if listen := client.Status().Listen; listen != "" {
			return listen
		}
	}
	if listen, err := d.Store.Setting(ctx, settingListen); err == nil && listen != "" && !strings.HasSuffix(listen, ":0") {
		return localURL(listen)
	}
	return "http://" + UsualListen()
}

// SQLiteVersion returns the version of the database library.
func SQLiteVersion() string { return sqlite.Version() }
