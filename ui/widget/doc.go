// Package widget holds the parts of which Bellhop's pages are made. They know nothing of recipes or
// runs: they show what they are given and tell by OnX callbacks what the user wants.
//
// State lives in the widget and never in its renderer, since Fyne may forget a renderer at any time.
// To change what a widget shows, set its fields and call Refresh, or use its SetX.
// What can be pressed can be reached by Tab, pressed by Space or Enter, and has a name for screen
// readers.
package widget
