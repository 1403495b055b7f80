// Package zones holds the world's time zones, for people to choose from.
package zones

import _ "embed"

// List has a line for each time zone: its IANA name and, after a tab, its country in English. Lines that
// begin with # are no zones.
//
//go:embed zones.txt
var List string
