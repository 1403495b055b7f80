package engine_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// The page people read and the table the engine keeps must say the same.
func TestRunStatesAreThoseOfTheDocumentation(t *testing.T) {
	page, err := os.ReadFile("../docs/run-states.md")
	require.NoError(t, err)
	documented := map[engine.State][]string{}
	for _, row := range regexp.MustCompile(`(?m)^\| (\w+) \| ([\w, ]+) \|$`).FindAllStringSubmatch(string(page), -1) {
		if engine.State(row[1]).Valid() {
			documented[engine.State(row[1])] = strings.Split(row[2], ", ")
		}
	}
	require.Len(t, documented, len(engine.States))
	for _, from := range engine.States {
		var may []string
		for _, to := range engine.States {
			if from.CanBecome(to) {
				may = append(may, string(to))
			}
		}
		require.ElementsMatch(t, documented[from], may, from)
	}
}

func TestOnlyActiveRunsGoOnByThemselves(t *testing.T) {
	for _, s := range engine.States {
		goesOn := s.CanBecome(engine.Running)
		require.Equal(t, goesOn, s.Active(), s)
	}
	require.False(t, engine.State("lost").Valid())
}

func TestRoundsComeInTheOrderOfTheirItems(t *testing.T) {
	rounds := []string{"10", "2.10", "", "2", "0", "2.9", "2.9.1", "3"}
	slices.SortFunc(rounds, engine.CompareRounds)
	require.Equal(t, []string{"", "0", "2", "2.9", "2.9.1", "2.10", "3", "10"}, rounds)
}
