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
	"os"
	"path/filepath"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// The most that parts may hold which are read into memory, in bytes.
const (
	largestContents  = 64 << 20
	largestSecrets   = 16 << 20
	largestConnector = 4 << 20
)

// archive is an open bundle whose contents agree with what the file holds, as far as names and sizes go.
type archive struct {
	Contents
	path  string
	parts map[string]*zip.File
	file  io.Closer
}

func (a *archive) Close() error { return a.file.Close() }

// Inspect says what is in a bundle, and reads all of it to see that it is whole, not made by a newer Bellhop,
// and, unless passphrase is empty, that its secrets can be read. Invalid, with what to do, if not; Conflict
// if it takes a newer Bellhop.
func Inspect(ctx context.Context, path, passphrase string) (Contents, error) {
	a, err := openArchive(path)
	if err != nil {
		return Contents{}, err
	}
	defer func() { _ = a.Close() }() // it was only read
	if a.Secrets && passphrase != "" {
		if _, err := a.secrets(ctx, passphrase); err != nil {
			return Contents{}, err
		}
	}
	for _, part := range a.Parts {
		if err := a.copy(ctx, io.Discard, part); err != nil {
			return Contents{}, err
		}
	}
	return a.Contents, nil
}

func openArchive(path string) (*archive, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, engine.Wrap(err, engine.NotFound, "There is no file %s.", path)
	}
	if err != nil {
		return nil, cannotRead(err, path)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = notOurs(path)
	}
	var a *archive
	if err == nil {
		a, err = readArchive(f, info.Size(), path)
	}
	if err != nil {
		_ = f.Close() // the first error is the one to tell
		if _, ok := errors.AsType[*engine.Error](err); !ok {
			err = cannotRead(err, path)
		}
		return nil, err
	}
	a.file = f
	return a, nil
}

// readArchive reads the contents and compares them with what the archive's own directory says. Both may
// have been written by anybody.
func readArchive(from io.ReaderAt, size int64, path string) (*archive, error) {
	z, err := zip.NewReader(from, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		var start [4]byte
		if n, _ := from.ReadAt(start[:], 0); n == len(start) && string(start[:]) == "PK\x03\x04" {
			return nil, damaged(path)
		}
		return nil, notOurs(path)
	}
	a := &archive{path: path, parts: map[string]*zip.File{}}
	packed := uint64(0)
	for _, f := range z.File {
		if a.parts[f.Name] != nil || f.Method != zip.Deflate && f.Method != zip.Store {
			return nil, notOurs(path)
		}
		a.parts[f.Name] = f
		// Parts that lie one over the other could be endlessly many.
		if packed += f.CompressedSize64; packed > uint64(size) || f.CompressedSize64 > uint64(size) {
			return nil, damaged(path)
		}
	}
	if err := a.readContents(); err != nil {
		return nil, err
	}
	return a, a.agree()
}

func (a *archive) readContents() error {
	f := a.parts[contentsName]
	if f == nil || f.UncompressedSize64 > largestContents {
		return notOurs(a.path)
	}
	delete(a.parts, contentsName)
	r, err := f.Open()
	if err != nil {
		return damaged(a.path)
	}
	defer func() { _ = r.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(r, largestContents))
	if err != nil {
		return damaged(a.path)
	}
	// Of a newer form only this much can be relied on.
	var newer struct {
		Format  int
		Version string
	}
	if err := json.Unmarshal(text, &newer); err != nil || newer.Format < 1 {
		return notOurs(a.path)
	}
	if newer.Format > format {
		return a.newer(newer.Version)
	}
	if err := json.Unmarshal(text, &a.Contents); err != nil {
		return notOurs(a.path)
	}
	if a.Form > sqlite.Form() {
		return a.newer(a.Version)
	}
	return nil
}

func (a *archive) newer(version string) error {
	return engine.Errorf(engine.Conflict, "%s was made by a newer Bellhop (%s). Nothing was changed. Install the newest Bellhop on this computer and try again.",
		filepath.Base(a.path), version)
}

// agree says whether the parts are those of the contents, no more and no fewer.
func (a *archive) agree() error {
	if len(a.Parts) != len(a.parts) {
		return damaged(a.path)
	}
	named := map[string]bool{}
	for _, p := range a.Parts {
		f := a.parts[p.Name]
		if f == nil || named[p.Name] || p.Bytes < 0 || uint64(p.Bytes) != f.UncompressedSize64 || p.Bytes > largest(p.Name) {
			return damaged(a.path)
		}
		if !partName.MatchString(p.Name) {
			return notOurs(a.path)
		}
		named[p.Name] = true
	}
	if !named[databaseName] || named[secretsName] != a.Secrets {
		return damaged(a.path)
	}
	return nil
}

// largest is how many bytes a part may have.
func largest(name string) int64 {
	switch {
	case name == secretsName:
		return largestSecrets
	case filepath.Dir(name) == connectorsName:
		return largestConnector
	default:
		return 1 << 50
	}
}

// copy writes a part out, and fails unless it is what the contents say.
func (a *archive) copy(ctx context.Context, to io.Writer, part Part) error {
	r, err := a.parts[part.Name].Open()
	if err != nil {
		return damaged(a.path)
	}
	defer func() { _ = r.Close() }() // it was only read
	hash := sha256.New()
	out := &noting{Writer: to}
	n, err := io.Copy(io.MultiWriter(out, hash), io.LimitReader(contextReader{ctx, r}, part.Bytes+1))
	switch {
	case out.err != nil:
		return out.err
	case ctx.Err() != nil:
		return err
	case err != nil || n != part.Bytes || hex.EncodeToString(hash.Sum(nil)) != part.SHA256:
		return damaged(a.path)
	}
	return nil
}

// noting remembers an error of writing, to tell it from one of reading.
type noting struct {
	io.Writer
	err error
}

func (n *noting) Write(p []byte) (int, error) {
	k, err := n.Writer.Write(p)
	n.err = err
	return k, err
}

// secrets returns the secrets; none if there are none in the bundle.
func (a *archive) secrets(ctx context.Context, passphrase string) (map[string]map[string]string, error) {
	for _, part := range a.Parts {
		if part.Name == secretsName {
			var sealed bytes.Buffer
			if err := a.copy(ctx, &sealed, part); err != nil {
				return nil, err
			}
			return unseal(sealed.Bytes(), passphrase, a.path)
		}
	}
	return nil, nil
}
