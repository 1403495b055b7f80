package activity

import (
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"bellhop/ui/theme"
	"bellhop/ui/widget"
)

// wrap puts objects side by side, and on in the next line where there is no more room.
type wrap struct {
	gap float32
	// height follows from the width that was there last.
	height float32
}

var _ fyne.Layout = (*wrap)(nil)

// MinSize is the widest object by the height of the lines.
func (w *wrap) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			size = size.Max(o.MinSize())
		}
	}
	return fyne.NewSize(size.Width, max(size.Height, w.height))
}

// Layout is for Fyne.
func (w *wrap) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	var x, y, line float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		one := o.MinSize()
		if x > 0 && x+one.Width > size.Width {
			x, y = 0, y+line+w.gap
			line = 0
		}
		o.Resize(one)
		o.Move(fyne.NewPos(x, y))
		x += one.Width + w.gap
		line = max(line, one.Height)
	}
	w.height = y + line
}

// sides gives the list at the left two fifths of the width within bounds, and the run the rest.
type sides struct{}

var _ fyne.Layout = sides{}

const leastList, mostList, leastRun float32 = 300, 430, 380

// MinSize is what both need at least.
func (sides) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(leastList+leastRun, 300)
}

// Layout is for Fyne.
func (sides) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	left := min(max(size.Width*0.4, leastList), mostList)
	objects[0].Resize(fyne.NewSize(left, size.Height))
	objects[0].Move(fyne.Position{})
	objects[1].Resize(fyne.NewSize(size.Width-left, size.Height))
	objects[1].Move(fyne.NewPos(left, 0))
}

// head is the first line of a card: tile, title with its chip, lane, menu. The lane is left out where
// the title needs the room.
type head struct{ gap float32 }

var _ fyne.Layout = head{}

const (
	// laneWidth is how wide the lanes are, the same in all cards, so that they can be compared.
	laneWidth float32 = 130
	// roomForLane is the width from which on there are lanes.
	roomForLane float32 = 480
)

// MinSize is without the lane.
func (h head) MinSize(objects []fyne.CanvasObject) fyne.Size {
	tile, title, more := objects[0].MinSize(), objects[1].MinSize(), objects[3].MinSize()
	return fyne.NewSize(tile.Width+title.Width+more.Width+2*h.gap, max(tile.Height, title.Height, more.Height))
}

// Layout is for Fyne.
func (h head) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	put := func(o fyne.CanvasObject, x, width float32) {
		height := o.MinSize().Height
		o.Resize(fyne.NewSize(width, height))
		o.Move(fyne.NewPos(x, (size.Height-height)/2))
	}
	tile, more := objects[0].MinSize().Width, objects[3].MinSize().Width
	put(objects[0], 0, tile)
	put(objects[3], size.Width-more, more)
	right := size.Width - more - h.gap
	if size.Width >= roomForLane {
		right -= laneWidth
		put(objects[2], right, laneWidth)
		right -= h.gap
	} else {
		put(objects[2], right, 0)
	}
	put(objects[1], tile+h.gap, right-tile-h.gap)
}

// heading puts an object right behind a text of one line, which is cut where there is too little room for both.
type heading struct{ gap float32 }

var _ fyne.Layout = heading{}

// MinSize leaves the text some letters.
func (h heading) MinSize(objects []fyne.CanvasObject) fyne.Size {
	title, tail := objects[0].MinSize(), objects[1].MinSize()
	return fyne.NewSize(60+h.gap+tail.Width, max(title.Height, tail.Height))
}

// Layout is for Fyne.
func (h heading) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	title, tail := objects[0].(*widget.Text), objects[1].MinSize()
	style := fyne.TextStyle{Bold: len(title.Parts) > 0 && title.Parts[0].Bold}
	whole := fyne.MeasureText(title.Words(), theme.Size(title.SizeName), style).Width
	width := min(float32(math.Ceil(float64(whole)))+1, size.Width-tail.Width-h.gap)
	height := title.MinSize().Height
	title.Resize(fyne.NewSize(width, height))
	title.Move(fyne.NewPos(0, (size.Height-height)/2))
	objects[1].Resize(tail)
	objects[1].Move(fyne.NewPos(width+h.gap, (size.Height-tail.Height)/2))
}

func newHeading(gap float32, title *widget.Text, tail fyne.CanvasObject) *fyne.Container {
	return container.New(heading{gap}, title, tail)
}
