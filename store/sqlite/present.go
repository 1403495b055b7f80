package sqlite

import (
	"io/fs"
	"os"
	"runtime"

	"bellhop/engine"
)

// errGone refuses what would be written to files that nobody finds again.
var errGone = engine.Errorf(engine.Unavailable,
	"Bellhop's data file, or the -wal file beside it, is gone or another one: something deleted, moved or replaced it while Bellhop works, so nothing is saved. "+
		"Put it back, or quit Bellhop and start it again: it opens the newest backup.")

// logSuffix follows the database's path in that of its write-ahead log.
const logSuffix = "-wal"

// presence tells whether the files that are open are still those that others find. On Unix what is
// written to a deleted file succeeds, and is nowhere: SQLite does not look
// (https://www.sqlite.org/howtocorrupt.html#unlink).
type presence struct {
	path  string
	files map[string]fs.FileInfo // by what follows the path
}

// note remembers the files, which are open. What is not there is not missed later. Windows takes no open
// file away, and looking is slow there.
func (p *presence) note() {
	p.files = map[string]fs.FileInfo{}
	if runtime.GOOS == "windows" {
		return
	}
	for _, suffix := range []string{"", logSuffix} {
		if info, err := os.Stat(p.path + suffix); err == nil {
			p.files[suffix] = info
		}
	}
}

// forgetLog is for when the connection is closed: the log goes with the last one.
func (p *presence) forgetLog() { delete(p.files, logSuffix) }

func (p *presence) check() error {
	for suffix, was := range p.files {
		is, err := os.Stat(p.path + suffix)
		if err != nil {
			return engine.Wrap(err, errGone.Code, "%s", errGone.Message)
		}
		if !os.SameFile(was, is) {
			return errGone
		}
	}
	return nil
}
