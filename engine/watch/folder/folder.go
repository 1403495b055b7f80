// Package folder watches a folder of this computer, or one file, for triggers that start a run for each
// file that is new, changed, renamed or removed. It looks: what the system tells of changes gets lost on
// network drives, in large folders and while Bellhop does not run.
package folder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
	"bellhop/engine/disk"
	"bellhop/engine/mapping"
	"bellhop/engine/poll"
)

// The fields of a trigger with the watch engine.WatchFolder.
const (
	fieldFolder = "folder"
	// fieldFile is the name of the one file to watch; empty means all.
	fieldFile = "file"
	// fieldChanges are the changes to tell, a list of Change; empty means Added.
	fieldChanges = "changes"
	// fieldBelow is true if folders within count too.
	fieldBelow = "subfolders"
	// fieldPattern are patterns of names, such as `*.csv, *.xlsx`.
	fieldPattern = "pattern"
	// fieldText is true if the text of small files comes along.
	fieldText = "with_text"
)

// largestText is how large a file may be whose text comes along, in bytes.
const largestText = 256 << 10

// New returns the factory of watched folders, which are among those that the user chose.
func New(d disk.Disk) poll.Factory {
	return func(t poll.Trigger) (poll.Source, error) {
		s := &source{disk: d, folder: text(t, fieldFolder), below: yes(t, fieldBelow), text: yes(t, fieldText)}
		if name := text(t, fieldFile); name != "" {
			clean, err := disk.Name(name)
			if err != nil {
				return nil, err
			}
			// The one file of a folder, which is looked at alone.
			s.folder, s.only, s.below = path.Join(filepath.ToSlash(s.folder), path.Dir(clean)), path.Base(clean), false
			if s.folder == "." {
				s.folder = ""
			}
		}
		for _, pattern := range strings.FieldsFunc(text(t, fieldPattern), func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
			pattern = strings.ToLower(strings.TrimSpace(pattern))
			if _, err := path.Match(pattern, ""); err != nil || strings.ContainsAny(pattern, `/\`) {
				return nil, engine.Errorf(engine.Invalid, "%q is no pattern for names. Write one such as *.csv, where * stands for anything.", pattern)
			}
			if pattern != "" {
				s.patterns = append(s.patterns, pattern)
			}
		}
		for _, c := range list(t, fieldChanges) {
			if !slices.Contains([]Change{Added, Changed, Renamed, Removed}, Change(c)) {
				return nil, engine.Errorf(engine.Invalid, "%q is no change of a file. It is one of: new, changed, renamed, removed.", c)
			}
			s.changes = append(s.changes, Change(c))
		}
		if s.changes == nil {
			s.changes = []Change{Added}
		}
		return s, nil
	}
}

// value returns a field of the trigger, or its default.
func value(t poll.Trigger, name string) any {
	if v := t.With[name]; v != nil && v != "" {
		return v
	}
	f, _ := t.Operation.Field(name)
	return f.Default
}

func text(t poll.Trigger, name string) string { return strings.TrimSpace(mapping.Text(value(t, name))) }

func yes(t poll.Trigger, name string) bool {
	v := value(t, name)
	return v == true || v == "true"
}

func list(t poll.Trigger, name string) []string {
	var texts []string
	switch v := value(t, name).(type) {
	case []any:
		for _, one := range v {
			texts = append(texts, mapping.Text(one))
		}
	case string:
		texts = strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' || r == '|' })
	}
	return texts
}

// source is a folder that is watched.
type source struct {
	disk     disk.Disk
	folder   string
	only     string // the one file that is watched; "" for all
	below    bool
	text     bool
	patterns []string // in lower case
	changes  []Change

	// What the last look left, so that a large folder's state need not be read again and again.
	kept  string
	known map[string]entry
}

// Look goes through the folder once.
func (s *source) Look(ctx context.Context, look poll.Look) (poll.Found, error) {
	place, err := s.disk.Place(s.folder)
	if err != nil {
		return poll.Found{}, err
	}
	root, err := place.Open(false)
	if err != nil {
		return poll.Found{}, missing(place, err)
	}
	defer func() { _ = root.Close() }() // nothing is written
	now, err := s.scan(ctx, root)
	if err != nil {
		if engine.ErrorCode(err) != engine.Internal {
			return poll.Found{}, err
		}
		return poll.Found{}, missing(place, err)
	}
	if look.State == "" {
		return s.first(look, root, place, now)
	}
	known, err := s.last(look.State)
	if err != nil {
		return poll.Found{}, err
	}
	if look.Quiet {
		// What came while the recipe was off is left out, also what has not settled yet.
		return s.first(look, root, place, now)
	}
	next, ready, moving := compare(known, now, look.Now)
	ready = slices.DeleteFunc(ready, func(t told) bool { return !slices.Contains(s.changes, t.change) })
	found := poll.Found{}
	bytes := 0
	for i, t := range ready {
		if i == mostItems || bytes > mostBytes {
			for _, t := range ready[i:] {
				later(next, t)
			}
			found.More = true
			break
		}
		item, err := s.item(root, place, t, look.Now)
		if err != nil {
			return poll.Found{}, err
		}
		bytes += len(item.Body)
		found.Items = append(found.Items, item)
	}
	if moving {
		found.Next = engine.ShortestLook
	}
	found.State, err = s.keep(next, known, look.State)
	return found, err
}

// What is told of at one look.
const (
	mostItems = 200
	mostBytes = 8 << 20
)

// first notes what is there, and tells of the newest files if that is asked for.
func (s *source) first(look poll.Look, root fileReader, place disk.Place, now map[string]stand) (found poll.Found, err error) {
	known := make(map[string]entry, len(now))
	newest := make([]told, 0, len(now))
	for name, at := range now {
		known[name] = entry{stand: at}
		newest = append(newest, told{change: Added, name: name, stand: at})
	}
	sortOldestFirst(newest)
	newest = newest[max(0, len(newest)-look.Runs):]
	for _, t := range newest {
		item, err := s.item(root, place, t, look.Now)
		if err != nil {
			return poll.Found{}, err
		}
		found.Items = append(found.Items, item)
	}
	found.State, err = s.keep(known, nil, "")
	return found, err
}

// missing says why a folder cannot be looked at. What was known of it stays, so that a drive that is gone
// for a while starts no runs.
func missing(p disk.Place, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return engine.Wrap(err, engine.NotFound, "The folder %s is not there. Perhaps it is on a drive that is not connected, or was renamed. It goes on when the folder is back.", p.Path())
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	return engine.Wrap(err, engine.Unavailable, "The folder %s cannot be looked at: %s.", p.Path(), engine.Cause(err))
}

// shown is a path as people know it.
func (s *source) shown(name string) string { return filepath.Join(s.folder, filepath.FromSlash(name)) }

// key tells changes apart: one change of one file at one look.
func key(t told, at time.Time) string {
	data, err := json.Marshal([]any{t.change, t.name, t.Size, t.Modified, at.UTC().Truncate(time.Second)})
	if err != nil {
		data = []byte(t.name) // texts and numbers can always be written
	}
	sum := sha256.Sum256(data)
	return t.name + " " + hex.EncodeToString(sum[:8])
}
