// Package cache keeps Fyne from forgetting the renderers of a window that nobody looks at.
//
// Fyne 2.8.1 expires entries it has just touched when its loop stood still for longer than entries
// live (fyne issue 6509), and labels lose their layout: exactly what happens to an app on a laptop that
// sleeps. How long entries live is read from
// FYNE_CACHE in an init of Fyne's, and Go initialises packages that do not depend on each other in
// the order of their import paths, bellhop before fyne.io. So importing this package for its effect is
// enough, and it must import nothing but os. Drop it with the Fyne that has the fix.
package cache

import "os"

// Lifetime is how long Fyne keeps what is not on the screen, unless FYNE_CACHE is set already: a long
// weekend's sleep and more. It is not longer because widgets that were thrown away, such as those of a
// closed editor, stay in memory as long.
const Lifetime = "200h"

func init() {
	if os.Getenv("FYNE_CACHE") == "" {
		// Without the variable Fyne works as it always did; there is nobody to tell yet.
		_ = os.Setenv("FYNE_CACHE", Lifetime)
	}
}
