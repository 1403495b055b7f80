package engine

import (
	"maps"
	"strconv"
	"strings"
)

// keptMark parts the name of a field from the recipe that its value is for.
const keptMark = "@"

// KeptName names a secret of a connection that stands in for one of its fields in one recipe only, such as the
// secret by which an app signs what it delivers to that recipe's address.
func KeptName(field string, recipeID int64) string {
	return field + keptMark + strconv.FormatInt(recipeID, 10)
}

// KeptFor returns the recipe that a secret of that name is kept for; 0 if it is for all.
func KeptFor(name string) int64 {
	_, id, _ := strings.Cut(name, keptMark)
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// For returns the account as a recipe sees it: secrets that are kept for it stand in for their fields.
func (a Account) For(recipeID int64) Account {
	secrets := maps.Clone(a.Secrets) // the account's own map is everybody's
	for name, value := range a.Secrets {
		if field, _, kept := strings.Cut(name, keptMark); kept && KeptFor(name) == recipeID {
			secrets[field] = value
		}
	}
	a.Secrets = secrets
	return a
}
