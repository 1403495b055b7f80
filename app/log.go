package main

import (
	"errors"
	"io"
	"log/slog"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"

	"bellhop/engine"
)

// logFile is where the engine's process logs, within the data folder.
const logFile = "bellhop.log"

// log writes warnings to standard error, and everything with --verbose.
func (c *cli) log() *slog.Logger { return slog.New(c.terminalLog()) }

func (c *cli) terminalLog() slog.Handler {
	level := slog.LevelWarn
	if c.verbose {
		level = slog.LevelDebug
	}
	return slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: level, ReplaceAttr: whole})
}

// engineLog also writes to a file in the data folder, for whoever started Bellhop from a menu. It
// stays below 20 MB. Close it at the end.
func (c *cli) engineLog() (*slog.Logger, io.Closer) {
	file := &lumberjack.Logger{Filename: filepath.Join(c.dir, logFile), MaxSize: 5, MaxBackups: 3} // megabytes
	toFile := slog.NewTextHandler(file, &slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: whole})
	return slog.New(slog.NewMultiHandler(c.terminalLog(), toFile)), file
}

// whole writes errors with their cause, which the sentence for people leaves out.
func whole(_ []string, a slog.Attr) slog.Attr {
	err, ok := a.Value.Any().(error)
	if !ok {
		return a
	}
	known, ok := errors.AsType[*engine.Error](err)
	if !ok {
		return a
	}
	if cause := known.Unwrap(); cause != nil && cause.Error() != err.Error() {
		a.Value = slog.StringValue(err.Error() + " Cause: " + cause.Error())
	}
	return a
}
