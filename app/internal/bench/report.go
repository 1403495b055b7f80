package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"
)

// report is the table of figures beside their goals.
type report struct{ rows []*row }

type row struct {
	name, goal string
	value      string
	beside     string // the reference's value, if there is one
	figure     float64
	limit      float64
	least      bool // figure must not be below limit, rather than not above
}

func (r *row) met() bool {
	if r.least {
		return r.figure >= r.limit
	}
	return r.figure <= r.limit
}

type unit func(float64) string

func plain(v float64) string     { return fmt.Sprintf("%.4g", v) }
func perSecond(v float64) string { return fmt.Sprintf("%.0f/s", v) }
func seconds(v float64) string   { return fmt.Sprintf("%.2f s", v) }
func milliseconds(v float64) string {
	return ms(time.Duration(v * float64(time.Second)))
}
func kilobytes(v float64) string { return fmt.Sprintf("%.1f KB", v/1024) }
func megabytes(v float64) string { return fmt.Sprintf("%.0f MB", v/(1<<20)) }
func percent(v float64) string   { return fmt.Sprintf("%.1f %%", v) }

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", d.Seconds()*1000) }

// bound is a limit of a ratio.
type bound struct {
	limit float64
	least bool
}

func atLeast(v float64) bound { return bound{v, true} }
func atMost(v float64) bound  { return bound{v, false} }

func median(all []figures, of func(figures) float64) float64 {
	values := make([]float64, len(all))
	for i, f := range all {
		values[i] = of(f)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// ratio adds a figure of Bellhop's as a ratio to another's in the same run.
func (r *report) ratio(name, goal string, b bound, all map[serverKind][]figures, to serverKind, of func(figures) float64, in unit) {
	mine, other := median(all[bellhop], of), median(all[to], of)
	r.rows = append(r.rows, &row{
		name: name, goal: goal + " of the " + string(to), value: in(mine), beside: fmt.Sprintf("%s, ratio %.2f", in(other), mine/other),
		figure: mine / other, limit: b.limit, least: b.least,
	})
}

// value adds a figure of Bellhop's that stands for itself; it must not be above the limit.
func (r *report) value(name, goal string, all []figures, of func(figures) float64, in unit, limit float64) {
	r.single(name, goal, median(all, of), in, limit)
}

// single adds a figure that was taken once.
func (r *report) single(name, goal string, v float64, in unit, limit float64) *row {
	one := &row{name: name, goal: goal, value: in(v), figure: v, limit: limit}
	r.rows = append(r.rows, one)
	return one
}

// print writes the table.
func (r *report) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "\nmeasure\tBellhop\tbeside\tgoal\tmet") // Flush has the error
	for _, one := range r.rows {
		met := "no"
		if one.met() {
			met = "yes"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", one.name, one.value, one.beside, one.goal, met)
	}
	return w.Flush()
}
