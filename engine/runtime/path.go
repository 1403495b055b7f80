package runtime

import (
	"context"

	"bellhop/engine"
	"bellhop/engine/mapping"
)

// choose decides which paths are taken. What was decided is on record before a step in them acts, and
// holds from then on.
func (x *execution) choose(s *step, record *engine.StepRun, sc *scope, fields map[string]any) (ending, error) {
	all := mapping.Text(fields["match"]) == "all"
	names := []any{}
	otherwise := -1
	for i, p := range s.paths {
		if p.when == nil {
			otherwise = i
			continue
		}
		pass, note, err := x.fits(p.when, sc)
		if err != nil {
			return x.failed(s, record, engine.Wrap(err, engine.Invalid, "The rules of the path %q cannot be decided: %s", p.name, err), 0)
		}
		if !pass {
			continue
		}
		if len(names) == 0 {
			record.Note = p.name + ": " + note
		} else {
			record.Note += "; " + p.name + ": " + note
		}
		if names = append(names, p.name); !all {
			break
		}
	}
	output := map[string]any{"path": "", "paths": names}
	switch {
	case len(names) > 0:
		output["path"] = names[0]
	case otherwise >= 0:
		record.Note = s.paths[otherwise].name + ": no other path fits"
		output["path"], output["paths"] = s.paths[otherwise].name, []any{s.paths[otherwise].name}
	default:
		record.Note = "no path fits"
	}
	record.Note = shorten(record.Note, longestNote)
	var err error
	if record.Output, err = x.encode(output); err != nil {
		return x.failed(s, record, err, 0)
	}
	x.succeed(record, sc, output)
	return ending{}, nil
}

// taken does the steps of the paths that were chosen.
func (x *execution) taken(ctx context.Context, s *step, sc *scope) (ending, error) {
	output, _ := sc.data[s.ID].(map[string]any)
	names, _ := output["paths"].([]any)
	for _, name := range names {
		for _, p := range s.paths {
			if p.name != name {
				continue
			}
			if end, err := x.list(ctx, p.steps, sc); err != nil || end.state != "" {
				return end, err
			}
		}
	}
	return ending{}, nil
}
