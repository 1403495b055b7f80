package desk

import (
	"bellhop/engine"
	"bellhop/engine/content"
)

// body reads what an event carried into fields. Of a large body, which is a file, that works up to
// content.MaxRead; errors are those of content.Pick and engine.Bodies.
func (d *Desk) body(e engine.Event) (any, error) {
	if e.File == "" {
		return content.Parse(e.ContentType, e.Body)
	}
	if d.Bodies == nil {
		return nil, engine.Errorf(engine.NotFound, "The body of this event is a file, and cannot be read here.")
	}
	file, err := d.Bodies.Open(e.File)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // it was only read
	return content.Pick(file, e.ContentType, nil)
}
