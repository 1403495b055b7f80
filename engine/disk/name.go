package disk

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"bellhop/engine"
)

const (
	// longestName is how many bytes one part of a path may have: what every common file system takes.
	longestName = 255
	// longestPath and deepest bound a whole path below a folder.
	longestPath = 1024
	deepest     = 16
)

// reserved are names that mean a device on Windows, with any ending. They are refused everywhere, so that
// a folder can be shared between computers. Source: Microsoft, "Naming Files, Paths, and Namespaces".
var reserved = func() map[string]bool {
	names := map[string]bool{"con": true, "prn": true, "aux": true, "nul": true, "conin$": true, "conout$": true}
	for _, device := range []string{"com", "lpt"} {
		for _, number := range []string{"0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "¹", "²", "³"} {
			names[device+number] = true
		}
	}
	return names
}()

// Name checks the path of a file below a folder, which may come from outside, and returns it with
// slashes. It stays within the folder and means the same on every system. The error has the code Invalid.
func Name(given string) (string, error) {
	name := strings.ReplaceAll(given, `\`, "/")
	switch {
	case strings.TrimSpace(name) == "":
		return "", engine.Errorf(engine.Invalid, "The file has no name. Write one, such as orders.csv.")
	case !utf8.ValidString(name):
		return "", badName(given, "it is no text")
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':':
		return "", badName(given, "it begins elsewhere. Write a name within the folder, such as 2026/orders.csv")
	case len(name) > longestPath:
		return "", badName(given, "it is too long")
	}
	parts := strings.Split(name, "/")
	if len(parts) > deepest {
		return "", badName(given, "it goes through too many folders")
	}
	for _, part := range parts {
		if why := wrongPart(part); why != "" {
			return "", badName(given, why)
		}
	}
	return path.Join(parts...), nil
}

// wrongPart says why a part of a path cannot be; "" if it can.
func wrongPart(part string) string {
	switch {
	case part == "":
		return "two slashes follow each other, or it ends with one"
	case strings.Trim(part, ".") == "":
		return "it leads out of the folder"
	case part[0] == '.':
		return "names that begin with a dot are hidden files, which programs read by themselves"
	case part != strings.TrimSpace(part), strings.HasSuffix(part, "."):
		return "a name cannot begin or end with a space, or end with a dot"
	case len(part) > longestName:
		return "it is too long"
	case strings.ContainsFunc(part, forbidden):
		return `a name has none of < > : " | ? * and no signs that cannot be seen`
	}
	stem, _, _ := strings.Cut(strings.ToLower(part), ".")
	if reserved[strings.TrimSpace(stem)] {
		return "Windows keeps this name for a device"
	}
	return ""
}

// forbidden are the signs that Windows does not take, those that cannot be seen, and those that turn the
// direction of writing, by which a name looks like another.
func forbidden(r rune) bool {
	return strings.ContainsRune(`<>:"|?*`, r) || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) ||
		r == '\u2028' || r == '\u2029' || r == '\ufeff' || r == utf8.RuneError
}

func badName(given, why string) error {
	shown := []rune(strings.ToValidUTF8(given, "\uFFFD"))
	if len(shown) > 80 {
		shown = append(shown[:80], '…')
	}
	return engine.Errorf(engine.Invalid, "%q cannot be the name of a file: %s. Nothing was written.", string(shown), why)
}
