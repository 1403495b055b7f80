// Package engine is what Bellhop does, in pure Go: the words of the business, its rules, and the
// small interfaces through which the outside world is reached. It imports the standard library
// only; the packages below it import it, never the other way round.
package engine
