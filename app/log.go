package main

import (
	"io"
	"log/slog"
	"path/filepath"

	"gopkg.in/natefinch/lumberjack.v2"
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
	return slog.NewTextHandler(c.err, &slog.HandlerOptions{Level: level})
}

// engineLog also writes to a file in the data folder, for whoever started Bellhop from a menu. It
// stays below 20 MB. Close it at the end.
func (c *cli) engineLog() (*slog.Logger, io.Closer) {
	file := &lumberjack.Logger{Filename: filepath.Join(c.dir, logFile), MaxSize: 5, MaxBackups: 3} // megabytes
	toFile := slog.NewTextHandler(file, &slog.HandlerOptions{Level: slog.LevelInfo})
	return slog.New(slog.NewMultiHandler(c.terminalLog(), toFile)), file
}
