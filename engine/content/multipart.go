package content

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"unicode/utf8"

	"bellhop/engine"
)

const (
	// mostParts is how many fields and files one form can have.
	mostParts = 1000
	// largestFile is up to where a file's content is in the fields, in bytes.
	largestFile = 1 << 20
)

// parseMultipart reads a form with files. A field is its text; a file is its filename, content_type and
// size in bytes, and its content: as text if it is UTF-8, else as base64, if it is no larger than 1 MiB.
func parseMultipart(body io.Reader, contentType string) (any, error) {
	fields := map[string]any{}
	err := eachPart(body, contentType, func(name string, value any) { add(fields, name, value) })
	if err != nil {
		return nil, err
	}
	return fields, nil
}

func checkMultipart(body io.Reader, contentType string) error {
	return eachPart(body, contentType, func(string, any) {})
}

func eachPart(body io.Reader, contentType string, got func(name string, value any)) error {
	_, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || parameters["boundary"] == "" {
		return engine.Errorf(engine.Invalid, "The body says it is a form with files but not what stands between its parts.")
	}
	parts := multipart.NewReader(body, parameters["boundary"])
	budget := MaxRead
	for n := 0; ; n++ {
		part, err := parts.NextPart()
		if err == io.EOF { //nolint:errorlint // the form's end comes bare
			return nil
		}
		if err != nil {
			return broken(err)
		}
		if n == mostParts {
			return engine.Errorf(engine.Invalid, "The form has more than %d parts, which Bellhop does not read.", mostParts)
		}
		name := part.FormName()
		if !utf8.ValidString(name) || !utf8.ValidString(part.FileName()) {
			return notText()
		}
		var value any
		if part.FileName() != "" {
			value, err = file(part, &budget)
		} else {
			value, err = field(part, &budget)
		}
		if err != nil {
			return err
		}
		if name != "" {
			got(name, value)
		}
	}
}

// broken tells a form that cannot be read from a reader that cannot.
func broken(err error) error {
	if _, known := errors.AsType[*engine.Error](err); known {
		return err
	}
	return engine.Wrap(err, engine.Invalid, "The body says it is a form but cannot be read as one: %s", engine.Cause(err))
}

func field(part *multipart.Part, budget *int) (any, error) {
	text, err := io.ReadAll(io.LimitReader(part, int64(*budget)+1))
	if err != nil {
		return nil, broken(err)
	}
	if *budget -= len(text); *budget < 0 {
		return nil, tooMuch()
	}
	if !utf8.Valid(text) {
		return nil, notText()
	}
	return string(text), nil
}

func file(part *multipart.Part, budget *int) (any, error) {
	value := map[string]any{"filename": part.FileName(), "content_type": part.Header.Get("Content-Type")}
	if !utf8.ValidString(part.Header.Get("Content-Type")) {
		return nil, notText()
	}
	head, err := io.ReadAll(io.LimitReader(part, largestFile+1))
	if err != nil {
		return nil, broken(err)
	}
	rest, err := io.Copy(io.Discard, part)
	if err != nil {
		return nil, broken(err)
	}
	value["size"] = number(int64(len(head)) + rest)
	content := ""
	switch {
	case len(head) > largestFile:
		return value, nil
	case utf8.Valid(head):
		content = string(head)
		value["text"] = content
	default:
		content = base64.StdEncoding.EncodeToString(head)
		value["base64"] = content
	}
	if *budget -= len(content); *budget < 0 {
		return nil, tooMuch()
	}
	return value, nil
}

// add adds a value to fields; of several with a name there is a list.
func add(fields map[string]any, name string, value any) {
	before, there := fields[name]
	list, several := before.([]any)
	switch {
	case !there:
		fields[name] = value
	case several:
		fields[name] = append(list, value)
	default:
		fields[name] = []any{before, value}
	}
}
