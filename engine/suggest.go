package engine

import "strings"

// Suggest returns the entry of from that was probably meant by word, or "" when none is near. Near
// is at most one slip in three letters, where a slip is a letter too many, missing, wrong, or
// swapped with its neighbour; case does not count. Of equally near entries the first wins.
func Suggest(word string, from []string) string {
	w := []rune(strings.ToLower(word))
	// A word longer than any name was not mistyped, and comparing it would cost time.
	if len(w) == 0 || len(w) > 100 {
		return ""
	}
	best, least := "", max(1, len(w)/3)+1
	for _, candidate := range from {
		c := []rune(strings.ToLower(candidate))
		if d := len(w) - len(c); d >= least || -d >= least || len(c) == 0 {
			continue
		}
		// One slip in a word of one letter is another word.
		if d := slips(w, c); d < least && d < max(len(w), len(c)) {
			best, least = candidate, d
		}
	}
	return best
}

// slips counts the slips between two words: the optimal string alignment distance.
func slips(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			wrong := 1
			if a[i-1] == b[j-1] {
				wrong = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
