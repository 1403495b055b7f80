package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"
)

// List is Fyne's list for rows to press: Enter presses one as Space does, and Escape is the window's.
type List struct {
	fynewidget.List
	// Name says what is listed.
	Name string
}

var (
	_ fyne.Focusable  = (*List)(nil)
	_ fyne.Accessible = (*List)(nil)
)

// NewList makes a list without lines between the rows. OnPressed is told the row, which is then not
// marked as chosen.
func NewList(name string, length func() int, row func() fyne.CanvasObject, update func(row int, o fyne.CanvasObject), onPressed func(row int)) *List {
	l := &List{Name: name}
	l.Length, l.CreateItem, l.UpdateItem = length, row, update
	l.OnSelected = func(row int) {
		l.UnselectAll()
		if row < length() { // it may be gone by now
			onPressed(row)
		}
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// AccessibilityLabel is the name.
func (l *List) AccessibilityLabel() string { return l.Name }

// AccessibilityRole says that it holds more.
func (l *List) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// TypedKey goes through the rows and presses them.
func (l *List) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		toWindow(l, key)
		return
	}
	l.List.TypedKey(enterAsSpace(key))
}

// Tree is Fyne's tree for rows to press, by the same keys as a List.
type Tree struct {
	fynewidget.Tree
	// Name says what it shows.
	Name string
}

var (
	_ fyne.Focusable  = (*Tree)(nil)
	_ fyne.Accessible = (*Tree)(nil)
)

// NewTree makes a tree without lines between the rows. OnPressed is told the id of a row without rows
// below it; the others open and close.
func NewTree(name string, children func(id string) []string, branch func(id string) bool, row func(branch bool) fyne.CanvasObject,
	update func(id string, branch bool, o fyne.CanvasObject), onPressed func(id string),
) *Tree {
	t := &Tree{Name: name}
	t.ChildUIDs, t.IsBranch, t.CreateNode, t.UpdateNode = children, branch, row, update
	t.OnSelected = func(id string) {
		t.UnselectAll()
		if branch(id) {
			t.ToggleBranch(id)
			return
		}
		onPressed(id)
	}
	t.HideSeparators = true
	t.ExtendBaseWidget(t)
	return t
}

// AccessibilityLabel is the name.
func (t *Tree) AccessibilityLabel() string { return t.Name }

// AccessibilityRole says that it holds more.
func (t *Tree) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleContainer }

// TypedKey goes through the rows and presses them.
func (t *Tree) TypedKey(key *fyne.KeyEvent) {
	if key.Name == fyne.KeyEscape {
		toWindow(t, key)
		return
	}
	t.Tree.TypedKey(enterAsSpace(key))
}

func enterAsSpace(key *fyne.KeyEvent) *fyne.KeyEvent {
	if key.Name == fyne.KeyReturn || key.Name == fyne.KeyEnter {
		return &fyne.KeyEvent{Name: fyne.KeySpace, Physical: key.Physical}
	}
	return key
}
