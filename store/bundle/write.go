package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// Params are what a bundle is made of. All but Secrets, Passphrase and Now are required.
type Params struct {
	// DB is the open database of the data folder Dir.
	DB  *sqlite.DB
	Dir string
	// Path is where the bundle goes.
	Path string
	// Version is this Bellhop's.
	Version string
	// Secrets are the connections' secrets by their key in the keyring; nil leaves them out. Passphrase is
	// what they are encrypted under.
	Secrets    map[string]map[string]string
	Passphrase string
	// History takes the runs along, with their events.
	History bool
	Now     func() time.Time

	// work is how much a try of the passphrase costs; 0 is usual.
	work int
}

// Make writes a bundle while others go on working. It is read through and found whole before it takes the
// place of an older one, at once or not at all. Conflict if Path is a file that is no bundle; Invalid if the
// passphrase is too short; Unavailable if it cannot be written.
func Make(ctx context.Context, p Params) (c Contents, err error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	if err := MayMake(p.Path); err != nil {
		return c, err
	}
	var sealed []byte
	if p.Secrets != nil {
		if sealed, err = p.seal(); err != nil {
			return c, err
		}
	}
	w, err := openWorkshop(p.Path)
	if err != nil {
		return c, err
	}
	defer w.close()
	database, part := w.at(databaseName), w.at(bundleName)
	if err := p.DB.Backup(ctx, database); err != nil {
		return c, err
	}
	c = Contents{Format: format, Version: p.Version, MadeAt: p.Now().UTC().Truncate(time.Second), Form: sqlite.Form(), Secrets: p.Secrets != nil, History: p.History}
	if err := describe(ctx, &c, database); err != nil {
		return c, err
	}
	if err := sqlite.StripProxyPassword(ctx, database); err != nil {
		return c, err
	}
	if !p.History {
		if err := sqlite.StripHistory(ctx, database); err != nil {
			return c, err
		}
	}
	if err := writeFile(ctx, part, &c, p, database, sealed); err != nil {
		return c, cannotWrite(err, p.Path)
	}
	if _, err := Inspect(ctx, part, ""); err != nil {
		return c, err
	}
	if err := os.Rename(part, p.Path); err != nil {
		return c, cannotWrite(err, p.Path)
	}
	syncFolder(filepath.Dir(p.Path))
	return c, nil
}

// MayMake says why no bundle can be made at path: NotFound if there is no such folder, Conflict if there is a file
// that is no bundle.
func MayMake(path string) error {
	dir := filepath.Dir(path)
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return engine.Wrap(err, engine.NotFound, "There is no folder %s. Make it first, or choose another for %s.", dir, filepath.Base(path))
	case err == nil && !info.IsDir() || errors.Is(err, syscall.ENOTDIR):
		return engine.Errorf(engine.NotFound, "%s is not a folder. Choose one for %s.", dir, filepath.Base(path))
	}
	return mayReplace(path)
}

// mayReplace refuses to write over what is no bundle.
func mayReplace(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 && info.Mode().IsRegular() {
		return nil
	}
	if err != nil {
		return cannotWrite(err, path)
	}
	if info.IsDir() {
		return engine.Errorf(engine.Conflict, "%s is a folder. Write behind it what the file is to be called, such as %s.", path, filepath.Join(path, "my-shop"+Extension))
	}
	a, err := openArchive(path)
	if err != nil {
		return engine.Wrap(err, engine.Conflict, "%s exists already and is no older file of this kind. Choose another name.", path)
	}
	return a.Close()
}

// describe says what is in a copy of the database.
func describe(ctx context.Context, c *Contents, path string) error {
	db, err := sqlite.Open(ctx, sqlite.Params{Path: path})
	if err != nil {
		return err
	}
	return errors.Join(c.Describe(ctx, db), db.Close())
}

// Describe fills in what there is in a database.
func (c *Contents) Describe(ctx context.Context, db *sqlite.DB) (err error) {
	if c.Installation, err = db.Setting(ctx, settingInstallation); err != nil {
		return err
	}
	recipes, err := db.Recipes(ctx)
	if err != nil {
		return err
	}
	c.Recipes, c.Connections, c.Tables, c.Connectors = []Recipe{}, []string{}, []string{}, []string{}
	for _, r := range recipes {
		c.Recipes = append(c.Recipes, Recipe{r.Name, r.On})
	}
	connections, err := db.Connections(ctx)
	if err != nil {
		return err
	}
	for _, one := range connections {
		c.Connections = append(c.Connections, one.Name)
	}
	tables, err := db.Tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		c.Tables = append(c.Tables, t.Name)
	}
	counts, err := db.StateCounts(ctx)
	for state, n := range counts {
		c.Runs += n
		if state.Active() {
			c.UnderWay += n
		}
	}
	return err
}

// settingInstallation names the data folder in the keyring; see engine/account.
const settingInstallation = "installation"

// writeFile writes the archive to a new file, on disk when it returns.
func writeFile(ctx context.Context, path string, c *Contents, p Params, database string, sealed []byte) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := &writer{zip: zip.NewWriter(f), contents: c, ctx: ctx}
	if err := w.file(databaseName, database); err != nil {
		return err
	}
	if p.Secrets != nil {
		if err := w.part(secretsName, bytes.NewReader(sealed)); err != nil {
			return err
		}
	}
	if err := w.folder(connectorsName, filepath.Join(p.Dir, connectorsName)); err != nil {
		return err
	}
	if p.History {
		if err := w.folder(bodiesName, filepath.Join(p.Dir, bodiesName)); err != nil {
			return err
		}
	}
	text, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	out, err := w.zip.Create(contentsName)
	if err == nil {
		_, err = out.Write(text)
	}
	if err != nil {
		return err
	}
	return errors.Join(w.zip.Close(), f.Sync())
}

// writer adds parts to an archive, and to its contents.
type writer struct {
	zip      *zip.Writer
	contents *Contents
	ctx      context.Context //nolint:containedctx // of one call
}

func (w *writer) part(name string, from io.Reader) error {
	out, err := w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.contents.MadeAt})
	if err != nil {
		return err
	}
	hash := sha256.New()
	n, err := io.Copy(io.MultiWriter(out, hash), contextReader{w.ctx, from})
	w.contents.Parts = append(w.contents.Parts, Part{name, n, hex.EncodeToString(hash.Sum(nil))})
	return err
}

func (w *writer) file(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	return w.part(name, f)
}

// folder adds the files of a folder. Bodies with other names than a bundle holds are just coming in. What is
// gone meanwhile was not needed any more.
func (w *writer) folder(name, dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		part := name + "/" + e.Name()
		if !e.Type().IsRegular() || name == connectorsName && !isConnector(e.Name()) || name == bodiesName && !partName.MatchString(part) {
			continue
		}
		if !partName.MatchString(part) {
			return engine.Errorf(engine.Invalid, "The connector file %s has a name that not every computer takes. Rename it, with letters and numbers only, and try again.", e.Name())
		}
		err := w.file(part, filepath.Join(dir, e.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if name == connectorsName {
			w.contents.Connectors = append(w.contents.Connectors, e.Name())
		}
	}
	return nil
}

// isConnector says whether a file of the connectors' folder is one.
func isConnector(name string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, filepath.Ext(name)) && name[0] != '.'
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context //nolint:containedctx // of one call
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, engine.Wrap(err, engine.Unavailable, "This was stopped before it was done. Nothing was changed.")
	}
	return r.Reader.Read(p)
}

// syncFolder makes a rename last through a power cut. Not every system can, or needs to.
func syncFolder(dir string) {
	if d, err := os.Open(dir); err == nil {
		_ = d.Sync()
		_ = d.Close()
	}
}
