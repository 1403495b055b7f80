package folder

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"

	"bellhop/engine"
)

// mostFiles is how many files a folder may have that is watched.
var mostFiles = 100_000 // tests have fewer

// stand is how a file stands: enough to see that it has changed.
type stand struct {
	Size int64 `json:"s"`
	// Modified is in nanoseconds since 1970.
	Modified int64 `json:"m"`
}

// scan looks through the folder and returns how each file stands, by its path below the folder with slashes.
// Links to files count as the files, links to folders are not followed: they may lead in a ring.
func (s *source) scan(ctx context.Context, root *os.Root) (map[string]stand, error) {
	files := map[string]stand{}
	err := fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && name == ".":
			return err
		case errors.Is(err, fs.ErrNotExist):
			return nil // it went meanwhile
		case err != nil:
			// Without what is in there, all of it would seem removed.
			return engine.Wrap(err, engine.Unavailable, "%s cannot be looked at: %s. Let Bellhop read it, or watch another folder.", s.shown(name), engine.Cause(err))
		case name == ".":
			return nil
		case d.IsDir():
			if !s.below || passed(d.Name(), "") {
				return fs.SkipDir
			}
			return nil
		case !s.fits(d.Name()):
			return nil
		}
		info, err := root.Stat(name) // what a link leads to, if that is within the folder
		if err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if len(files) == mostFiles {
			return engine.Errorf(engine.Invalid, "%s has more than %d files, which is too many to watch. Watch a folder within it, leave out subfolders, or give a pattern for names.", s.shown("."), mostFiles)
		}
		files[name] = stand{info.Size(), info.ModTime().UnixNano()}
		return nil
	})
	return files, err
}

// fits says whether a file of that name is watched.
func (s *source) fits(name string) bool {
	if s.only != "" {
		return name == s.only
	}
	if len(s.patterns) == 0 {
		return !passed(name, "")
	}
	for _, pattern := range s.patterns {
		if ok, _ := path.Match(pattern, strings.ToLower(name)); ok && !passed(name, pattern) {
			return true
		}
	}
	return false
}

// passed says whether a file or folder is left out though its name fits: those that are hidden, and what
// programs leave beside the files they work on. A pattern that begins or ends like them means them.
func passed(name, pattern string) bool {
	lower := strings.ToLower(name)
	for _, begin := range []string{".", "~$"} {
		if strings.HasPrefix(lower, begin) {
			return !strings.HasPrefix(pattern, begin)
		}
	}
	for _, end := range []string{".tmp", ".part", ".partial", ".crdownload", ".download", "~"} {
		if strings.HasSuffix(lower, end) {
			return !strings.HasSuffix(pattern, end)
		}
	}
	return lower == "thumbs.db" || lower == "desktop.ini"
}
