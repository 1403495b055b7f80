package notice

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"bellhop/engine"
)

// mostNamed is how many of several things are named in a notice.
const mostNamed = 3

// sayRuns tells of runs that need a person, by recipe and newest first. more is how many there are besides, and
// last says that no more will be told of for a while.
func sayRuns(by map[int64][]engine.Run, more int, last bool, now time.Time) engine.Notice {
	n := engine.Notice{Kind: engine.NoticeFailed, At: now}
	count := more
	for _, runs := range by {
		count += len(runs)
	}
	ids := slices.SortedFunc(maps.Keys(by), func(a, b int64) int {
		return cmp.Or(cmp.Compare(len(by[b]), len(by[a])), cmp.Compare(by[a][0].RecipeName, by[b][0].RecipeName))
	})
	switch first := by[ids[0]][0]; {
	case count == 1:
		n.RecipeID, n.RunID = first.RecipeID, first.ID
		n.Title = fmt.Sprintf(ended(first.State), first.RecipeName)
		n.Text = sentences(first.Title, why(first))
	case len(ids) == 1 && more == 0:
		n.RecipeID = first.RecipeID
		n.Title = fmt.Sprintf("%d runs of “%s” need you", count, first.RecipeName)
		n.Text = fmt.Sprintf("The last of them: %s", why(first))
	default:
		n.Title = fmt.Sprintf("%d runs of %d recipes need you", count, len(ids))
		if more > 0 { // of whichever recipes
			n.Title = fmt.Sprintf("%d runs need you", count)
		}
		n.Text = listRuns(by, ids) + "."
	}
	if last {
		n.Text += " If there are more, they are in Activity."
	}
	return n
}

// ended is the format that says what became of a run of a recipe.
func ended(s engine.State) string {
	switch s {
	case engine.Held:
		return "“%s” waits for you"
	case engine.Unsure:
		return "“%s” is unsure"
	default:
		return "“%s” has failed"
	}
}

// why says why a run needs a person, and what to do.
func why(r engine.Run) string {
	if r.Failure == nil || r.Failure.Message == "" {
		return "Open it in Activity to see why."
	}
	return r.Failure.Message
}

// sentences puts what it is about in front of a sentence.
func sentences(about, sentence string) string {
	if about == "" {
		return sentence
	}
	return about + ": " + sentence
}

// quoted puts names into quotes, with commas between them.
func quoted(names []string) string {
	said := make([]string, len(names))
	for i, name := range names {
		said[i] = fmt.Sprintf("“%s”", name)
	}
	return strings.Join(said, ", ")
}

// list names things: the first few, and how many more there are.
func list(names []string) string {
	switch n := len(names); {
	case n <= 1:
		return quoted(names)
	case n <= mostNamed:
		return fmt.Sprintf("%s and “%s”", quoted(names[:n-1]), names[n-1])
	default:
		return fmt.Sprintf("%s and %d more", quoted(names[:mostNamed-1]), n-mostNamed+1)
	}
}

// listRuns names recipes, with how many of their runs there are.
func listRuns(by map[int64][]engine.Run, ids []int64) string {
	var said []string
	for _, id := range ids {
		said = append(said, fmt.Sprintf("“%s” (%d)", by[id][0].RecipeName, len(by[id])))
	}
	switch n := len(ids); {
	case n == 1:
		return said[0]
	case n <= mostNamed:
		last := by[ids[n-1]]
		return fmt.Sprintf("%s and “%s” (%d)", strings.Join(said[:n-1], ", "), last[0].RecipeName, len(last))
	default:
		return fmt.Sprintf("%s and %d more", strings.Join(said[:mostNamed-1], ", "), n-mostNamed+1)
	}
}

// counted says how many there are of something: one as it is, and more by a format.
func counted(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, n)
}

// together makes one notice of what waited for the end of quiet hours, or for the digest. Nothing becomes
// nothing.
func together(all []engine.Notice, mode engine.NoticeMode, now time.Time) []engine.Notice {
	if len(all) <= 1 {
		return all
	}
	n := engine.Notice{Kind: all[0].Kind, Title: "While it was quiet", At: now}
	if mode == engine.NoticeDigest {
		n.Title = "Since the last summary"
	}
	var lines, steps []string
	for _, one := range all {
		switch {
		case one.Kind == engine.NoticeStep:
			steps = append(steps, one.Title)
		case one.Kind == engine.NoticeAway:
			lines = append(lines, one.Text)
		default:
			lines = append(lines, one.Title+".")
		}
	}
	switch n := len(steps); {
	case n == 1:
		lines = append(lines, fmt.Sprintf("1 notification from your recipes: %s.", list(steps)))
	case n > 1:
		lines = append(lines, fmt.Sprintf("%d notifications from your recipes: %s.", n, list(steps)))
	}
	n.Text = strings.Join(lines, "\n")
	return []engine.Notice{n}
}
