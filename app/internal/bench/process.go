package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"bellhop/app/boot"
	"bellhop/engine"
	"bellhop/engine/webhook"
)

// process is a server under measurement, in a process of its own, so that its time and memory are its own.
type process struct {
	cmd     *exec.Cmd
	dir     string
	address string        // where orders go
	ready   time.Duration // from the start of the process until it takes orders
}

// start runs a program until it says that it is ready.
func start(ctx context.Context, dir, program string, args ...string) (*process, error) {
	began := time.Now()
	p := &process{cmd: exec.CommandContext(ctx, program, args...), dir: dir}
	var complaints bytes.Buffer // the shop of the bench cannot be asked for what was missed, and Bellhop says so
	p.cmd.Stderr = &complaints
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "ready ")
	if err != nil || !ok {
		p.stop()
		return nil, fmt.Errorf("%s %s did not start: %q, %w\n%s", program, strings.Join(args, " "), line, err, complaints.String())
	}
	p.address, p.ready = url+"/", time.Since(began)
	return p, nil
}

func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // it says that it was killed
}

// diskBytes returns what the server's files take.
func (p *process) diskBytes() (total int64) {
	_ = filepath.WalkDir(p.dir, func(_ string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			if info, err := entry.Info(); err == nil {
				total += info.Size()
			}
		}
		return nil
	})
	return total
}

// recipe is the work that the bench's figures are about.
const recipe = `
recipe: 1
name: Tell the team %d
trigger: {use: shopify.order_created, connection: Bench shop, max_bytes: 67108864}
steps:
  - {id: big, use: logic.filter, with: {match: all, rules: [{value: "{{trigger.total_price}}", is: greater_than, than: "10"}]}}
  - {id: post, use: http.request, connection: Bench sink, with: {method: POST, url: "%s", json: {text: "New order #{{trigger.number}} for ${{trigger.total_price}}"}}}
`

// prepare makes a data folder with the recipe, once or as often as asked for, and returns the path of
// the first one's webhooks.
func prepare(ctx context.Context, dir, post string, recipes int) (path string, err error) {
	data, err := boot.OpenData(ctx, boot.Config{Dir: dir, Secrets: "file"})
	if err != nil {
		return "", err
	}
	defer func() { _ = data.Close() }()
	err = data.SaveConnection(ctx, &engine.Connection{
		Name: "Bench shop", Connector: "shopify", Fields: map[string]string{"shop": "bench", "client_id": "bench"},
	}, map[string]string{"client_secret": secret})
	if err != nil {
		return "", err
	}
	err = data.SaveConnection(ctx, &engine.Connection{
		Name: "Bench sink", Connector: "http", Fields: map[string]string{"scheme": "none"}, AllowPrivate: true,
	}, nil)
	if err != nil {
		return "", err
	}
	for i := range recipes {
		r, _, err := data.Import(ctx, "recipe.yaml", fmt.Appendf(nil, recipe, i, post))
		if err != nil {
			return "", err
		}
		if err := data.Switch(ctx, r.ID, true); err != nil {
			return "", err
		}
		if i == 0 {
			path = webhook.PathPrefix + r.Token
		}
	}
	return path, nil
}

// startBellhop serves the recipe.
func startBellhop(ctx context.Context, program, dir, post string, recipes int) (*process, error) {
	path, err := prepare(ctx, dir, post, recipes)
	if err != nil {
		return nil, err
	}
	return resumeBellhop(ctx, program, dir, path)
}

// resumeBellhop serves what is in the data folder.
func resumeBellhop(ctx context.Context, program, dir, path string) (*process, error) {
	p, err := start(ctx, dir, program, "serve", "--data", dir, "--secrets", "file", "--listen", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p.address = strings.TrimSuffix(p.address, "/") + path
	return p, nil
}

// startReference serves by the reference engine; with post empty it stores only.
func startReference(ctx context.Context, dir, post string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, dir, self, "-reference", dir, "-post", post)
}
