package disk_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
	"bellhop/engine/disk"
)

func TestNamesThatLeadAstray(t *testing.T) {
	for what, name := range map[string]string{
		"empty":                   "",
		"blank":                   "  ",
		"parent":                  "..",
		"parent of a folder":      "a/../../b.txt",
		"parent with dots":        "a/.../b.txt",
		"parent, Windows":         `..\..\b.txt`,
		"here":                    "./a.txt",
		"absolute":                "/etc/passwd",
		"absolute, Windows":       `\Windows\win.ini`,
		"drive":                   `C:\Windows\win.ini`,
		"drive, relative":         "c:win.ini",
		"share":                   `\\server\share\a.txt`,
		"device path":             `\\?\C:\a.txt`,
		"NUL byte":                "a\x00.txt",
		"line break":              "a\nb.txt",
		"delete":                  "a\x7f.txt",
		"no text":                 "a\xff.txt",
		"stream":                  "a.txt:hidden",
		"wildcard":                "a*.txt",
		"quote":                   `a".txt`,
		"pipe":                    "a|b",
		"device":                  "NUL",
		"device with an ending":   "con.txt",
		"device with a space":     "aux .txt",
		"device in a folder":      "a/COM1.csv",
		"device as a folder":      "prn/a.csv",
		"device with a small 1":   "com¹",
		"console":                 "CONOUT$",
		"ends with a dot":         "a.txt.",
		"ends with a space":       "a.txt ",
		"begins with a space":     " a.txt",
		"hidden":                  ".bashrc",
		"hidden folder":           ".ssh/authorized_keys",
		"two slashes":             "a//b.txt",
		"ends with a slash":       "a/",
		"turned direction":        "invoice\u202efdp.exe",
		"long":                    strings.Repeat("a", 256),
		"long path":               strings.Repeat("aaaaaaa/", 200) + "b",
		"deep":                    strings.Repeat("a/", 20) + "b",
		"long in bytes not runes": strings.Repeat("ü", 128),
	} {
		t.Run(what, func(t *testing.T) {
			got, err := disk.Name(name)
			require.Equal(t, engine.Invalid, engine.ErrorCode(err), "%q became %q", name, got)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestNames(t *testing.T) {
	for given, want := range map[string]string{
		"orders.csv":            "orders.csv",
		"2026/11/orders.csv":    "2026/11/orders.csv",
		`2026\orders.csv`:       "2026/orders.csv",
		"Bestellungen für Zoë":  "Bestellungen für Zoë",
		"注文.csv":                "注文.csv",
		"Order #1001 (new).txt": "Order #1001 (new).txt",
		"console.txt":           "console.txt",
		"com10.txt":             "com10.txt",
		"a..b":                  "a..b",
	} {
		got, err := disk.Name(given)
		require.NoError(t, err, given)
		require.Equal(t, want, got)
	}
}

func FuzzNames(f *testing.F) {
	for _, seed := range []string{"a", "../a", `..\a`, "a/../../b", "C:a", "/a", "a\x00", "con", "a/b/c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, given string) {
		name, err := disk.Name(given)
		if err != nil {
			return
		}
		require.True(t, filepath.IsLocal(filepath.FromSlash(name)), name)
		again, err := disk.Name(name)
		require.NoError(t, err)
		require.Equal(t, name, again)
	})
}

func of(folders ...string) disk.Disk { return disk.Disk{Folders: func() []string { return folders }} }

func TestPlaces(t *testing.T) {
	d := of("/data/one", "/data/two", "/data/one/deeper")
	for given, want := range map[string]disk.Place{
		"":                       {Chosen: "/data/one", Below: "."},
		"in":                     {Chosen: "/data/one", Below: "in"},
		"/data/two":              {Chosen: "/data/two", Below: "."},
		"/data/two/a/b":          {Chosen: "/data/two", Below: "a/b"},
		"/data/two/a/../b":       {Chosen: "/data/two", Below: "b"},
		"/data/one/deeper/still": {Chosen: "/data/one/deeper", Below: "still"},
	} {
		got, err := d.Place(given)
		require.NoError(t, err, given)
		require.Equal(t, want, got)
	}
	for _, given := range []string{"/data", "/data/onetwo", "/etc", "/", "/data/one/../three", "../one", "/data/two/../../etc"} {
		_, err := d.Place(given)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), given)
	}
	_, err := of().Place("")
	require.ErrorContains(t, err, "bellhop folders add")
}

func TestLinksThatLeadOutAreNotFollowed(t *testing.T) {
	chosen, outside := t.TempDir(), t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(chosen, "link")))
	require.NoError(t, os.Mkdir(filepath.Join(outside, "a"), 0o755))
	for _, folder := range []string{"link", "link/a", filepath.Join(chosen, "link", "a")} {
		place, err := of(chosen).Place(folder)
		require.NoError(t, err)
		for _, create := range []bool{false, true} {
			root, err := place.Open(create)
			require.Error(t, err, folder)
			require.Nil(t, root)
		}
	}
}

func TestFoldersAreMade(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	gone, err := of(filepath.Join(home, "usb")).Place("")
	require.NoError(t, err)
	_, err = gone.Open(true)
	require.ErrorIs(t, err, os.ErrNotExist, "a disk that is not connected is not made up")

	chosen := disk.Usual()[0]
	place, err := of(chosen).Place("a/b")
	require.NoError(t, err)
	_, err = place.Open(false)
	require.ErrorIs(t, err, os.ErrNotExist)
	root, err := place.Open(true)
	require.NoError(t, err)
	require.NoError(t, root.Close())
	require.DirExists(t, filepath.Join(chosen, "a", "b"))
}

func TestChoosingFolders(t *testing.T) {
	folder := t.TempDir()
	got, err := disk.Choose(folder + "/.")
	require.NoError(t, err)
	require.Equal(t, folder, got)
	file := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for _, wrong := range []string{"", "/", file, filepath.Join(folder, "none"), "a\x00b"} {
		_, err := disk.Choose(wrong)
		require.Equal(t, engine.Invalid, engine.ErrorCode(err), wrong)
	}
}

func TestFoldersKept(t *testing.T) {
	t.Setenv("HOME", "/home/ana")
	folders, err := disk.Parse("")
	require.NoError(t, err)
	require.Equal(t, []string{"/home/ana/Documents/Bellhop"}, folders)
	kept, err := json.Marshal([]string{"/a b", "/ü"})
	require.NoError(t, err)
	folders, err = disk.Parse(string(kept))
	require.NoError(t, err)
	require.Equal(t, []string{"/a b", "/ü"}, folders)
	folders, err = disk.Parse("[]")
	require.NoError(t, err)
	require.Empty(t, folders)
	_, err = disk.Parse("{")
	require.Error(t, err)
}
