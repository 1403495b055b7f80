// Package bundle puts all of Bellhop's data into one file, for safe keeping or for another computer, and
// puts such a file in the place of the data.
//
// The file is a zip archive: bellhop.json says what is inside, with the SHA-256 of each other part; data.db
// is a copy of the database, connectors/ holds the user's own connector files, bodies/ the large bodies of
// the history, and secrets.age, if asked for, the secrets, encrypted by age under a passphrase.
package bundle

import (
	"path/filepath"
	"regexp"
	"time"

	"bellhop/engine"
)

// Extension ends the names of bundles.
const Extension = ".bellhop"

// format is the newest form of bundles that this Bellhop writes and reads.
const format = 1

// The names within a bundle, and those of the same things in a data folder.
const (
	contentsName   = "bellhop.json"
	databaseName   = "data.db"
	secretsName    = "secrets.age"
	connectorsName = "connectors"
	bodiesName     = "bodies"
	databaseFile   = "bellhop.db"
)

// partName is what a part of a bundle may be called: nothing that leads out of a folder, and nothing that
// a file system could take for another name.
var partName = regexp.MustCompile(`^(data\.db|secrets\.age|connectors/[\pL\pN][\pL\pM\pN_. -]{0,99}\.(ya?ml|json)|bodies/[a-z2-7]{1,64})$`)

// Contents says what is in a bundle.
type Contents struct {
	// Format is the bundle's own form; 1.
	Format int `json:"format"`
	// Version is the Bellhop that made it, at MadeAt.
	Version string    `json:"version"`
	MadeAt  time.Time `json:"made_at"`
	// Form is the number of the newest change to the database's form that its database has.
	Form int `json:"form"`
	// Installation names the data folder it is from, among all there are; "" if it was never named.
	Installation string   `json:"installation,omitempty"`
	Recipes      []Recipe `json:"recipes"`
	Connections  []string `json:"connections"`
	Tables       []string `json:"tables"`
	Connectors   []string `json:"connectors"` // the user's own connector files
	// Secrets says whether the connections' secrets are in it.
	Secrets bool `json:"secrets"`
	// History says whether the runs are in it. Runs counts those that there were, and UnderWay those of them
	// that were not over: without history they are not in the bundle.
	History  bool   `json:"history"`
	Runs     int    `json:"runs"`
	UnderWay int    `json:"under_way"`
	Parts    []Part `json:"parts"`
}

// Recipe is a recipe in a bundle.
type Recipe struct {
	Name string `json:"name"`
	On   bool   `json:"on"`
}

// Part is one file in a bundle.
type Part struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"` // in hex
}

// Bytes is how much room the bundle takes when it is restored.
func (c Contents) Bytes() (sum int64) {
	for _, p := range c.Parts {
		sum += p.Bytes
	}
	return sum
}

func cannotWrite(err error, path string) error {
	if _, ok := err.(*engine.Error); ok { //nolint:errorlint // one within another's cause is not for people
		return err
	}
	return engine.Wrap(err, engine.Unavailable,
		"The file %s cannot be written: %s. Look whether the folder is there and yours, and the disk has room.", path, engine.Cause(err))
}

func cannotRead(err error, path string) error {
	return engine.Wrap(err, engine.Unavailable, "The file %s cannot be read: %s.", path, engine.Cause(err))
}

func notOurs(path string) error {
	return engine.Errorf(engine.Invalid, "%s is no file of Bellhop's with data to restore. Choose one that `bellhop bundle` or the window's Back up made; they end in %s.",
		filepath.Base(path), Extension)
}

func damaged(path string) error {
	return engine.Errorf(engine.Invalid, "%s is cut off or damaged. Nothing was changed. Copy it again from where it was, or take another.", filepath.Base(path))
}
