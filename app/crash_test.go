package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/store/sqlite"
)

// killsByDefault is how often TestKilledUnderLoad kills Bellhop unless BELLHOP_KILLS says otherwise.
const killsByDefault = 25

// TestKilledUnderLoad kills a real process again and again, at any moment from its start on, while senders
// send, recipes are published, and the data is backed up and cleared. Then it compares what the senders
// were promised with what the apps saw and what the data says (crash_check_test.go).
func TestKilledUnderLoad(t *testing.T) {
	kills := killsByDefault
	if asked := os.Getenv("BELLHOP_KILLS"); asked != "" {
		var err error
		kills, err = strconv.Atoi(asked)
		require.NoError(t, err)
	}
	began := time.Now()
	o := newOrdeal(t, t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	wait := o.send(ctx)
	for kill := range kills {
		o.live(kill)
		o.examine(kill)
	}
	stop()
	wait()
	killed := time.Since(began)

	o.reopen()
	o.serve()
	o.lookOnce()
	o.settleAll()
	o.flush()
	o.check()
	t.Logf("%d kills in %s, and %s until all was done", kills, killed.Round(time.Second), (time.Since(began) - killed).Round(time.Second))
}

// ordeal is a data folder whose engine is killed all the time, and the world around it.
type ordeal struct {
	*shop
	*sink
	ledger
	t      *testing.T
	tokens map[string]string
	ids    map[string]int64       // of the recipes
	base   atomic.Pointer[string] // where deliveries go now
	start  time.Duration          // how long a start takes
	pause  int                    // the most that a sender waits after an event, in ms
	side   []*exec.Cmd            // commands that run beside the engine
	turned atomic.Int64           // deliveries that were turned away with 503
	saw    map[string][]arrival   // what the sink saw, and the texts that Slack was told, at the end
	told   map[string]int
	counts struct{ starting, beside, examined, doubts, arrived int }
}

func newOrdeal(t *testing.T, dir string) *ordeal {
	t.Helper()
	o := &ordeal{shop: newShopIn(t, dir), sink: newSink(t), t: t, tokens: map[string]string{}, ids: map[string]int64{}, pause: 16}
	o.sent = map[string]map[string]bool{}
	ctx := t.Context()
	require.NoError(t, o.data.AllowPrivate(ctx, []string{"127.0.0.1"}))
	_, _, err := o.data.ImportConnector(ctx, "till.yaml", []byte(till))
	require.NoError(t, err)
	require.NoError(t, o.data.SaveConnection(ctx, &engine.Connection{Name: "My till", Connector: "till", BaseURL: o.URL}, nil))
	o.chooseFolder(filepath.Join(dir, "files"))
	require.NoError(t, o.data.SaveTable(ctx, &engine.Table{Name: "Done", Columns: []string{"Event"}}))
	o.add("Called", called)
	for _, l := range lines {
		o.add(l.name, "recipe: 1\nname: "+l.name+"\ntrigger: "+cmp.Or(l.trigger, "{use: webhook.received}")+l.recipe)
	}
	nowhere := "http://127.0.0.1:1"
	o.base.Store(&nowhere)
	began := time.Now()
	o.serve()
	o.start = time.Since(began)
	o.kill()
	require.NoError(t, o.data.Close())
	return o
}

// chooseFolder lets recipes write there, and nowhere else.
func (o *ordeal) chooseFolder(folder string) {
	o.t.Helper()
	ctx := o.t.Context()
	usual, err := o.data.Folders(ctx)
	require.NoError(o.t, err)
	require.NoError(o.t, os.Mkdir(folder, 0o700))
	_, err = o.data.AddFolder(ctx, folder)
	require.NoError(o.t, err)
	for _, other := range usual {
		require.NoError(o.t, o.data.RemoveFolder(ctx, other))
	}
}

func (o *ordeal) add(name, recipe string) {
	o.t.Helper()
	recipe = strings.ReplaceAll(recipe, "SINK", o.URL)
	r, _, err := o.data.Import(o.t.Context(), name+".yaml", []byte(recipe))
	require.NoError(o.t, err)
	require.NoError(o.t, o.data.Switch(o.t.Context(), r.ID, true))
	require.NoError(o.t, os.WriteFile(filepath.Join(o.dir, name+".yaml"), []byte(recipe), 0o600))
	o.tokens[name], o.ids[name] = r.Token, r.ID
}

// reopen opens the data as a command does. It is closed while processes are killed, so that the next
// process is the one that finds what they left.
func (o *ordeal) reopen() {
	o.t.Helper()
	var err error
	o.data, err = boot.OpenData(o.t.Context(), boot.Config{Dir: o.dir, Secrets: "file", Version: version})
	require.NoError(o.t, err)
}

// serve starts the engine and returns when it takes deliveries.
func (o *ordeal) serve() {
	o.t.Helper()
	ready := o.begin()
	require.True(o.t, <-ready, "it does not start")
}

// begin starts the engine; ready tells once whether it got so far as to take deliveries.
func (o *ordeal) begin() (ready <-chan bool) {
	o.t.Helper()
	o.server = o.command("serve", "--listen", "127.0.0.1:0")
	o.server.Stderr = o.t.Output()
	out, err := o.server.StdoutPipe()
	require.NoError(o.t, err)
	require.NoError(o.t, o.server.Start())
	told := make(chan bool, 1)
	go func() {
		line, _ := bufio.NewReader(out).ReadString('\n')
		url, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
		if ok {
			o.base.Store(&url)
		}
		told <- ok
	}()
	return told
}

// live lets the engine live for a while: every fifth time it does not even get ready. Beside it
// commands publish and back up, which are killed as well; or somebody clears the history; or the computer
// sleeps.
func (o *ordeal) live(kill int) {
	o.t.Helper()
	ready := o.begin()
	if kill%5 == 4 {
		o.counts.starting++
		<-time.After(time.Duration(rand.Int64N(int64(o.start))))
	} else {
		select {
		case ok := <-ready:
			require.True(o.t, ok, "it does not start")
		case <-time.After(time.Minute):
			require.Fail(o.t, "it does not get ready")
		}
		switch kill % 4 {
		case 0:
			l := lines[rand.IntN(len(lines))]
			o.beside("import", filepath.Join(o.dir, l.name+".yaml"))
			o.beside("backup", filepath.Join(o.dir, "copy.db"))
		case 2:
			o.clear()
		case 3:
			o.sleep()
		}
		<-time.After(time.Duration(20+rand.IntN(350)) * time.Millisecond)
	}
	o.kill()
	for _, cmd := range o.side {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it may be over, and may have met the end of the engine
	}
	o.side = nil
	o.nextLife(o.t)
}

// sleep is what a computer does whose lid is closed, for Bellhop alone: it stops in the middle of everything.
func (o *ordeal) sleep() {
	o.t.Helper()
	<-time.After(time.Duration(rand.IntN(100)) * time.Millisecond)
	require.NoError(o.t, o.server.Process.Signal(syscall.SIGSTOP))
	<-time.After(time.Duration(100+rand.IntN(300)) * time.Millisecond)
	require.NoError(o.t, o.server.Process.Signal(syscall.SIGCONT))
}

// beside starts a command that is killed with the engine if it is not over by then. A recipe that is
// brought in has another note each time, so that it is a new version.
func (o *ordeal) beside(args ...string) {
	o.t.Helper()
	if args[0] == "import" {
		recipe, err := os.ReadFile(args[1])
		require.NoError(o.t, err)
		changed := strings.Replace(string(recipe), "\ntrigger:", fmt.Sprintf("\nnote: Version %d\ntrigger:", rand.Int()), 1)
		args[1] += ".new"
		require.NoError(o.t, os.WriteFile(args[1], []byte(changed), 0o600))
	}
	cmd := o.command(args...)
	require.NoError(o.t, cmd.Start())
	o.side = append(o.side, cmd)
	o.counts.beside++
}

// clear does the janitor's work while the engine works, and a person's who looks after what is in doubt.
func (o *ordeal) clear() {
	o.t.Helper()
	o.reopen()
	ctx := o.t.Context()
	o.settleDoubts()
	_, err := o.data.Store.Prune(ctx, sqlite.Prune{Before: map[engine.State]time.Time{engine.Filtered: time.Now()}})
	require.NoError(o.t, err)
	_, err = o.data.Store.Shrink(ctx, 0)
	require.NoError(o.t, err)
	_, err = o.data.Store.Checkpoint(ctx)
	require.NoError(o.t, err)
	require.NoError(o.t, o.data.Close())
}

// examine looks at a copy of the files as the killed process left them: they are whole, and every run has
// its event. The next process finds the files themselves.
func (o *ordeal) examine(kill int) {
	o.t.Helper()
	dir := o.t.TempDir()
	for _, suffix := range []string{"", "-wal"} {
		copyFile(o.t, filepath.Join(o.dir, boot.DatabaseFile+suffix), filepath.Join(dir, boot.DatabaseFile+suffix))
	}
	path := filepath.Join(dir, boot.DatabaseFile)
	db, err := sqlite.Open(o.t.Context(), sqlite.Params{Path: path})
	require.NoError(o.t, err)
	require.NoError(o.t, db.Check(o.t.Context()))
	require.NoError(o.t, db.Close())
	if kill%20 == 19 {
		require.NoError(o.t, sqlite.Verify(o.t.Context(), path))
	}
	if back := filepath.Join(o.dir, "copy.db"); exists(back) {
		require.NoError(o.t, sqlite.Verify(o.t.Context(), back), "a backup that is there can be used")
	}
	require.NoError(o.t, os.RemoveAll(dir))
	o.counts.examined++
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	in, err := os.Open(from)
	if os.IsNotExist(err) {
		return
	}
	require.NoError(t, err)
	defer func() { _ = in.Close() }()
	out, err := os.Create(to)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
}

// settleDoubts does what a person does who looks in the apps for what is in doubt.
func (o *ordeal) settleDoubts() (doubts int) {
	o.t.Helper()
	ctx := o.t.Context()
	unsure, err := o.data.Runs(ctx, engine.RunFilter{States: []engine.State{engine.Unsure}, Limit: 1 << 20})
	require.NoError(o.t, err)
	posted, arrived, rows := o.posts(), o.all(), o.rows()
	for _, r := range unsure {
		r, err = o.data.Store.Run(ctx, r.ID)
		require.NoError(o.t, err)
		for _, step := range r.Steps {
			if step.State != engine.Unsure || step.Step == "each" {
				continue
			}
			var sent struct {
				Text   string
				Values struct{ Event string }
			}
			require.NoError(o.t, json.Unmarshal(step.Input, &sent))
			there := posted[sent.Text] > 0 || len(arrived[sent.Text]) > 0 || rows[sent.Values.Event] > 0
			require.NoError(o.t, o.data.Settle(ctx, r.ID, step.Step, step.Round, there))
			doubts++
			if there {
				o.counts.arrived++
			}
		}
	}
	o.counts.doubts += doubts
	return doubts
}

// settleAll waits until all is done, with a person's help.
func (o *ordeal) settleAll() {
	o.t.Helper()
	for more := 1; more > 0; more = o.settleDoubts() {
		o.done(0)
	}
}

// done waits until no more than so many runs are to be done.
func (o *ordeal) done(most int) {
	o.t.Helper()
	left := 0
	require.Eventually(o.t, func() bool {
		counts, err := o.data.StateCounts(o.t.Context())
		require.NoError(o.t, err)
		collecting, err := o.data.Runs(o.t.Context(), engine.RunFilter{RecipeID: o.ids["Collect"], States: []engine.State{engine.Waiting}})
		require.NoError(o.t, err)
		blocked, err := o.data.Runs(o.t.Context(), engine.RunFilter{RecipeID: o.ids["In order"], States: []engine.State{engine.Queued}, Limit: 1 << 20})
		require.NoError(o.t, err)
		left = counts[engine.Queued] + counts[engine.Running] + counts[engine.Waiting] - len(collecting)
		if counts[engine.Unsure] > 0 { // those behind one in doubt wait for it
			for _, r := range blocked {
				if r.Behind() {
					left--
				}
			}
			waiting, err := o.data.Runs(o.t.Context(), engine.RunFilter{RecipeID: o.ids["Calls"], States: []engine.State{engine.Waiting}, Limit: 1 << 20})
			require.NoError(o.t, err)
			left -= len(waiting)
		}
		return left <= most
	}, 5*time.Minute, 50*time.Millisecond, "not all is done")
}

// lookOnce waits until all that the list has by now has started its runs.
func (o *ordeal) lookOnce() {
	o.t.Helper()
	last := o.entries()
	o.sink.mu.Lock()
	o.frozen = last
	o.sink.mu.Unlock()
	require.Eventually(o.t, func() bool {
		_, err := o.data.Store.EventByKey(o.t.Context(), o.ids["Looks"], fmt.Sprint(last))
		return err == nil
	}, time.Minute, 50*time.Millisecond, "the list is not looked at")
}

// flush sends to the recipe that collects until nothing is left over.
func (o *ordeal) flush() {
	o.t.Helper()
	for n := 0; ; n++ {
		require.Less(o.t, n, 20)
		o.done(0)
		collecting, err := o.data.Runs(o.t.Context(), engine.RunFilter{RecipeID: o.ids["Collect"], States: []engine.State{engine.Waiting}})
		require.NoError(o.t, err)
		if len(collecting) == 0 {
			return
		}
		o.deliver(o.t.Context(), "Collect", fmt.Sprintf("last-%d", n), "", 1)
	}
}
