package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"bellhop/engine"
)

// maxFile is the largest recipe or connector file that is read.
const maxFile = 4 << 20

// standardInput is the file name that means standard input.
const standardInput = "-"

// errTooLarge says that there was more to read than the limit.
var errTooLarge = errors.New("it is too large")

// read reads a file, or standard input for "-", of at most limit bytes. It gives up when ctx is
// done: a pipe may never end, and neither may a device.
func (c *cli) read(ctx context.Context, file string, limit int64) ([]byte, error) {
	type content struct {
		data []byte
		err  error
	}
	done := make(chan content, 1)
	go func() {
		data, err := c.readAll(file, limit)
		done <- content{data, err}
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case all := <-done:
		return all.data, all.err
	}
}

func (c *cli) readAll(file string, limit int64) ([]byte, error) {
	in := c.in
	if file != standardInput {
		f, err := os.Open(file)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errTooLarge
	}
	return data, err
}

// readFile reads a recipe or connector file.
func (c *cli) readFile(ctx context.Context, file string) ([]byte, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, engine.Errorf(engine.Invalid, "%s is a folder; name the files in it.", file)
	}
	data, err := c.read(ctx, file, maxFile)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, engine.Wrap(err, engine.NotFound, "There is no file %s.", file)
	case errors.Is(err, errTooLarge):
		return nil, engine.Wrap(err, engine.Invalid, "%s is too large to be a recipe or connector file.", file)
	case err != nil && ctx.Err() == nil:
		return nil, engine.Wrap(err, engine.Unavailable, "%s cannot be read: %s.", file, engine.Cause(err))
	}
	return data, err
}

// inFolders returns the arguments with the recipe and connector files of folders in the place of those.
func inFolders(args []string) (files []string, err error) {
	for _, arg := range args {
		if info, err := os.Stat(arg); err != nil || !info.IsDir() {
			files = append(files, arg) // whoever reads it says what is wrong
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, engine.Wrap(err, engine.Unavailable, "%s cannot be read: %s.", arg, engine.Cause(err))
		}
		found := false
		for _, e := range entries {
			if name := e.Name(); e.Type().IsRegular() && name[0] != '.' && slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(filepath.Ext(name))) {
				files, found = append(files, filepath.Join(arg, name)), true
			}
		}
		if !found {
			return nil, engine.Errorf(engine.NotFound, "In %s there is no .yaml, .yml or .json file.", arg)
		}
	}
	return files, nil
}
