package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"bellhop/engine"
)

// check compares three accounts of what happened: what the senders were promised, what the apps saw, and
// what the data says.
func (o *ordeal) check() {
	o.t.Helper()
	accepted, maybe, runs := 0, 0, 0
	allowed := map[string]bool{} // all that may have arrived
	for _, l := range lines {
		done := o.doneRuns(l)
		if l.trigger != "" {
			o.checkLooks(l, done)
		}
		sent := o.of(l.name)
		for event, promised := range sent {
			switch {
			case promised && l.name != "Grey":
				_, there := done[event]
				require.True(o.t, there, "%s %s: accepted and lost", l.name, event)
				accepted++
			case promised:
				accepted++
			default:
				maybe++
			}
		}
		for event, run := range done {
			_, known := sent[event]
			require.True(o.t, known || l.trigger != "", "%s %s: nobody sent it", l.name, event)
			o.checkEffects(l, event, run, allowed)
		}
		if l.counts > 0 {
			o.checkCounter(l, done)
		}
		runs += len(done)
	}
	o.checkTable()
	o.checkRows()
	o.checkCollected(allowed)
	o.checkOrder()
	o.checkGrey()
	twice := 0
	for text, arrivals := range o.all() {
		require.True(o.t, allowed[text], "nothing asked for %q", text)
		twice += len(arrivals) - 1
	}
	for text := range o.posts() {
		require.True(o.t, allowed[text], "nothing asked for %q", text)
	}
	require.NoError(o.t, o.data.Store.Check(o.t.Context()))
	o.t.Logf("%d events accepted, %d more without an answer, %d of all done; 0 accepted and lost", accepted, maybe, runs)
	o.t.Logf("%d requests arrived, %d of them a second time, with the same key, in another life; %d steps were in doubt, of which %d had arrived",
		len(o.arrivals)+len(o.messages()), twice, o.counts.doubts, o.counts.arrived)
	o.t.Logf("%d were killed as they started, %d commands beside the engine; the files were whole %d times", o.counts.starting, o.counts.beside, o.counts.examined)
}

// doneRuns returns a recipe's runs by their events: one each, and done.
func (o *ordeal) doneRuns(l line) map[string]engine.Run {
	o.t.Helper()
	runs, err := o.data.Runs(o.t.Context(), engine.RunFilter{RecipeID: o.ids[l.name], Limit: 1 << 20})
	require.NoError(o.t, err)
	done := map[string]engine.Run{}
	for _, r := range runs {
		_, twice := done[r.EventKey]
		require.False(o.t, twice, "%s %s: two runs of an event", l.name, r.EventKey)
		r, err = o.data.Store.Run(o.t.Context(), r.ID)
		require.NoError(o.t, err)
		want := engine.Succeeded
		if l.name == "Grey" {
			want = engine.Filtered
		}
		require.Equal(o.t, want, r.State, "%s %s: %+v", l.name, r.EventKey, r.Failure)
		done[r.EventKey] = r
	}
	return done
}

// checkEffects: what an event must do outside was done once; or again with the same key, but only by a
// later process than the one that died meanwhile.
func (o *ordeal) checkEffects(l line, event string, run engine.Run, allowed map[string]bool) {
	o.t.Helper()
	all, posted := o.index()
	for _, text := range l.once {
		text = fmt.Sprintf(text, event)
		allowed[text] = true
		require.Equal(o.t, 1, len(all[text])+posted[text], "%q, run %d", text, run.ID)
	}
	for _, text := range l.keyed {
		text = fmt.Sprintf(text, event)
		allowed[text] = true
		require.NotEmpty(o.t, all[text], "%q, run %d", text, run.ID)
		o.checkKeyed(all[text])
	}
}

// checkKeyed: a request that arrived more than once had the same key, and each came from another life.
func (o *ordeal) checkKeyed(arrivals []arrival) {
	o.t.Helper()
	for i, a := range arrivals {
		require.NotEmpty(o.t, a.key, a.text)
		if i > 0 {
			require.Equal(o.t, arrivals[0].key, a.key, a.text)
			require.Greater(o.t, a.life, arrivals[i-1].life, "%q was sent again although nothing had died", a.text)
		}
	}
}

// index is what arrived, read once.
func (o *ordeal) index() (map[string][]arrival, map[string]int) {
	if o.saw == nil {
		o.saw, o.told = o.all(), o.posts()
	}
	return o.saw, o.told
}

// checkCounter: Bellhop's own data is changed exactly once by each step, however often it was begun.
func (o *ordeal) checkCounter(l line, done map[string]engine.Run) {
	o.t.Helper()
	seen := map[string]bool{}
	for _, run := range done {
		counted := 0
		for _, s := range run.Steps {
			if s.Step != "count" {
				continue
			}
			counted++
			require.False(o.t, seen[string(s.Output)], "%s: two steps got %s", l.name, s.Output)
			seen[string(s.Output)] = true
		}
		require.Equal(o.t, l.counts, counted, "%s %s", l.name, run.EventKey)
	}
	last := fmt.Sprintf(`{"value":%d}`, l.counts*len(done))
	require.True(o.t, seen[last] || len(done) == 0, "%s counted %d times and no step got %s", l.name, len(seen), last)
}

func (o *ordeal) checkTable() {
	o.t.Helper()
	table, err := o.data.Store.Table(o.t.Context(), "Done")
	require.NoError(o.t, err)
	rows, err := o.data.Store.Rows(o.t.Context(), table.ID, engine.RowFilter{Limit: engine.MaxRows})
	require.NoError(o.t, err)
	var in, want []string
	for _, row := range rows {
		in = append(in, row.Cells["Event"])
	}
	for event := range o.doneRuns(lines[0]) {
		want = append(want, event)
	}
	slices.Sort(in)
	slices.Sort(want)
	require.Equal(o.t, want, in, "a row for each event")
}

// rows counts the rows of the file that recipes append to, by event.
func (o *ordeal) rows() map[string]int {
	o.t.Helper()
	rows := map[string]int{}
	f, err := os.Open(filepath.Join(o.dir, "files", "done.csv"))
	if os.IsNotExist(err) {
		return rows
	}
	require.NoError(o.t, err)
	defer func() { _ = f.Close() }()
	all, err := csv.NewReader(f).ReadAll()
	require.NoError(o.t, err)
	for _, row := range all[1:] {
		rows[row[0]]++
	}
	return rows
}

// checkRows: each event has one row in the file.
func (o *ordeal) checkRows() {
	o.t.Helper()
	for _, l := range lines {
		if l.name != "Local" {
			continue
		}
		done, rows := o.doneRuns(l), o.rows()
		require.Len(o.t, rows, len(done))
		for event := range done {
			require.Equal(o.t, 1, rows[event], "rows of event %s", event)
		}
	}
}

// checkLooks: of what is listed, each entry from the first that was seen on has its run.
func (o *ordeal) checkLooks(l line, done map[string]engine.Run) {
	o.t.Helper()
	first := o.entries()
	for ; first > 0; first-- {
		if _, there := done[fmt.Sprint(first)]; !there {
			break
		}
	}
	require.Len(o.t, done, o.entries()-first, "%s: all behind entry %d", l.name, first)
	require.NotEmpty(o.t, done)
}

// checkCollected: each event is in exactly one of the batches that went out.
func (o *ordeal) checkCollected(allowed map[string]bool) {
	o.t.Helper()
	var in, want []string
	for text, arrivals := range o.all() {
		events, ok := strings.CutPrefix(text, "collected ")
		if !ok {
			continue
		}
		allowed[text] = true
		o.checkKeyed(arrivals)
		in = append(in, strings.Fields(events)...)
	}
	for _, l := range lines {
		if l.name != "Collect" {
			continue
		}
		for event := range o.doneRuns(l) {
			want = append(want, event)
		}
	}
	slices.Sort(in)
	slices.Sort(want)
	require.Equal(o.t, want, in, "each event is collected once")
}

// checkOrder: of each customer, nothing arrived before all that came earlier was done.
func (o *ordeal) checkOrder() {
	o.t.Helper()
	for _, customer := range customers {
		texts := o.inOrder("in order " + customer)
		require.True(o.t, slices.IsSorted(texts), "%s: %v", customer, texts)
		require.NotEmpty(o.t, texts)
	}
}

// checkGrey: also what was cleared away is known, so that a sender who sends it again runs nothing.
func (o *ordeal) checkGrey() {
	o.t.Helper()
	o.done(0)
	before, err := o.data.Runs(o.t.Context(), engine.RunFilter{RecipeID: o.ids["Grey"], Limit: 1})
	require.NoError(o.t, err)
	for _, event := range o.accepted("Grey") {
		o.deliver(o.t.Context(), "Grey", event, "", 1)
	}
	after, err := o.data.Runs(o.t.Context(), engine.RunFilter{RecipeID: o.ids["Grey"], Limit: 1})
	require.NoError(o.t, err)
	require.Equal(o.t, before, after, "an event that was accepted is not taken for new")
}
