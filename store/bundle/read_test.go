package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/store/sqlite"
)

// forged makes a bundle of parts in this order, with contents that agree with them unless change makes them lie.
func forged(t testing.TB, parts [][2]string, change func(*Contents)) []byte {
	t.Helper()
	c := &Contents{Format: format, Version: "1.0", Form: sqlite.Form()}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.Create(p[0])
		require.NoError(t, err)
		_, err = w.Write([]byte(p[1]))
		require.NoError(t, err)
		hash := sha256.Sum256([]byte(p[1]))
		c.Parts = append(c.Parts, Part{p[0], int64(len(p[1])), hex.EncodeToString(hash[:])})
	}
	if change != nil {
		change(c)
	}
	text, err := json.Marshal(c)
	require.NoError(t, err)
	w, err := z.Create(contentsName)
	require.NoError(t, err)
	_, err = w.Write(text)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// TestFilesThatAreRefused: each is told for what it is, and nothing of it gets into the data folder.
func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	data := [2]string{databaseName, "data"}
	good := forged(t, [][2]string{data}, nil)
	flipped := bytes.Clone(good)
	flipped[30+len(databaseName)+2] ^= 1 // behind the zip's own head of the first part
	for name, test := range map[string]struct {
		file []byte
		code engine.Code
		says string
	}{
		"a letter":            {[]byte("Dear Sir or Madam"), engine.Invalid, "no file of Bellhop's"},
		"empty":               {nil, engine.Invalid, "no file of Bellhop's"},
		"cut off":             {good[:len(good)-40], engine.Invalid, "cut off or damaged"},
		"cut in the middle":   {good[:len(good)/3], engine.Invalid, "cut off or damaged"},
		"another zip":         {foreignZip(t), engine.Invalid, "no file of Bellhop's"},
		"other content":       {flipped, engine.Invalid, "damaged"},
		"newer format":        {forged(t, [][2]string{data}, func(c *Contents) { c.Format, c.Version = 2, "7.0" }), engine.Conflict, "newer Bellhop (7.0)"},
		"newer data":          {forged(t, [][2]string{data}, func(c *Contents) { c.Form = 9999 }), engine.Conflict, "newer Bellhop"},
		"no format":           {forged(t, [][2]string{data}, func(c *Contents) { c.Format = 0 }), engine.Invalid, "no file of Bellhop's"},
		"no data":             {forged(t, nil, nil), engine.Invalid, "damaged"},
		"wrong hash":          {forged(t, [][2]string{data}, func(c *Contents) { c.Parts[0].SHA256 = hex.EncodeToString(make([]byte, 32)) }), engine.Invalid, "damaged"},
		"wrong size":          {forged(t, [][2]string{data}, func(c *Contents) { c.Parts[0].Bytes = 3 }), engine.Invalid, "damaged"},
		"a part not told of":  {forged(t, [][2]string{data, {"bodies/abc", "x"}}, func(c *Contents) { c.Parts = c.Parts[:1] }), engine.Invalid, "damaged"},
		"a part that is not":  {forged(t, [][2]string{data}, func(c *Contents) { c.Parts = append(c.Parts, Part{Name: "bodies/abc"}) }), engine.Invalid, "damaged"},
		"a part twice":        {forged(t, [][2]string{data, data}, nil), engine.Invalid, "no file of Bellhop's"},
		"told of twice":       {forged(t, [][2]string{data, {"bodies/abc", "data"}}, func(c *Contents) { c.Parts[1] = c.Parts[0] }), engine.Invalid, "damaged"},
		"secrets not told of": {forged(t, [][2]string{data, {secretsName, "x"}}, nil), engine.Invalid, "damaged"},
		"no secrets":          {forged(t, [][2]string{data}, func(c *Contents) { c.Secrets = true }), engine.Invalid, "damaged"},
		"no encryption":       {forged(t, [][2]string{data, {secretsName, "x"}}, func(c *Contents) { c.Secrets = true }), engine.Invalid, "damaged"},
		"out of the folder":   {forged(t, [][2]string{data, {"connectors/../../evil.yaml", "x"}}, nil), engine.Invalid, "no file of Bellhop's"},
		"from the root":       {forged(t, [][2]string{data, {"/etc/evil.yaml", "x"}}, nil), engine.Invalid, "no file of Bellhop's"},
		"another drive":       {forged(t, [][2]string{data, {`connectors/C:\evil.yaml`, "x"}}, nil), engine.Invalid, "no file of Bellhop's"},
		"a hidden one":        {forged(t, [][2]string{data, {"connectors/.evil.yaml", "x"}}, nil), engine.Invalid, "no file of Bellhop's"},
		"a lock of ours":      {forged(t, [][2]string{data, {"engine.lock", "x"}}, nil), engine.Invalid, "no file of Bellhop's"},
		"a huge connector":    {forged(t, [][2]string{data, {"connectors/a.yaml", string(make([]byte, largestConnector+1))}}, nil), engine.Invalid, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, path := t.TempDir(), filepath.Join(t.TempDir(), "x.bellhop")
			require.NoError(t, os.WriteFile(path, test.file, 0o600))
			_, err := Inspect(t.Context(), path, passphrase)
			require.Equal(t, test.code, engine.ErrorCode(err))
			require.ErrorContains(t, err, test.says)
			_, err = Prepare(t.Context(), restoring(dir, path))
			require.Error(t, err)
			require.Empty(t, files(t, dir))
			require.False(t, Pending(dir))
		})
	}
	_, err := Inspect(t.Context(), filepath.Join(t.TempDir(), "none.bellhop"), "")
	require.Equal(t, engine.NotFound, engine.ErrorCode(err))
	_, err = Inspect(t.Context(), t.TempDir(), "")
	require.Equal(t, engine.Invalid, engine.ErrorCode(err))
}

func foreignZip(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("holiday.jpg")
	require.NoError(t, err)
	_, err = w.Write([]byte("jpg"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

// TestABombIsNotUnpacked: a small file that says it holds more than the disk has room for, and one whose parts
// are larger than they say.
func TestABombIsNotUnpacked(t *testing.T) {
	t.Parallel()
	bomb := func(says uint64) string {
		path := filepath.Join(t.TempDir(), "bomb.bellhop")
		f, err := os.Create(path)
		require.NoError(t, err)
		z := zip.NewWriter(f)
		var packed bytes.Buffer
		inner := zip.NewWriter(&packed)
		w, err := inner.Create("x")
		require.NoError(t, err)
		_, err = w.Write(make([]byte, 1<<20))
		require.NoError(t, err)
		require.NoError(t, inner.Close())
		r, err := zip.NewReader(bytes.NewReader(packed.Bytes()), int64(packed.Len()))
		require.NoError(t, err)
		raw, err := r.File[0].OpenRaw()
		require.NoError(t, err)
		content, err := io.ReadAll(raw)
		require.NoError(t, err)
		w, err = z.CreateRaw(&zip.FileHeader{Name: databaseName, Method: zip.Deflate, CompressedSize64: uint64(len(content)), UncompressedSize64: says, CRC32: r.File[0].CRC32})
		require.NoError(t, err)
		_, err = w.Write(content)
		require.NoError(t, err)
		w, err = z.Create(contentsName)
		require.NoError(t, err)
		hash := sha256.Sum256(make([]byte, 1<<20))
		require.NoError(t, json.NewEncoder(w).Encode(Contents{Format: format, Parts: []Part{{databaseName, int64(says), hex.EncodeToString(hash[:])}}}))
		require.NoError(t, z.Close())
		require.NoError(t, f.Close())
		return path
	}
	dir := t.TempDir()
	_, err := Prepare(t.Context(), restoring(dir, bomb(1<<49)))
	require.ErrorContains(t, err, "no room")
	_, err = Prepare(t.Context(), restoring(dir, bomb(1<<10)))
	require.ErrorContains(t, err, "damaged")
	require.Empty(t, files(t, dir))
}

// FuzzRead: whatever the file, reading it ends with a sentence, and no part has a name that leads elsewhere.
func FuzzRead(f *testing.F) {
	f.Add(forged(f, [][2]string{{databaseName, "data"}}, nil))
	f.Add(forged(f, [][2]string{{databaseName, "data"}, {"connectors/../x.yaml", "x"}, {secretsName, "x"}}, func(c *Contents) { c.Secrets = true }))
	f.Add(foreignZip(f))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := readArchive(bytes.NewReader(file), int64(len(file)), "x.bellhop")
		if err == nil && a.Bytes() < 1<<22 {
			for _, p := range a.Parts {
				require.True(t, filepath.IsLocal(filepath.FromSlash(p.Name)))
				if err = a.copy(context.Background(), io.Discard, p); err != nil {
					break
				}
			}
		}
		if err != nil {
			require.NotEqual(t, engine.Internal, engine.ErrorCode(err))
		}
	})
}
