package folder

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"

	"bellhop/engine"
)

// largestState bounds a state that is unpacked, in bytes: mostFiles with long paths.
const largestState = 64 << 20

// keep returns the State of what is known, packed, since a large folder has many names that are alike. It
// is the last one if nothing is new.
func (s *source) keep(next, known map[string]entry, last string) (string, error) {
	if last == "" || !maps.Equal(next, known) {
		data, err := json.Marshal(next)
		if err != nil {
			return "", err
		}
		var packed bytes.Buffer
		w, err := flate.NewWriter(&packed, flate.BestSpeed)
		if err != nil {
			return "", err
		}
		_, _ = w.Write(data) // a buffer takes all
		_ = w.Close()
		last = base64.StdEncoding.EncodeToString(packed.Bytes())
	}
	s.kept, s.known = last, next
	return last, nil
}

// last reads a State.
func (s *source) last(state string) (map[string]entry, error) {
	if state == s.kept && s.known != nil {
		return s.known, nil
	}
	packed, err := base64.StdEncoding.DecodeString(state)
	known := map[string]entry{}
	if err == nil {
		var data []byte
		data, err = io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), largestState))
		if err == nil {
			err = json.Unmarshal(data, &known)
		}
	}
	if err != nil {
		return nil, engine.Wrap(err, engine.Internal, "what is known of a watched folder cannot be read: %v", err)
	}
	return known, nil
}
