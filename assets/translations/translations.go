// Package translations holds the texts of the window in each language. The keys are the English
// texts themselves, as they stand in the code in lang.L("…").
package translations

import "embed"

// FS holds one JSON file for each language.
//
//go:embed *.json
var FS embed.FS

// Phrases holds, in the folder phrase, one JSON file for each language but English: what the engine and the connector
// files say. The keys are the formats and texts as they stand there.
//
//go:embed phrase/*.json
var Phrases embed.FS
