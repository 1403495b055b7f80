package main

import (
	"encoding/xml"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/require"
)

const packaging = "../assets/package/"

// fyneApp is the part of FyneApp.toml that packages say once more.
type fyneApp struct {
	Details     struct{ Name, ID, Version string }
	LinuxAndBSD struct {
		GenericName, Comment string
		Categories, Keywords []string
	}
}

func readFyneApp(t *testing.T) (told fyneApp) {
	t.Helper()
	_, err := toml.DecodeFile("../FyneApp.toml", &told)
	require.NoError(t, err)
	return told
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(content)
}

// desktopEntry reads a desktop entry: group → key → value.
func desktopEntry(t *testing.T, path string) map[string]map[string]string {
	t.Helper()
	groups := map[string]map[string]string{}
	var group map[string]string
	for line := range strings.Lines(readFile(t, path)) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "["); ok {
			group = map[string]string{}
			groups[strings.TrimSuffix(name, "]")] = group
		} else if key, value, ok := strings.Cut(line, "="); ok {
			require.NotContains(t, group, key)
			group[key] = value
		}
	}
	return groups
}

// list splits what a desktop entry lists; each member ends in a semicolon.
func list(t *testing.T, value string) []string {
	t.Helper()
	require.True(t, strings.HasSuffix(value, ";"), value)
	return strings.Split(strings.TrimSuffix(value, ";"), ";")
}

func TestDesktopEntryAgreesWithTheProgram(t *testing.T) {
	told := readFyneApp(t)
	groups := desktopEntry(t, packaging+"linux/"+told.Details.ID+".desktop")
	entry := groups["Desktop Entry"]
	require.Equal(t, told.Details.Name, entry["Name"])
	require.Equal(t, told.Details.ID, entry["Icon"])
	require.Contains(t, readFile(t, "native.go"), `windowClass = "`+entry["StartupWMClass"]+`"`, "by this panels know the window")
	require.Equal(t, told.LinuxAndBSD.GenericName, entry["GenericName"])
	require.Equal(t, told.LinuxAndBSD.Comment, entry["Comment"])
	require.Equal(t, told.LinuxAndBSD.Categories, list(t, entry["Categories"]))
	require.Equal(t, told.LinuxAndBSD.Keywords, list(t, entry["Keywords"]))

	actions := list(t, entry["Actions"])
	require.Len(t, groups, 1+len(actions), "every action is listed")
	for _, action := range actions {
		require.NotEmpty(t, groups["Desktop Action "+action]["Name"])
	}
	for name, group := range groups {
		words := strings.Fields(group["Exec"])
		require.Equal(t, "bellhop", words[0])
		root := (&cli{out: &printer{Writer: io.Discard}}).root()
		called, rest, err := root.Find(words[1:])
		require.NoError(t, err, name)
		require.NoError(t, called.ParseFlags(rest), name)
		require.NoError(t, called.ValidateArgs(called.Flags().Args()), name)
	}
}

func TestMetainfoAgreesWithTheProgram(t *testing.T) {
	told := readFyneApp(t)
	var component struct {
		ID         string   `xml:"id"`
		Name       string   `xml:"name"`
		Launchable string   `xml:"launchable"`
		Icon       string   `xml:"icon"`
		Categories []string `xml:"categories>category"`
		Keywords   []string `xml:"keywords>keyword"`
		Release    struct {
			Version string `xml:"version,attr"`
		} `xml:"releases>release"`
	}
	require.NoError(t, xml.Unmarshal([]byte(readFile(t, packaging+"linux/"+told.Details.ID+".metainfo.xml")), &component))
	require.Equal(t, told.Details.ID, component.ID)
	require.Equal(t, told.Details.Name, component.Name)
	require.Equal(t, told.Details.ID+".desktop", component.Launchable)
	require.Equal(t, told.Details.ID, component.Icon)
	require.Equal(t, told.LinuxAndBSD.Categories, component.Categories)
	require.Equal(t, told.LinuxAndBSD.Keywords, component.Keywords)
	require.Equal(t, "@VERSION@", component.Release.Version)
}

func TestInfoPlistAgreesWithTheProgram(t *testing.T) {
	told := readFyneApp(t)
	keys := map[string]string{}
	for _, pair := range regexp.MustCompile(`<key>(\w+)</key>\s*<string>([^<]*)</string>`).FindAllStringSubmatch(readFile(t, packaging+"macos/Info.plist"), -1) {
		keys[pair[1]] = pair[2]
	}
	require.Equal(t, told.Details.ID, keys["CFBundleIdentifier"])
	require.Equal(t, told.Details.Name, keys["CFBundleName"])
	require.Equal(t, told.Details.Name, keys["CFBundleDisplayName"])
	require.Equal(t, "@VERSION@", keys["CFBundleShortVersionString"])
	require.Equal(t, "@VERSION@", keys["CFBundleVersion"])
}

func TestWindowsResourcesAgreeWithTheProgram(t *testing.T) {
	told := readFyneApp(t)
	resources := readFile(t, packaging+"windows/bellhop.rc")
	values := map[string]string{}
	for _, pair := range regexp.MustCompile(`VALUE "(\w+)", "([^"]*)"`).FindAllStringSubmatch(resources, -1) {
		values[pair[1]] = pair[2]
	}
	require.Equal(t, told.Details.Name, values["ProductName"])
	require.Equal(t, "@VERSION@", values["FileVersion"])
	require.Regexp(t, `(?m)^FILEVERSION @VERSION_COMMAS@,0$`, resources)
	require.Contains(t, readFile(t, packaging+"windows/bellhop.manifest"), `name="`+told.Details.ID+`"`)
}

// A version is what packages can be ordered by, on every system: three numbers.
func TestVersionIsThreeNumbers(t *testing.T) {
	require.Regexp(t, `^\d+\.\d+\.\d+$`, readFyneApp(t).Details.Version)
}

// The script that removes what install.sh has installed knows each file that an archive brings; what the
// archive holds is written down in .ci/package/make.
func TestUninstallKnowsWhatIsInstalled(t *testing.T) {
	made, removes := readFile(t, "../.ci/package/make"), readFile(t, packaging+"linux/uninstall.sh")
	targets := regexp.MustCompile(`"\$2/share/([^"]+)"`).FindAllStringSubmatch(made, -1)
	require.Greater(t, len(targets), 6)
	for _, target := range targets {
		switch path := target[1]; {
		case strings.HasPrefix(path, "doc/bellhop/"):
			require.Contains(t, removes, `"$share"/doc/bellhop/*`)
		case path == "icons/":
			require.Contains(t, removes, `icons/hicolor/*/apps/app.bellhop.Bellhop.png`)
		case strings.HasSuffix(path, "/"):
			require.Contains(t, removes, path+"app.bellhop.Bellhop")
		case path == "icons/hicolor/scalable/apps":
		default:
			require.Contains(t, removes, path)
		}
	}
}
