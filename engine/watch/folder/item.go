package folder

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"
	"unicode/utf8"

	"bellhop/engine/disk"
	"bellhop/engine/poll"
)

// fileReader opens files of the folder; *os.Root does.
type fileReader interface {
	Open(name string) (*os.File, error)
}

// event is what pills see as `trigger`.
type event struct {
	Change Change `json:"change"`
	Name   string `json:"name"`
	// Path is the whole one, Folder that of the folder that the file is in, File the path below the folder
	// that is watched, with slashes: what a step that writes can be given.
	Path   string `json:"path"`
	Folder string `json:"folder"`
	File   string `json:"file"`
	// Before is the path below the folder that a renamed file had.
	Before   string `json:"before"`
	Size     int64  `json:"size"`
	Modified string `json:"modified"`
	// Text is that of a small file, "" of others.
	Text string `json:"text"`
}

// item makes the event of a change.
func (s *source) item(root fileReader, place disk.Place, t told, now time.Time) (poll.Item, error) {
	whole := filepath.Join(place.Path(), filepath.FromSlash(t.name))
	e := event{
		Change: t.change, Name: path.Base(t.name), Path: whole, Folder: filepath.Dir(whole), File: t.name, Before: t.before,
		Size: t.Size, Modified: time.Unix(0, t.Modified).UTC().Format(time.RFC3339),
	}
	if s.text && t.change != Removed && t.Size <= largestText {
		e.Text = read(root, t.name)
	}
	body, err := json.Marshal(e)
	return poll.Item{Key: key(t, now), Body: body, ContentType: "application/json"}, err
}

// read returns a small file's text; "" if it is none, or has gone.
func read(root fileReader, name string) string {
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, largestText+1))
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if err != nil || len(data) > largestText || !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return ""
	}
	return string(data)
}

func sortOldestFirst(list []told) {
	slices.SortFunc(list, func(a, b told) int {
		return cmp.Or(cmp.Compare(a.Modified, b.Modified), cmp.Compare(a.name, b.name))
	})
}
