package secret

import (
	"crypto/rand"
	"strings"

	"bellhop/engine"
)

// A recovery code is 160 random bits, written in groups of five signs: four of the code, and one that shows a
// slip in this group.
const (
	groups    = 8
	groupSize = 5
)

// alphabet is Crockford's: no I, L, O and U, which are taken for others. https://www.crockford.com/base32.html
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode returns a code such as "7K2M4-QX8ZP-…", of eight groups.
func newCode() string {
	var random [groups * (groupSize - 1)]byte
	_, _ = rand.Read(random[:]) // never fails: it would end the program instead
	var parts []string
	for g := range groups {
		var group []byte
		for _, b := range random[g*(groupSize-1) : (g+1)*(groupSize-1)] {
			group = append(group, b&31)
		}
		text := ""
		for _, value := range append(group, check(g, group)) {
			text += string(alphabet[value])
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "-")
}

// check is the sign that ends a group: a polynomial over the field of 32 elements, so that one wrong sign and
// two that changed places are always found, and groups that did nearly always.
func check(group int, values []byte) byte {
	sum := byte(group + 1)
	for _, v := range values {
		if sum <<= 1; sum > 31 { // times x, modulo x⁵ + x² + 1
			sum ^= 0b100101
		}
		sum ^= v
	}
	if sum <<= 1; sum > 31 {
		sum ^= 0b100101
	}
	return sum
}

// readCode returns a code as it was typed in its one form. Small letters, spaces and hyphens make no
// difference, and neither do O for 0, I or L for 1.
func readCode(typed string) (string, error) {
	var values []byte
	for _, r := range strings.ToUpper(typed) {
		switch {
		case strings.ContainsRune(" -_.\t\r\n–", r):
			continue
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		}
		value := strings.IndexRune(alphabet, r)
		if value < 0 {
			return "", engine.Errorf(engine.Invalid, "%q is in no recovery code. A code has letters and numbers in %d groups of %d.", r, groups, groupSize)
		}
		values = append(values, byte(value))
	}
	if len(values) != groups*groupSize {
		return "", engine.Errorf(engine.Invalid, "A recovery code has %d groups of %d signs; these are %d signs in all.", groups, groupSize, len(values))
	}
	var code strings.Builder
	for g := range groups {
		group := values[g*groupSize : (g+1)*groupSize]
		if check(g, group[:groupSize-1]) != group[groupSize-1] {
			return "", engine.Errorf(engine.Invalid, "There is a slip in group %d of the recovery code. Look at it again.", g+1)
		}
		for _, v := range group {
			code.WriteByte(alphabet[v])
		}
	}
	return code.String(), nil
}
