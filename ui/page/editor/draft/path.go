package draft

import (
	"fmt"
	"maps"
	"slices"

	"bellhop/engine"
)

// NewPath is a path that nothing is known of yet but its name; it still needs rules.
func NewPath(name string) engine.Path {
	return engine.Path{Name: name, When: map[string]any{"match": "all"}}
}

// AddPath adds a path to a step, before the one that is taken when no other is.
func (s *Session) AddPath(place Place, path engine.Path) bool {
	return s.changePaths(place, "", func(paths []engine.Path) []engine.Path {
		last := len(paths)
		if last > 0 && paths[last-1].When == nil {
			last--
		}
		return slices.Insert(paths, last, path)
	})
}

// RenamePath sets a path's name.
func (s *Session) RenamePath(place Place, path int, name string) bool {
	return s.changePath(place, path, fmt.Sprintf("%d path %d name", place, path), func(p *engine.Path) { p.Name = name })
}

// SetRules sets by which rules a path is taken, as a filter has them; nil means when no other is.
func (s *Session) SetRules(place Place, path int, when map[string]any) bool {
	return s.changePath(place, path, fmt.Sprintf("%d path %d rules", place, path), func(p *engine.Path) { p.When = maps.Clone(when) })
}

// MovePath moves a path up (by a number below 0) or down among those of its step.
func (s *Session) MovePath(place Place, path, by int) bool {
	return s.changePaths(place, "", func(paths []engine.Path) []engine.Path {
		to := path + by
		if path < 0 || path >= len(paths) || to < 0 || to >= len(paths) {
			return paths
		}
		moved := paths[path]
		return slices.Insert(slices.Delete(paths, path, path+1), to, moved)
	})
}

// DeletePath removes a path with its steps.
func (s *Session) DeletePath(place Place, path int) bool {
	return s.changePaths(place, "", func(paths []engine.Path) []engine.Path {
		if path < 0 || path >= len(paths) {
			return paths
		}
		return slices.Delete(paths, path, path+1)
	})
}

func (s *Session) changePath(place Place, path int, merge string, change func(p *engine.Path)) bool {
	return s.changePaths(place, merge, func(paths []engine.Path) []engine.Path {
		if path >= 0 && path < len(paths) {
			change(&paths[path])
		}
		return paths
	})
}

// changePaths changes a copy of a step's paths.
func (s *Session) changePaths(place Place, merge string, change func(paths []engine.Path) []engine.Path) bool {
	return s.changeStep(place, merge, func(step *engine.Step) { step.Paths = change(slices.Clone(step.Paths)) })
}
