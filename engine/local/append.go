package local

import (
	"context"
	"errors"
	"io"
	"maps"
	"os"
	"strings"

	"bellhop/engine"
	"bellhop/engine/action"
	"bellhop/engine/mapping"
)

// adding appends to a file. Nobody can tell afterwards whether the end of a file was written by this try
// or by another that said the same, so a try that was cut off is in doubt, and never repeated by itself.
type adding struct {
	target
	// shown is what will be appended to a file that is not there yet.
	shown []byte
	// content makes what is appended to a file that has something in it already.
	content func(file io.Reader) ([]byte, error)
	// line is what ends the file's last line where it has no end, so that what is appended begins a line of
	// its own; "" if it need not.
	line string
	// result adds to the step's result.
	result map[string]any
}

func (f *files) appendText(call action.Call, fields map[string]any) (task, error) {
	t, err := f.target(call, fields)
	if err != nil {
		return nil, err
	}
	text, line := mapping.Text(fields["text"]), ""
	if fields["new_line"] == true && text != "" {
		line = "\n"
		text = strings.TrimSuffix(text, line) + line
	}
	content := []byte(text)
	if len(content) > largestFile {
		return nil, tooLarge(t)
	}
	return adding{target: t, shown: content, line: line, content: func(io.Reader) ([]byte, error) { return content, nil }}, nil
}

func (a adding) request() *engine.SentRequest { return a.kept("APPEND", a.shown) }

func (a adding) do(context.Context) (any, *engine.Response, error) {
	if len(a.shown) == 0 {
		return a.output(0), nil, nil // an empty list has no rows
	}
	var size int64
	err := a.in(func(folder *os.Root, name string) error {
		old, err := regular(folder, name)
		if err != nil {
			return err
		}
		file, err := folder.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
		if err != nil {
			return err
		}
		size, err = a.appendTo(file)
		if err = errors.Join(err, file.Close()); err != nil || old != nil {
			return err
		}
		return synced(folder)
	})
	if err != nil {
		return nil, nil, err
	}
	return a.output(size), nil, nil
}

func (a adding) output(size int64) map[string]any {
	output := a.done(size)
	maps.Copy(output, a.result)
	return output
}

// appendTo appends all or nothing: what was written of it when the disk was full is taken back.
func (a adding) appendTo(file *os.File) (size int64, err error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	before := info.Size()
	content := a.shown
	if before > 0 {
		if content, err = a.content(io.NewSectionReader(file, 0, before)); err != nil {
			return 0, err
		}
		if ended, err := endsWithLine(file, before); err != nil {
			return 0, err
		} else if !ended {
			content = append([]byte(a.line), content...)
		}
	}
	if err = write(file, content); err == nil {
		return before + int64(len(content)), nil
	}
	if undo := errors.Join(file.Truncate(before), file.Sync()); undo != nil {
		return 0, &action.Failure{Phase: action.Between, Err: engine.Wrap(errors.Join(err, undo), engine.Unavailable,
			"%s could not be written to its end: %s. Look at the end of the file before you do it again.", a.path(), engine.Cause(err))}
	}
	return 0, err
}

// write makes content durable; tests have a disk that is full.
var write = func(file *os.File, content []byte) error {
	if _, err := file.Write(content); err != nil {
		return err
	}
	return file.Sync()
}

func endsWithLine(file *os.File, size int64) (bool, error) {
	var last [1]byte
	if _, err := file.ReadAt(last[:], size-1); err != nil {
		return false, err
	}
	return last[0] == '\n', nil
}
