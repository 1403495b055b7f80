package boot

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"bellhop/assets"
	"bellhop/engine"
	"bellhop/engine/connector"
	"bellhop/engine/recipe"
	"bellhop/engine/source"
)

// connectorFolder holds the user's own connector files, within the data folder.
const connectorFolder = "connectors"

// library is the connectors: those that ship with Bellhop and, over them, the user's own. It can be
// read anew while in use.
type library struct {
	folder  string
	current atomic.Pointer[connector.Catalog]
}

var _ engine.Catalog = (*library)(nil)

func openLibrary(dir string) (*library, error) {
	l := &library{folder: filepath.Join(dir, connectorFolder)}
	return l, l.reload()
}

// shipped are the connectors that ship with Bellhop.
var shipped = sync.OnceValues(func() (*connector.Catalog, error) { return connector.Ready(assets.Connectors()) })

func (l *library) reload() error {
	catalog, err := shipped()
	if err != nil {
		return err
	}
	if _, err := os.Stat(l.folder); err == nil {
		if catalog, err = catalog.With(os.DirFS(l.folder)); err != nil {
			return err
		}
	}
	l.current.Store(catalog)
	return nil
}

func (l *library) Connectors() []engine.Connector { return l.current.Load().Connectors() }

func (l *library) Connector(name string) (engine.Connector, bool) {
	return l.current.Load().Connector(name)
}

func (l *library) Operation(use string) (engine.Connector, engine.Operation, bool) {
	return l.current.Load().Operation(use)
}

// Problems is what is wrong with the files.
func (l *library) Problems() engine.Problems { return l.current.Load().Problems() }

// ConnectorProblems is what is wrong with the user's own connector files; those files are left out.
func (d *Data) ConnectorProblems() engine.Problems { return d.connectors.Problems() }

// IsConnector says whether a file is a connector file and not a recipe.
func IsConnector(data []byte) bool {
	document, problems := source.Parse(data)
	if len(problems) > 0 {
		return false
	}
	fields, _ := document.Value().(map[string]any)
	_, is := fields["connector"]
	return is
}

// Checker checks files by the connectors of a data folder. It needs no database, so it works while
// that is damaged, on a disk that is full, and where there is no data yet.
type Checker struct{ connectors *library }

// OpenChecker reads the connectors of the data folder dir, which need not exist.
func OpenChecker(dir string) (*Checker, error) {
	l, err := openLibrary(dir)
	if err != nil {
		return nil, err
	}
	return &Checker{l}, nil
}

// Check returns what is wrong with a recipe or connector file, with places in it. Whether the
// connections that a recipe names exist is not checked: the file may be from another computer.
func (c *Checker) Check(file string, data []byte) engine.Problems {
	if IsConnector(data) {
		_, problems := connector.Lint(file, data)
		return problems.In(file)
	}
	_, problems := recipe.Check(data, recipe.Params{Catalog: c.connectors})
	return recipe.Blocking(problems).In(file)
}

// ImportConnector adds a connector file to the user's own, or replaces the one of the same name, and
// returns its name; added tells whether there was none of that name, of Bellhop's own neither. Its
// error is engine.Problems if the file is not right.
func (d *Data) ImportConnector(ctx context.Context, file string, data []byte) (name string, added bool, err error) {
	c, problems := connector.Lint(file, data)
	if len(problems) > 0 {
		return "", false, problems.In(file)
	}
	_, known := d.connectors.Connector(c.Name)
	if err := d.connectors.keep(c.Name+".yaml", data); err != nil {
		return "", false, cannotKeep(err)
	}
	if err := d.connectors.reload(); err != nil {
		return "", false, err
	}
	return c.Name, !known, d.Changed(ctx, engine.Change{Kind: engine.ConnectorsChanged})
}

// keep puts a file into the user's folder whole, whoever else does so at the same time.
func (l *library) keep(name string, data []byte) error {
	if err := os.MkdirAll(l.folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(l.folder, name+".*.new") // of mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(l.folder, name))
	}
	if err != nil {
		_ = os.Remove(f.Name()) // half a file is of no use
	}
	return err
}

func cannotKeep(err error) error {
	return engine.Wrap(err, engine.Unavailable, "The connector cannot be kept in the data folder: %s", engine.Cause(err))
}
