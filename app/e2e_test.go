package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/practice"
	"bellhop/engine/signature"
	"bellhop/engine/webhook"
)

const bigOrders = `
recipe: 1
name: Big orders
trigger: {use: shopify.order_created, connection: My shop, max_bytes: 20000}
steps:
  - {id: big, use: logic.filter, with: {match: all, rules: [{value: "{{trigger.total_price}}", is: greater_than, than: "100"}]}}
  - {id: post, use: slack.send_message, connection: Shop Slack, with: {channel: "#orders", text: "New order {{trigger.name}} for {{trigger.total_price | money: trigger.currency}}"}}
`

// shop is a data folder with the main job set up, and the pretend apps, which live in this process
// and so survive when Bellhop is killed.
type shop struct {
	t       *testing.T
	dir     string
	apps    *practice.Practice
	data    *boot.Data // the same folder, seen from outside the engine
	secret  string
	token   string
	address string
	server  *exec.Cmd

	mu     sync.Mutex
	posted []string // every message's text, in order
}

func newShop(t *testing.T) *shop { return newShopIn(t, t.TempDir()) }

func newShopIn(t *testing.T, dir string) *shop {
	t.Helper()
	s := &shop{t: t, dir: dir}
	s.apps = practice.New(practice.Params{OnMessage: func(m practice.Message) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.posted = append(s.posted, m.Text)
	}})
	require.NoError(t, s.apps.Start("127.0.0.1:0", "127.0.0.1:0"))
	t.Cleanup(func() { require.NoError(t, s.apps.Close()) })
	s.setUp()
	t.Cleanup(func() {
		if s.server != nil {
			s.kill()
		}
	})
	return s
}

// setUp makes the connections and the recipe. The scripts prove that the commands for it do.
func (s *shop) setUp() {
	s.t.Helper()
	ctx := s.t.Context()
	var err error
	s.data, err = boot.OpenData(ctx, boot.Config{Dir: s.dir, Secrets: "file", Version: version})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, s.data.Close()) })
	account := s.apps.ShopAccount()
	s.secret = account["client_secret"]
	require.NoError(s.t, s.data.SaveConnection(ctx, &engine.Connection{
		Name: "My shop", Connector: "shopify", BaseURL: s.apps.ShopURL(),
		Fields: map[string]string{"shop": account["shop"], "client_id": account["client_id"]},
	}, map[string]string{"client_secret": s.secret}))
	require.NoError(s.t, s.data.SaveConnection(ctx, &engine.Connection{
		Name: "Shop Slack", Connector: "slack", BaseURL: s.apps.SlackURL(),
	}, map[string]string{"bot_token": s.apps.SlackAccount()["bot_token"]}))
	r, _, err := s.data.Import(ctx, "recipe.yaml", []byte(bigOrders))
	require.NoError(s.t, err)
	require.NoError(s.t, s.data.Switch(ctx, r.ID, true))
	s.token = r.Token
}

func (s *shop) command(args ...string) *exec.Cmd {
	cmd := exec.Command("bellhop", args...)
	cmd.Env = append(os.Environ(), "BELLHOP_DATA="+s.dir, "BELLHOP_SECRETS=file", "GORACE="+raceOptions)
	return cmd
}

// bellhop runs a command to its end and returns what it prints.
func (s *shop) bellhop(args ...string) string {
	s.t.Helper()
	cmd := s.command(args...)
	var failure strings.Builder
	cmd.Stderr = &failure
	out, err := cmd.Output()
	require.NoError(s.t, err, "bellhop %s: %s", strings.Join(args, " "), failure.String())
	return string(out)
}

// serve starts the engine as a real process and returns once it is ready.
func (s *shop) serve() {
	s.t.Helper()
	s.server = s.command("serve", "--listen", "127.0.0.1:0")
	s.server.Stderr = s.t.Output()
	out, err := s.server.StdoutPipe()
	require.NoError(s.t, err)
	require.NoError(s.t, s.server.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(s.t, err)
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	require.True(s.t, ok, line)
	s.address = url + webhook.PathPrefix + s.token
}

// kill ends the engine as a power cut would.
func (s *shop) kill() {
	_ = s.server.Process.Kill()
	_ = s.server.Wait() // it says that it was killed
	s.server = nil
}

// order is one order's delivery.
type order struct {
	id, body string
	header   http.Header
}

func (s *shop) order(n int, total string) order {
	o := order{id: fmt.Sprintf("delivery-%d", n), header: http.Header{}}
	o.body = fmt.Sprintf(`{"id":%d,"name":"#%d","total_price":%q,"currency":"EUR","note":%q}`,
		820982911946154508+n, n, total, strings.Repeat("x", 2500))
	o.header.Set("Content-Type", "application/json")
	o.header.Set("X-Shopify-Topic", "orders/create")
	o.header.Set("X-Shopify-Webhook-Id", o.id)
	require.NoError(s.t, signature.Sign(engine.SignatureSpec{
		Scheme: signature.SchemeHMAC, Header: "X-Shopify-Hmac-Sha256", Secret: s.secret, Algorithm: "sha256", Encoding: "base64",
	}, o.header, []byte(o.body)))
	return o
}

// send delivers an order and returns the status; 0 if no answer came.
func (s *shop) send(ctx context.Context, o order) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.address, strings.NewReader(o.body))
	require.NoError(s.t, err)
	req.Header = o.header
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return res.StatusCode
}

func (s *shop) messages() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.posted)
}

// settle waits until nothing is left to do, and returns all runs with their steps.
func (s *shop) settle() []engine.Run {
	s.t.Helper()
	ctx := s.t.Context()
	require.Eventually(s.t, func() bool {
		counts, err := s.data.StateCounts(ctx)
		require.NoError(s.t, err)
		return counts[engine.Queued]+counts[engine.Running]+counts[engine.Waiting] == 0
	}, time.Minute, 20*time.Millisecond)
	runs, err := s.data.Runs(ctx, engine.RunFilter{Limit: 1 << 20})
	require.NoError(s.t, err)
	for i := range runs {
		runs[i], err = s.data.Store.Run(ctx, runs[i].ID)
		require.NoError(s.t, err)
	}
	return runs
}

func TestTheMainJobTakesTheRightAndRefusesTheWrong(t *testing.T) {
	s := newShop(t)
	s.serve()
	ctx := t.Context()

	require.Equal(t, 200, s.send(ctx, s.order(1, "189.00")))
	require.Equal(t, 200, s.send(ctx, s.order(2, "49.00")), "filtered, but accepted")
	require.Equal(t, 200, s.send(ctx, s.order(1, "189.00")), "a duplicate is fine and runs nothing")

	forged := s.order(3, "999.00")
	forged.header.Set("X-Shopify-Hmac-Sha256", "bm90IHRoZSByaWdodCBvbmU=")
	require.Equal(t, 401, s.send(ctx, forged))
	changed := s.order(3, "999.00")
	changed.body = strings.Replace(changed.body, "999", "111", 1)
	require.Equal(t, 401, s.send(ctx, changed))

	large := s.order(4, "189.00")
	large.body += strings.Repeat(" ", 20000)
	require.Equal(t, 413, s.send(ctx, large))

	broken := order{id: "broken", body: `{"name":`, header: s.order(5, "1").header}
	require.NoError(t, signature.Sign(engine.SignatureSpec{
		Scheme: signature.SchemeHMAC, Header: "X-Shopify-Hmac-Sha256", Secret: s.secret, Algorithm: "sha256", Encoding: "base64",
	}, broken.header, []byte(broken.body)))
	require.Equal(t, 400, s.send(ctx, broken))

	// A sender that never finishes holds up nobody.
	slow, err := net.Dial("tcp", strings.TrimPrefix(s.address[:strings.Index(s.address, "/hooks/")], "http://"))
	require.NoError(t, err)
	defer func() { _ = slow.Close() }()
	_, err = fmt.Fprintf(slow, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{", s.address[strings.Index(s.address, "/hooks/"):])
	require.NoError(t, err)
	require.Equal(t, 200, s.send(ctx, s.order(6, "120.00")))

	states := map[string]engine.State{}
	for _, r := range s.settle() {
		states[r.EventKey] = r.State
	}
	require.Equal(t, map[string]engine.State{"delivery-1": "succeeded", "delivery-2": "filtered", "delivery-6": "succeeded"}, states)
	require.Equal(t, s.address, strings.TrimSpace(s.bellhop("address", "Big orders")))
	require.ElementsMatch(t, []string{"New order #1 for €189.00", "New order #6 for €120.00"}, s.messages())

	s.bellhop("off", "Big orders")
	require.Equal(t, 410, s.send(ctx, s.order(7, "120.00")))
	for _, path := range []string{"/", "/hooks/", "/hooks/nobody", "/metrics", "/admin"} {
		res, err := http.Get(s.address[:strings.Index(s.address, "/hooks/")] + path)
		require.NoError(t, err)
		_ = res.Body.Close()
		require.Equal(t, 404, res.StatusCode, path)
	}
}

// posts counts the messages by their texts.
func (s *shop) posts() map[string]int {
	posted := map[string]int{}
	for _, text := range s.messages() {
		posted[text]++
	}
	return posted
}

func TestAnInterruptDrainsAndEndsWell(t *testing.T) {
	s := newShop(t)
	s.serve()
	require.Equal(t, 200, s.send(t.Context(), s.order(1, "189.00")))
	require.NoError(t, s.server.Process.Signal(syscall.SIGTERM))
	require.NoError(t, s.server.Wait(), "exit code 0")
	s.server = nil

	s.serve() // it takes up what the interrupt came before
	require.Equal(t, engine.Succeeded, s.settle()[0].State)
	require.Len(t, s.messages(), 1)
	second := s.command("serve", "--listen", "127.0.0.1:0")
	out, err := second.CombinedOutput()
	require.Error(t, err)
	require.Equal(t, exitFailed, second.ProcessState.ExitCode())
	require.Contains(t, string(out), "already")
}
