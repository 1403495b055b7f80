package boot

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// shelf counts how often it is read.
type shelf struct {
	engine.Store
	names []string
	read  map[string]int
	// during is called while the recipes are being read.
	during func()
}

func (s *shelf) Recipes(context.Context) ([]engine.Recipe, error) {
	s.read["recipes"]++
	all := []engine.Recipe{}
	for i, name := range s.names {
		all = append(all, engine.Recipe{ID: int64(i + 1), Name: name})
	}
	if s.during != nil {
		s.during()
	}
	return all, nil
}

func (s *shelf) Version(_ context.Context, id int64, number int) (engine.Definition, error) {
	s.read[fmt.Sprintf("%d.%d", id, number)]++
	if number == 0 {
		return engine.Definition{}, engine.Errorf(engine.NotFound, "There is none.")
	}
	return engine.Definition{Name: fmt.Sprintf("%d.%d", id, number)}, nil
}

func TestRecipesAreReadOnceForAllWhoTakeThemUp(t *testing.T) {
	s := &shelf{names: []string{"One"}, read: map[string]int{}}
	r := &reading{Store: s}
	names := func() (all []string) {
		recipes, err := r.Recipes(t.Context())
		require.NoError(t, err)
		for _, one := range recipes {
			all = append(all, one.Name)
		}
		return all
	}
	require.Equal(t, []string{"One"}, names())
	s.names = []string{"One", "Two"}
	require.Equal(t, []string{"One"}, names(), "as when they were asked for first")
	require.Equal(t, 1, s.read["recipes"])
	r.refresh()
	require.Equal(t, []string{"One", "Two"}, names())

	// What was read before somebody else's change is not kept after it.
	r.refresh()
	s.during = func() {
		s.during = nil
		s.names = append(s.names, "Three")
		r.refresh()
	}
	require.Equal(t, []string{"One", "Two"}, names())
	require.Equal(t, []string{"One", "Two", "Three"}, names())
}

func TestAVersionIsReadOnce(t *testing.T) {
	s := &shelf{read: map[string]int{}}
	r := &reading{Store: s}
	for range 3 {
		d, err := r.Version(t.Context(), 7, 2)
		require.NoError(t, err)
		require.Equal(t, "7.2", d.Name)
		_, err = r.Version(t.Context(), 7, 0)
		require.Equal(t, engine.NotFound, engine.ErrorCode(err))
	}
	require.Equal(t, map[string]int{"7.2": 1, "7.0": 3}, s.read, "that there is none may change")
	for i := range mostVersions + 10 {
		_, err := r.Version(t.Context(), int64(i), 1)
		require.NoError(t, err)
	}
	require.LessOrEqual(t, len(r.versions), mostVersions)
}
