package desk

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"bellhop/engine/recipe"
)

// RecipeFile is a recipe as a file.
type RecipeFile struct {
	// Name is one that every file system takes, without a folder, such as "Big orders.yaml". No two of an
	// export are the same, in whatever case.
	Name    string
	Content []byte
}

// ExportAll returns all recipes' drafts as YAML files, by the recipes' names.
func (d *Desk) ExportAll(ctx context.Context) ([]RecipeFile, error) {
	recipes, err := d.Store.Recipes(ctx)
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{}
	files := make([]RecipeFile, len(recipes))
	for i, r := range recipes {
		content, err := recipe.YAML(r.Draft, d.Catalog)
		if err != nil {
			return nil, err
		}
		name := fileName(r.Name)
		if taken[strings.ToLower(name)] {
			name = fmt.Sprintf("%s %d", name, r.ID)
		}
		taken[strings.ToLower(name)] = true
		files[i] = RecipeFile{name + ".yaml", content}
	}
	return files, nil
}

// longestFileName is how many characters of a recipe's name a file's name has at most: file systems take 255
// bytes, and a character may be four.
const longestFileName = 50

// deviceNames are no files on Windows:
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file#naming-conventions
var deviceNames = []string{"con", "prn", "aux", "nul", "com", "lpt"}

// fileName makes a name for a file out of a recipe's name.
func fileName(name string) string {
	letters := []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune(" _-+,()", r) {
			return r
		}
		return '-'
	}, name))
	safe := strings.Trim(string(letters[:min(len(letters), longestFileName)]), " -")
	device := strings.TrimRight(strings.ToLower(safe), "0123456789")
	for _, d := range deviceNames {
		if device == d {
			safe = "Recipe " + safe
		}
	}
	if safe == "" {
		return "Recipe"
	}
	return safe
}
